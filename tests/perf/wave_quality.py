"""Measure the wave planner against what is known: planted plans, a partitioner, one pin, and conflicts.

    python -m tests.perf.wave_quality [planted] [balance] [pin] [conflicts] [--seeds 1 2]

`planted`: clusters that fill their waves exactly, so that a plan severs nothing. `balance`: made portfolios with no
rule but 3 % of imbalance, against Mt-KaHyPar's best quality (the package `mtkahypar` must be importable). `pin`: one
application pinned elsewhere in a plan of 10,000 assets. `conflicts`: contradictions in a plan of about 200 groups.
A line of JSON for each measurement; nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator

import numpy as np

from platform_core import waves
from platform_core.domain.waves import Pin, Portfolio, Rules
from platform_core.waves.applications import read_applications
from platform_core.waves.instance import build_instance
from tests.perf.wave_planner import make
from tests.unit.waves.portfolios import planted

IMBALANCE = 0.03
SIZES = (1_000, 10_000)
PINS = 5


def recovered(seed: int) -> Iterator[dict[str, object]]:
    """Planted plans that sever nothing, at about 170 and 1,700 groups."""
    for count, groups in ((10, 170), (24, 1_680)):
        portfolio, rules = planted(count, groups, seed)
        began = time.process_time()
        metrics = waves.plan(portfolio, rules).metrics
        yield {"groups": groups, "severed": metrics and metrics.cut_share, "cpu_seconds": since(began)}


def balanced(seed: int) -> Iterator[dict[str, object]]:
    """The planner and Mt-KaHyPar on the same graphs with the same room."""
    for count in SIZES:
        portfolio, rules = make(count, seed)
        total = float(len(portfolio.assets))
        room = float(np.ceil(total / rules.waves) * (1 + IMBALANCE))
        free = Rules(waves=rules.waves, capacity=(room,) * rules.waves)
        for effort in ("normal", "long"):
            began = time.process_time()
            metrics = waves.plan(portfolio, free, effort=effort).metrics
            spent, theirs = since(began), partitioned(portfolio, free)
            ours = metrics.cut_share if metrics else None
            yield {
                "assets": count,
                "effort": effort,
                "severed": ours,
                "mt_kahypar": theirs,
                "ratio": ours and ours / theirs,
                "cpu_seconds": spent,
            }


def partitioned(portfolio: Portfolio, rules: Rules) -> float:
    """The least share that Mt-KaHyPar severs in five runs of its best quality."""
    import mtkahypar  # noqa: PLC0415  a measuring stick, not part of the product

    instance = build_instance(read_applications(portfolio), rules)
    links = instance.links
    engine = mtkahypar.initialize(1)
    best = np.inf
    for seed in range(5):
        mtkahypar.set_seed(seed)
        context = engine.context_from_preset(mtkahypar.PresetType.QUALITY)
        context.set_partitioning_parameters(rules.waves, IMBALANCE, mtkahypar.Objective.CUT)
        context.logging = False
        pairs = list(zip(links.first.tolist(), links.second.tolist(), strict=True))
        sizes, weights = instance.effort.astype(int).tolist(), links.weight.astype(int).tolist()
        graph = engine.create_graph(context, len(sizes), len(pairs), pairs, sizes, weights)
        best = min(best, graph.partition(context).cut())
    return best / links.total


def pinned(seed: int) -> Iterator[dict[str, object]]:
    """What one pin moves in a plan of 10,000 assets, and how long planning again takes."""
    portfolio, rules = make(SIZES[-1], seed)
    before = waves.plan(portfolio, rules, effort="fast").wave_of
    rng, left = np.random.default_rng(seed), PINS
    first_of = {asset.application: asset.asset_id for asset in reversed(portfolio.assets)}
    for name in rng.permutation(sorted(first_of)).tolist():
        rows = waves.options(portfolio, rules, before, name)
        free = [row.wave for row in rows if not row.forbidden_by and row.wave != before[first_of[name]]]
        if not free:
            continue
        pin = Pin(application=name, wave=int(rng.choice(free)))
        began = time.process_time()
        after = waves.plan(portfolio, rules.model_copy(update={"pins": (pin,)}), previous=before).wave_of
        moved = sum(before[asset] != wave for asset, wave in after.items()) / len(before)
        yield {"assets_moved": moved, "cpu_seconds": since(began)}
        left -= 1
        if not left:
            return


def contradicted(seed: int) -> Iterator[dict[str, object]]:
    """How long naming the conflicts takes, and whether each set was proved to be minimal."""
    portfolio, rules = make(SIZES[0], seed)
    strict = [order for order in rules.order if order.strict][:3]
    pins = [p for o in strict for p in (Pin(application=o.before, wave=4), Pin(application=o.after, wave=3))]
    crowd = sorted({asset.application for asset in portfolio.assets})[:40]
    for name, change in {
        "pins against order": {"pins": tuple(pins)},
        "pins against capacity": {"pins": tuple(Pin(application=one, wave=3) for one in crowd)},
        "too little capacity": {"capacity": (0.95 * len(portfolio.assets) / rules.waves,) * rules.waves},
    }.items():
        began = time.process_time()
        conflicts = waves.plan(portfolio, rules.model_copy(update=change)).conflicts
        yield {
            "conflict": name,
            "sets": [len(found.rules) for found in conflicts],
            "proved_minimal": bool(conflicts) and all(found.proven_minimal for found in conflicts),
            "cpu_seconds": since(began),
        }


def since(began: float) -> float:
    """CPU seconds since `began`."""
    return round(time.process_time() - began, 2)


MEASURES: dict[str, Callable[[int], Iterator[dict[str, object]]]] = {
    "planted": recovered,
    "balance": balanced,
    "pin": pinned,
    "conflicts": contradicted,
}


def main() -> None:
    """Measure what is asked for, for every seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[*MEASURES, []], default=[])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    asked = parser.parse_args()
    for name in asked.what or MEASURES:
        for seed in asked.seeds:
            for line in MEASURES[name](seed):
                print(json.dumps({"what": name, "seed": seed} | line), flush=True)  # noqa: T201  the script's answer


if __name__ == "__main__":
    main()
