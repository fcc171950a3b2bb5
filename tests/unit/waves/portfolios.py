"""Small portfolios and rule sets for the planner's tests, and a judge that shares nothing with the planner."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
from hypothesis import strategies as st

from platform_core.domain.waves import (
    Bond,
    Freeze,
    Link,
    Order,
    Pilot,
    Pin,
    PlannedAsset,
    Portfolio,
    Rules,
    Staging,
)

NAMES = ("Ledger", "Portal", "Payroll", "Archive", "Gateway")


def portfolio(sizes: Mapping[str, int], links: tuple[tuple[str, str, float], ...] = ()) -> Portfolio:
    """Applications by name and number of assets; links join the first assets of two applications."""
    assets = tuple(PlannedAsset(f"{name}-{n}", name) for name, count in sizes.items() for n in range(count))
    return Portfolio(assets, tuple(Link(f"{a}-0", f"{b}-0", weight) for a, b, weight in links))


def keeps(portfolio: Portfolio, rules: Rules, wave_of: Mapping[str, int]) -> bool:
    """Recount everything in the plainest way."""
    by_application: dict[str, set[int]] = defaultdict(set)
    effort, critical, team = Counter(), Counter(), Counter()
    for asset in portfolio.assets:
        wave = wave_of[asset.asset_id]
        if not 1 <= wave <= rules.waves:
            return False
        by_application[asset.application or asset.asset_id].add(wave)
        effort[wave] += asset.effort
        critical[wave] += asset.critical
        team[asset.team, wave] += asset.effort
        if rules.pilot and wave in rules.pilot.waves and not suits(asset, rules.pilot):
            return False
    at = {name: next(iter(waves)) for name, waves in by_application.items()}
    cap = rules.max_critical_per_wave
    size = Counter()
    for asset in portfolio.assets:
        size[asset.application or asset.asset_id] += asset.effort
    production = {asset.application or asset.asset_id for asset in portfolio.assets if asset.production}
    pilot, until = rules.pilot, rules.staging.until if rules.staging else None
    return (
        all(len(waves) == 1 for waves in by_application.values())
        and all(effort[wave] <= most + 1e-6 for wave, most in enumerate(rules.capacity, start=1))
        and (cap is None or all(count <= cap for count in critical.values()))
        and all(load <= rules.team_capacity.get(name, 1e9) + 1e-6 for (name, _), load in team.items())
        and all(len({at[name] for name in names}) <= 1 for names in rules.together)
        and all(at[order.before] + order.strict <= at[order.after] for order in rules.order)
        and all(at[name] not in freeze.waves for freeze in rules.frozen for name in freeze.applications)
        and all(at[pin.application] == pin.wave for pin in rules.pins)
        and all(len({at[name] for name in bond.applications}) <= 1 for bond in rules.bonds)
        and all(len({at[name] for name in set(names)}) == len(set(names)) for names in rules.apart)
        and all(effort[wave] >= rules.smallest_wave - 1e-6 for wave in range(1, rules.waves + 1))
        and (until is None or all((wave > until) == (name in production) for name, wave in at.items()))
        and (
            pilot is None
            or pilot.max_effort is None
            or all(size[name] <= pilot.max_effort + 1e-6 for name, wave in at.items() if wave in pilot.waves)
        )
    )


def suits(asset: PlannedAsset, pilot: Pilot) -> bool:
    return asset.risk <= pilot.max_risk and (pilot.critical_allowed or not asset.critical)


def can_be_kept(portfolio: Portfolio, rules: Rules) -> bool:
    """Try every assignment of applications to waves."""
    return any(keeps(portfolio, rules, wave_of) for wave_of in every_assignment(portfolio, rules.waves))


def every_assignment(portfolio: Portfolio, waves: int) -> Iterator[dict[str, int]]:
    units = list(dict.fromkeys(asset.application or asset.asset_id for asset in portfolio.assets))
    for chosen in itertools.product(range(1, waves + 1), repeat=len(units)):
        at = dict(zip(units, chosen, strict=True))
        yield {asset.asset_id: at[asset.application or asset.asset_id] for asset in portfolio.assets}


@st.composite
def portfolios(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> Portfolio:
    used = names[: draw(st.integers(1, len(names)))]
    assets = [
        PlannedAsset(
            asset_id=f"{name}-{number}",
            application=name,
            team=draw(st.sampled_from(["", "red", "blue"])),
            critical=draw(st.booleans()),
            risk=draw(st.sampled_from([0.0, 0.2, 0.7])),
            effort=draw(st.sampled_from([0.0, 0.4, 1.0, 2.5])),
            production=draw(st.booleans()),
        )
        for name in used
        for number in range(draw(st.integers(1, 3)))
    ]
    ends = st.sampled_from([asset.asset_id for asset in assets])
    links = draw(st.lists(st.builds(Link, ends, ends, st.sampled_from([0.0, 0.5, 1.0, 7.0])), max_size=8))
    return Portfolio(tuple(assets), tuple(links))


@st.composite
def rule_sets(draw: st.DrawFn, portfolio: Portfolio) -> Rules:
    waves = draw(st.integers(1, 3))
    some = st.sampled_from(sorted({asset.application for asset in portfolio.assets}))
    any_wave = st.integers(1, waves)
    capacity = st.lists(st.sampled_from([0.0, 2.0, 3.5, 6.0, 9.0]), min_size=waves, max_size=waves)
    pair = st.tuples(some, some)
    return Rules(
        waves=waves,
        smallest_wave=draw(st.sampled_from([0.0, 0.0, 1.0, 3.0])),
        staging=draw(st.none() | st.none() | st.builds(Staging, until=st.integers(0, waves))),
        bonds=tuple(draw(st.lists(st.builds(Bond, applications=pair, why=st.just("they share")), max_size=1))),
        apart=tuple(draw(st.lists(pair, max_size=1))),
        capacity=tuple(draw(st.one_of(st.just([]), capacity))),
        max_critical_per_wave=draw(st.sampled_from([None, 0, 1, 2, 4])),
        team_capacity=draw(st.dictionaries(st.sampled_from(["red", "blue", ""]), st.sampled_from([0.0, 2.0, 4.5]))),
        pilot=draw(st.none() | _pilots()),
        together=tuple(draw(st.lists(st.tuples(some, some), max_size=1))),
        order=tuple(draw(st.lists(st.builds(Order, before=some, after=some, strict=st.booleans()), max_size=3))),
        frozen=tuple(
            draw(st.lists(st.builds(Freeze, applications=st.tuples(some), waves=st.tuples(any_wave)), max_size=2))
        ),
        pins=tuple(draw(st.lists(st.builds(Pin, application=some, wave=any_wave), max_size=2))),
    )


def _pilots() -> st.SearchStrategy[Pilot]:
    risks = st.sampled_from([0.0, 0.5])
    most = st.sampled_from([None, 2.0])
    return st.builds(Pilot, waves=st.just((1,)), max_risk=risks, critical_allowed=st.booleans(), max_effort=most)


cases = portfolios().flatmap(lambda portfolio: st.tuples(st.just(portfolio), rule_sets(portfolio)))


def planted(waves: int, groups: int, seed: int) -> tuple[Portfolio, Rules]:
    """A portfolio of `waves` clusters without links between them, and capacities that each fits exactly."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(groups)
    sizes = {f"app-{label:04d}": int(rng.integers(1, 12)) for label in labels}
    clusters = np.array_split(np.array(list(sizes)), waves)
    links = [
        (str(one), str(cluster[other]), float(rng.integers(1, 20)))
        for cluster in clusters
        for place, one in enumerate(cluster)
        for other in [*rng.integers(0, len(cluster), 6), max(0, place - 1)]
    ]
    capacity = tuple(float(sum(sizes[name] for name in cluster)) for cluster in clusters)
    return portfolio(dict(sorted(sizes.items())), tuple(links)), Rules(waves=waves, capacity=capacity)


def estate(applications: int, seed: int) -> tuple[Portfolio, Rules]:
    """A middle-sized portfolio with every kind of rule, which a plan made first fits by construction."""
    rng = np.random.default_rng(seed)
    names = [f"app-{number:03d}" for number in range(applications)]
    sizes = rng.integers(1, 9, applications)
    waves = 6
    hidden = rng.integers(1, waves + 1, applications)
    assets = tuple(
        PlannedAsset(
            f"{name}-{n}",
            name,
            team=f"team-{(place * 7 + n // 4) % 5}",
            critical=bool(hidden[place] > 1 and rng.random() < 0.15),
            risk=float(np.round(rng.random() * (0.4 if hidden[place] == 1 else 1.0), 3)),
        )
        for place, name in enumerate(names)
        for n in range(sizes[place])
    )
    ends = rng.integers(0, len(assets), (len(assets) * 4, 2))
    links = tuple(Link(assets[a].asset_id, assets[b].asset_id, float(rng.integers(1, 9))) for a, b in ends)
    at = dict(zip(names, hidden.tolist(), strict=True))
    effort, critical, team = Counter(), Counter(), Counter()
    for asset in assets:
        effort[at[asset.application]] += 1
        critical[at[asset.application]] += asset.critical
        team[asset.team, at[asset.application]] += 1
    pairs = [sorted(rng.choice(applications, 2, replace=False), key=lambda place: hidden[place]) for _ in range(20)]
    return Portfolio(assets, links), Rules(
        waves=waves,
        capacity=tuple(effort[wave] * 1.1 for wave in range(1, waves + 1)),
        max_critical_per_wave=max(critical.values()),
        team_capacity={name: float(max(load for (own, _), load in team.items() if own == name)) for name, _ in team},
        pilot=Pilot(waves=(1,), max_risk=0.4),
        order=tuple(
            Order(before=names[a], after=names[b], strict=bool(hidden[a] < hidden[b] and rng.random() < 0.4))
            for a, b in pairs
        ),
        frozen=(Freeze(applications=tuple(n for n in names[:6] if at[n] != 2), waves=(2,)),),
    )
