"""The planning problem as arrays: move groups with their load, links, order, and the waves each may take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.waves import FoundationRule, MoveGroup, Pilot, RuleKind, Rules
from platform_core.waves.applications import Applications, Edges, Floats, Indices, add_up, merge_edges
from platform_core.waves.groups import Grouping, group_applications
from platform_core.waves.rulebook import Clause, hard, only, wishes

Mask = NDArray[np.bool_]

EXACT = 1e-9
"""Relative rounding error allowed when loads are added up and compared with a limit."""


FIRST_PRICE = 20.0
"""Paid for each wave that the foundation moves after the first, in usual link weights: dearer than most links."""


@dataclass(frozen=True)
class Pairs:
    """What is paid for two groups by the waves they stand in: `price` times an amount that depends on `kind`.

    Kinds: 0 waves by which the first is later than the second, 1 the same when it should be strictly earlier, 2 one
    if they share a wave, 3 one if they do not, 4 the number of waves between them.
    """

    first: Indices
    second: Indices
    kind: Indices
    price: Floats


@dataclass(frozen=True)
class Limits:
    """Limits that are wishes, as in an instance (inf or 0: none), and the price of an effort point beyond one."""

    capacity: Floats
    smallest: float
    critical_cap: float
    team_cap: Floats
    price: float


@dataclass(frozen=True)
class Wished:
    """Wishes and what else is wanted of a plan: the cost of each wave for each group (G, W), pairs, limits."""

    standing: Floats
    pairs: Pairs
    limits: Limits | None


@dataclass(frozen=True)
class Instance:
    """What the planner solves. Groups and waves count from 0 here; a rule that does not bind has capacity inf.

    Shapes, with G groups, W waves, T capped teams: `effort`, `critical` (G); `allowed` (G, W) says what pilot, staging,
    frozen and pin rules leave; `order` (n, 3) lists group before, group after, 1 if strict else 0; `apart` (n, 2)
    groups that share no wave; `capacity` (W), `smallest` the effort each wave holds at least; `team_group`, `team`,
    `team_effort` list the effort points of capped teams by group. `wished` is what is paid for instead of forbidden.
    """

    groups: tuple[MoveGroup, ...]
    of_application: Indices
    of_asset: Indices
    waves: int
    effort: Floats
    critical: Floats
    links: Edges
    order: Indices
    apart: Indices
    allowed: Mask
    capacity: Floats
    smallest: float
    critical_cap: float
    teams: tuple[str, ...]
    team_cap: Floats
    team_group: Indices
    team: Indices
    team_effort: Floats
    wished: Wished

    def limited(self, limits: Limits) -> Instance:
        """Return the instance with the wished `limits` in place of its own."""
        return replace(
            self,
            capacity=limits.capacity,
            critical_cap=limits.critical_cap,
            team_cap=limits.team_cap,
            smallest=limits.smallest,
        )

    def cut(self, wave: Indices) -> float:
        """Return the weight of the links between groups that `wave` (G) puts into different waves."""
        return float(self.links.weight[wave[self.links.first] != wave[self.links.second]].sum())


def build_instance(applications: Applications, rules: Rules) -> Instance:
    """Group `applications` and lay direct `rules` down as arrays; raises BadInput for rules that name unknown ones."""
    grouping = group_applications(applications, rules)
    of, count = grouping.of_application, len(grouping.groups)
    binding = hard(rules)
    teams, team_group, team, team_effort = _capped_teams(applications, rules, of)
    links = applications.links
    order = _order(applications, binding, grouping)
    cap = binding.max_critical_per_wave
    between = merge_edges(of[links.first], of[links.second], links.weight, count)
    return Instance(
        groups=grouping.groups,
        of_application=of,
        of_asset=of[applications.of_asset],
        waves=rules.waves,
        effort=add_up(applications.effort, of, count),
        critical=add_up(applications.critical, of, count),
        links=between,
        order=order,
        apart=_apart(applications, binding, of),
        allowed=_allowed(applications, binding, of, count),
        capacity=_capacity(binding),
        smallest=binding.smallest_wave,
        critical_cap=np.inf if cap is None else float(cap),
        teams=teams,
        team_cap=np.array([binding.team_capacity.get(name, np.inf) for name in teams], np.float64),
        team_group=team_group,
        team=team,
        team_effort=team_effort,
        wished=_wished(applications, rules, of, between, teams),
    )


def refused_waves(applications: Applications, rules: Rules) -> Mask:
    """Return (applications, waves): where pilot, staging, frozen and pin rules of `rules` forbid an application."""
    refused = np.zeros((len(applications.names), rules.waves), bool)
    if rules.pilot is not None:
        unfit = np.flatnonzero(pilot_refuses(rules.pilot, applications))
        refused[unfit[:, None], _places(rules.pilot.waves, rules.waves)] = True
    if rules.staging is not None and rules.staging.until is not None:
        late = np.arange(rules.waves) >= rules.staging.until
        refused |= np.where(applications.production[:, None], ~late, late)
    for freeze in rules.frozen:
        frozen = np.array([applications.index[name] for name in freeze.applications], np.int64)
        refused[frozen[:, None], _places(freeze.waves, rules.waves)] = True
    for pin in rules.pins:
        refused[applications.index[pin.application]] |= np.arange(rules.waves) != pin.wave - 1
    return refused


def pilot_refuses(pilot: Pilot, applications: Applications) -> Mask:
    """Return which applications may not move in a pilot wave."""
    refused: Mask = applications.risk > pilot.max_risk
    if pilot.max_effort is not None:
        refused = refused | (applications.effort > pilot.max_effort * (1 + EXACT))
    return refused if pilot.critical_allowed else refused | (applications.critical > 0)


def _allowed(applications: Applications, rules: Rules, of: Indices, count: int) -> Mask:
    allowed = np.ones((count, rules.waves), bool)
    np.logical_and.at(allowed, of, ~refused_waves(applications, rules))
    for names in rules.apart:
        groups, members = np.unique(of[[applications.index[name] for name in set(names)]], return_counts=True)
        allowed[groups[members > 1]] = False
    return allowed


def _places(waves: tuple[int, ...], count: int) -> Indices:
    return np.array([wave - 1 for wave in waves if 1 <= wave <= count], np.int64)


def _capacity(rules: Rules) -> Floats:
    return np.array(rules.capacity if rules.capacity else [np.inf] * rules.waves, np.float64)


def _order(applications: Applications, rules: Rules, grouping: Grouping) -> Indices:
    of, index = grouping.of_application, applications.index
    strictest: dict[tuple[int, int], int] = {}
    for order in rules.order:
        pair = (int(of[index[order.before]]), int(of[index[order.after]]))
        if pair[0] != pair[1] or order.strict:
            strictest[pair] = max(strictest.get(pair, 0), int(order.strict))
    return np.array([(*pair, strict) for pair, strict in strictest.items()], np.int64).reshape(-1, 3)


def _apart(applications: Applications, rules: Rules, of: Indices) -> Indices:
    pairs: set[tuple[int, ...]] = set()
    for names in rules.apart:
        groups = {int(of[applications.index[name]]) for name in names}
        pairs |= set(combinations(sorted(groups), 2))
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _capped_teams(
    applications: Applications, rules: Rules, of: Indices
) -> tuple[tuple[str, ...], Indices, Indices, Floats]:
    teams = tuple(name for name in applications.teams if name in rules.team_capacity)
    number = {name: place for place, name in enumerate(teams)}
    renumbered = np.array([number.get(name, -1) for name in applications.teams], np.int64)
    team = renumbered[applications.team] if len(applications.team) else applications.team
    capped = team >= 0
    width = max(len(teams), 1)
    pairs, where = np.unique(of[applications.team_application[capped]] * width + team[capped], return_inverse=True)
    effort = add_up(applications.team_effort[capped], where, len(pairs))
    return teams, pairs // width, pairs % width, effort


def _wished(applications: Applications, rules: Rules, of: Indices, links: Edges, teams: tuple[str, ...]) -> Wished:
    prices, count = wishes(rules), int(of.max()) + 1 if len(of) else 0
    standing = np.zeros((count, rules.waves))
    if rules.objective.early_risk > 0 and rules.waves > 1:
        earliness = 1 - np.arange(rules.waves) / (rules.waves - 1)
        exposed = add_up(applications.exposure, of, count)
        standing += rules.objective.early_risk * exposed[:, None] * earliness
    if rules.foundation is FoundationRule.FIRST:
        serving = add_up(applications.foundation.astype(np.float64), of, count) > 0
        usual = float(np.median(links.weight)) if len(links.weight) else 1.0
        standing += FIRST_PRICE * usual * serving[:, None] * np.arange(rules.waves)
    for clause, price in prices.items():
        if clause.kind in _UNARY:
            np.add.at(standing, of, price * refused_waves(applications, only(rules, [clause])))
    pairs = _pairs(applications, rules, of, prices)
    if rules.objective.distance > 0:
        apart = (links.first, links.second, np.full(len(links.weight), 4), links.weight * rules.objective.distance)
        pairs = Pairs(*(np.append(a, b) for a, b in zip(_columns(pairs), apart, strict=True)))
    return Wished(standing, pairs, _limits(rules, prices, teams))


_UNARY = {RuleKind.PILOT, RuleKind.STAGING, RuleKind.FROZEN, RuleKind.PIN}
_LIMITING = {RuleKind.CAPACITY, RuleKind.FLOOR, RuleKind.CRITICAL_CAP, RuleKind.TEAM_CAP}


def _columns(pairs: Pairs) -> tuple[Floats | Indices, ...]:
    return pairs.first, pairs.second, pairs.kind, pairs.price


def _pairs(applications: Applications, rules: Rules, of: Indices, prices: dict[Clause, float]) -> Pairs:
    rows: list[tuple[str, str, int, float]] = []
    for clause, price in prices.items():
        if clause.kind is RuleKind.ORDER:
            order = rules.order[clause.place]
            rows.append((order.before, order.after, int(order.strict), price))
        elif clause.kind is RuleKind.APART:
            rows += [(a, b, 2, price) for a, b in combinations(rules.apart[clause.place], 2)]
        elif clause.kind is RuleKind.TOGETHER:
            rows += [(a, b, 3, price) for a, b in _in_a_row(rules.together[clause.place])]
        elif clause.kind is RuleKind.BOND:
            rows += [(a, b, 3, price) for a, b in _in_a_row(rules.bonds[clause.place].applications)]
    first = np.array([of[applications.index[a]] for a, *_ in rows], np.int64)
    second = np.array([of[applications.index[b]] for _, b, *_ in rows], np.int64)
    kind, price_of = np.array([row[2] for row in rows], np.int64), np.array([row[3] for row in rows], np.float64)
    apart = first != second
    return Pairs(first[apart], second[apart], kind[apart], price_of[apart])


def _in_a_row(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(pairwise(names))


def _limits(rules: Rules, prices: dict[Clause, float], teams: tuple[str, ...]) -> Limits | None:
    limiting = {clause: price for clause, price in prices.items() if clause.kind in _LIMITING}
    if not limiting:
        return None
    wanted = only(rules, limiting)
    cap = wanted.max_critical_per_wave
    return Limits(
        capacity=_capacity(wanted),
        smallest=wanted.smallest_wave,
        critical_cap=np.inf if cap is None else float(cap),
        team_cap=np.array([wanted.team_capacity.get(name, np.inf) for name in teams], np.float64),
        price=max(limiting.values()),
    )
