"""Rules said of owners, sites, dates and dependencies, turned into rules about applications and waves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from platform_core.domain.waves import Bond, Freeze, Order, PlannedAsset, Portfolio, RuleKind, Rules, Staging, Wish
from platform_core.errors import BadInput
from platform_core.waves.foundation import severable

Needs = Mapping[tuple[str, str], float]
"""The weight with which one application needs another."""


def direct_rules(portfolio: Portfolio, rules: Rules) -> Rules:
    """Return `rules` with every rule about owners, sites, dates and dependencies said of applications and waves.

    The places of rules stay, so that wishes still mean the same; what dependencies add comes after. Doing it twice
    changes nothing more. Raises BadInput for a freeze by date when the waves have no dates.
    """
    portfolio = severable(portfolio, rules)
    changed: dict[str, object] = {}
    if any(_is_indirect(freeze) for freeze in rules.frozen):
        changed["frozen"] = tuple(_direct(portfolio, rules, freeze) for freeze in rules.frozen)
    if rules.staging is not None and rules.staging.until is None:
        changed["staging"] = Staging(until=_waves_for_tests(portfolio, rules))
    if rules.two_way is not None or rules.shared_databases:
        changed |= {"two_way": None, "shared_databases": False}
        changed["bonds"] = (*rules.bonds, *_bonds(portfolio, rules))
    if rules.dependencies_first is not None:
        first = _needed_first(portfolio, rules.dependencies_first)
        places = range(len(rules.order), len(rules.order) + len(first))
        wishes = [Wish(kind=RuleKind.ORDER, place=n, price=w) for n, (_, w) in zip(places, first, strict=True)]
        changed["dependencies_first"] = None
        changed["order"] = (*rules.order, *(order for order, _ in first))
        changed["wishes"] = (*rules.wishes, *wishes)
    return rules.model_copy(update=changed) if changed else rules


def _is_indirect(freeze: Freeze) -> bool:
    indirect = freeze.owner or freeze.site or freeze.first or freeze.last
    return bool(indirect) or not freeze.applications


def _direct(portfolio: Portfolio, rules: Rules, freeze: Freeze) -> Freeze:
    named = set(freeze.applications)
    everything = not (named or freeze.owner or freeze.site)
    for asset in portfolio.assets:
        theirs = (freeze.owner and asset.owner == freeze.owner) or (freeze.site and asset.site == freeze.site)
        if everything or theirs:
            named.add(asset.application or asset.asset_id)
    waves = {*freeze.waves, *_waves_between(rules, freeze)}
    return freeze.model_copy(update={"applications": tuple(sorted(named)), "waves": tuple(sorted(waves))})


def _waves_between(rules: Rules, freeze: Freeze) -> Iterator[int]:
    if freeze.first is None and freeze.last is None:
        return
    if rules.starts_on is None:
        raise BadInput("A freeze has dates, but the waves have none.", hint="Give the plan a start date.")
    length = timedelta(weeks=rules.weeks_per_wave)
    for wave in range(1, rules.waves + 1):
        begins = rules.starts_on + length * (wave - 1)
        ends = begins + length - timedelta(days=1)
        if (freeze.last is None or begins <= freeze.last) and (freeze.first is None or ends >= freeze.first):
            yield wave


def _waves_for_tests(portfolio: Portfolio, rules: Rules) -> int:
    """Return how many waves the effort of the applications without production assets fills."""
    production = {_name(asset) for asset in portfolio.assets if asset.production}
    effort = sum(asset.effort for asset in portfolio.assets if _name(asset) not in production)
    if effort <= 0:
        return 0
    room = rules.capacity or (sum(asset.effort for asset in portfolio.assets) / rules.waves,) * rules.waves
    filled = 0.0
    for wave, capacity in enumerate(room, start=1):
        filled += capacity
        if filled >= effort:
            return min(wave, rules.waves - 1)
    return rules.waves - 1


def _bonds(portfolio: Portfolio, rules: Rules) -> Iterator[Bond]:
    """Yield what joins applications, the strongest first, as long as the joined still fit into a wave."""
    needs = _needs(portfolio)
    found: list[tuple[float, str, str, str]] = []
    if rules.two_way is not None:
        for (one, other), weight in needs.items():
            back = needs.get((other, one), 0.0)
            if one < other and min(weight, back) >= rules.two_way:
                found.append((weight + back, one, other, "they need each other"))
    if rules.shared_databases:
        found += list(_sharing(portfolio))
    joined = _Joined(portfolio, rules)
    for _, one, other, why in sorted(found, key=lambda line: (-line[0], line[1:])):
        if joined.fits(one, other):
            yield Bond(applications=(one, other), why=why)


def _sharing(portfolio: Portfolio) -> Iterator[tuple[float, str, str, str]]:
    name_of = {asset.asset_id: _name(asset) for asset in portfolio.assets}
    databases = {asset.asset_id for asset in portfolio.assets if asset.database}
    using: dict[tuple[str, str], float] = defaultdict(float)
    for link in portfolio.links:
        if link.target in databases and link.source in name_of and name_of[link.source] != name_of[link.target]:
            using[name_of[link.source], link.target] += link.weight
    for (user, database), weight in using.items():
        yield weight, user, name_of[database], f"{user} uses the database {database}"


def _needed_first(portfolio: Portfolio, least: float) -> list[tuple[Order, float]]:
    strong = sorted((pair, weight) for pair, weight in _needs(portfolio).items() if weight >= least)
    return [(Order(before=needed, after=needing), weight) for (needing, needed), weight in strong]


def _needs(portfolio: Portfolio) -> Needs:
    name_of = {asset.asset_id: _name(asset) for asset in portfolio.assets}
    needs: dict[tuple[str, str], float] = defaultdict(float)
    for link in portfolio.links:
        one, other = name_of.get(link.source), name_of.get(link.target)
        if one is not None and other is not None and one != other:
            needs[one, other] += link.weight
    return needs


class _Joined:
    """Applications joined so far and the effort of each set: a set must fit into the largest wave."""

    def __init__(self, portfolio: Portfolio, rules: Rules) -> None:
        self._room = max(rules.capacity, default=float("inf"))
        self._top: dict[str, str] = {}
        self._effort: dict[str, float] = defaultdict(float)
        for asset in portfolio.assets:
            self._effort[_name(asset)] += asset.effort
        for names in (*rules.together, *(bond.applications for bond in rules.bonds)):
            self._join(names)

    def fits(self, one: str, other: str) -> bool:
        """Join two applications if what travels with them then fits into a wave; tell whether it did."""
        first, second = self._find(one), self._find(other)
        if first == second or self._effort[first] + self._effort[second] > self._room:
            return False
        self._join((one, other))
        return True

    def _join(self, names: Iterable[str]) -> None:
        tops = sorted({self._find(name) for name in names})
        for other in tops[1:]:
            self._top[other] = tops[0]
            self._effort[tops[0]] += self._effort[other]

    def _find(self, name: str) -> str:
        while name in self._top:
            name = self._top[name]
        return name


def _name(asset: PlannedAsset) -> str:
    return asset.application or asset.asset_id
