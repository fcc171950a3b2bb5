"""Measure the wave planner on made portfolios: rules broken, severed share, CPU seconds and peak memory.

    python -m tests.perf.wave_planner --assets 1000 10000 --seeds 1 2 3 [--effort fast|normal|long]

Portfolios are made from the seed alone: applications of lognormal size in domains, dependencies mostly inside the
application and the domain with a few hubs, and every kind of rule cut to fit a hidden plan, so that a clean plan
exists. A line of JSON for each run; nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter

import numpy as np

from platform_core import waves
from platform_core.domain.waves import Freeze, Link, Order, Pilot, PlannedAsset, Portfolio, Rules

Numbers = np.ndarray


def applications(count: int, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """The application of each asset, and the domain of each application."""
    sizes = np.clip(rng.lognormal(1.4, 0.8, count), 1, 60).astype(int)
    of_asset = np.repeat(np.arange(count), sizes)[:count]
    used = int(of_asset.max()) + 1
    domains = max(4, used // 20)
    return of_asset, np.minimum((rng.random(used) ** 1.5 * domains).astype(int), domains - 1)


def dependencies(of_asset: Numbers, domain: Numbers, rng: np.random.Generator) -> tuple[Link, ...]:
    """About five a asset: half inside the application, a third in the domain, the rest anywhere or to hubs."""
    count = len(of_asset)
    source = rng.integers(0, count, 5 * count)
    target = rng.integers(0, count, 5 * count)
    kind = rng.random(5 * count)
    by_application = np.argsort(of_asset, kind="stable")
    by_domain = np.argsort(domain[of_asset], kind="stable")
    for share, order, label in ((0.5, by_application, of_asset), (0.85, by_domain, domain[of_asset])):
        mine = (kind < share) & (kind >= (0.0 if share == 0.5 else 0.5))
        ranked = label[order]
        first = np.searchsorted(ranked, label[source[mine]])
        last = np.searchsorted(ranked, label[source[mine]], side="right")
        target[mine] = order[first + (rng.random(int(mine.sum())) ** 2 * (last - first)).astype(int)]
    hub = kind > 0.95
    target[hub] = rng.integers(0, max(2, count // 300), int(hub.sum()))
    weight = np.minimum(np.ceil(rng.lognormal(1.0, 0.9, 5 * count)), 60)
    rows = zip(source.tolist(), target.tolist(), weight.tolist(), strict=True)
    return tuple(Link(f"a{s}", f"a{t}", w) for s, t, w in rows if s != t)


def make(count: int, seed: int) -> tuple[Portfolio, Rules]:
    """A portfolio of `count` assets and rules that a hidden plan keeps."""
    rng = np.random.default_rng(seed)
    of_asset, domain = applications(count, rng)
    used = len(domain)
    number = max(4, round(count**0.36))
    hidden = 1 + (np.argsort(np.argsort(domain + rng.random(used))) * number // used)
    critical = (rng.random(count) < 0.15) & (hidden[of_asset] > 1)
    risk = np.round(rng.random(count) * np.where(hidden[of_asset] == 1, 0.5, 1.0), 3)
    team = domain[of_asset] // 2
    assets = tuple(
        PlannedAsset(f"a{n}", f"app-{of_asset[n]:05d}", f"team-{team[n]}", bool(critical[n]), float(risk[n]))
        for n in range(count)
    )
    load = np.bincount(hidden[of_asset], minlength=number + 1)[1:]
    by_team = Counter(zip(team.tolist(), hidden[of_asset].tolist(), strict=True))
    rules = Rules(
        waves=number,
        capacity=tuple((load.max() * 1.15 * np.ones(number)).tolist()),
        max_critical_per_wave=int(np.bincount(hidden[of_asset][critical]).max()),
        team_capacity={
            f"team-{t}": float(max(v for (o, _), v in by_team.items() if o == t)) for t in set(team.tolist())
        },
        pilot=Pilot(waves=(1,), max_risk=0.5),
        order=tuple(orders(hidden, rng)),
        frozen=(Freeze(applications=tuple(f"app-{a:05d}" for a in np.flatnonzero(hidden == number)), waves=(2,)),),
    )
    return Portfolio(assets, dependencies(of_asset, domain, rng)), rules


def orders(hidden: Numbers, rng: np.random.Generator) -> list[Order]:
    """Order rules between a third of the applications, as the hidden plan has them."""
    pairs = rng.integers(0, len(hidden), (len(hidden) // 3, 2)).tolist()
    pairs = [sorted(pair, key=lambda a: hidden[a]) for pair in pairs if pair[0] != pair[1]]
    return [
        Order(before=f"app-{a:05d}", after=f"app-{b:05d}", strict=bool(hidden[a] < hidden[b] and rng.random() < 0.35))
        for a, b in pairs
    ]


def run(count: int, seed: int, effort: waves.SearchEffort) -> dict[str, object]:
    """Plan one portfolio and recount."""
    portfolio, rules = make(count, seed)
    before = time.process_time()
    plan = waves.plan(portfolio, rules, effort=effort)
    spent = time.process_time() - before
    metrics = plan.metrics
    return {
        "assets": count,
        "seed": seed,
        "groups": len(plan.groups),
        "waves": rules.waves,
        "broken_rules": len(waves.check(portfolio, rules, plan.wave_of)),
        "severed_share": metrics and round(metrics.cut_share, 4),
        "first_fit_share": metrics and round(metrics.first_fit_cut_share or 0.0, 4),
        "lower_bound_share": metrics and metrics.lower_bound_share and round(metrics.lower_bound_share, 4),
        "cpu_seconds": round(spent, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure every size and seed asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=int, nargs="+", default=[1_000])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--effort", choices=["fast", "normal", "long"], default="normal")
    asked = parser.parse_args()
    for count in asked.assets:
        for seed in asked.seeds:
            print(json.dumps(run(count, seed, asked.effort)), flush=True)  # noqa: T201  the answer of this script


if __name__ == "__main__":
    main()
