"""The planning problem as arrays: move groups with their load, links, order, and the waves each may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.waves import MoveGroup, Pilot, Rules
from platform_core.waves.applications import Applications, Edges, Floats, Indices, add_up, merge_edges
from platform_core.waves.groups import Grouping, group_applications

Mask = NDArray[np.bool_]

EXACT = 1e-9
"""Relative rounding error allowed when loads are added up and compared with a limit."""


@dataclass(frozen=True)
class Instance:
    """What the planner solves. Groups and waves count from 0 here; a rule that does not bind has capacity inf.

    Shapes, with G groups, W waves, T capped teams: `effort`, `critical`, `risk` (G); `allowed` (G, W) says what
    pilot, frozen and pin rules leave; `order` (n, 3) lists group before, group after, 1 if strict else 0;
    `capacity` (W); `team_group`, `team`, `team_effort` list the effort points of capped teams by group.
    """

    groups: tuple[MoveGroup, ...]
    of_application: Indices
    of_asset: Indices
    waves: int
    effort: Floats
    critical: Floats
    risk: Floats
    links: Edges
    order: Indices
    allowed: Mask
    capacity: Floats
    critical_cap: float
    teams: tuple[str, ...]
    team_cap: Floats
    team_group: Indices
    team: Indices
    team_effort: Floats

    def cut(self, wave: Indices) -> float:
        """Return the weight of the links between groups that `wave` (G) puts into different waves."""
        return float(self.links.weight[wave[self.links.first] != wave[self.links.second]].sum())


def build_instance(applications: Applications, rules: Rules) -> Instance:
    """Group `applications` and lay `rules` down as arrays; raises BadInput for rules that name unknown ones."""
    grouping = group_applications(applications, rules)
    of, count = grouping.of_application, len(grouping.groups)
    risk = np.zeros(count)
    np.maximum.at(risk, of, applications.risk)
    critical = add_up(applications.critical, of, count)
    teams, caps, team_group, team, team_effort = _capped_teams(applications, rules, of)
    links = applications.links
    cap = rules.max_critical_per_wave
    return Instance(
        groups=grouping.groups,
        of_application=of,
        of_asset=of[applications.of_asset],
        waves=rules.waves,
        effort=add_up(applications.effort, of, count),
        critical=critical,
        risk=risk,
        links=merge_edges(of[links.first], of[links.second], links.weight, count),
        order=_order(applications, rules, grouping),
        allowed=_allowed(applications, rules, of, risk, critical),
        capacity=np.array(rules.capacity if rules.capacity else [np.inf] * rules.waves, np.float64),
        critical_cap=np.inf if cap is None else float(cap),
        teams=teams,
        team_cap=caps,
        team_group=team_group,
        team=team,
        team_effort=team_effort,
    )


def pilot_refuses(pilot: Pilot, risk: Floats, critical: Floats) -> Mask:
    """Return which groups (or applications) may not move in a pilot wave."""
    refused: Mask = risk > pilot.max_risk
    return refused if pilot.critical_allowed else refused | (critical > 0)


def _allowed(applications: Applications, rules: Rules, of: Indices, risk: Floats, critical: Floats) -> Mask:
    allowed = np.ones((len(risk), rules.waves), bool)
    if rules.pilot is not None:
        pilot_waves = _places(rules.pilot.waves, rules.waves)
        refused = np.flatnonzero(pilot_refuses(rules.pilot, risk, critical))
        allowed[refused[:, None], pilot_waves] = False
    for freeze in rules.frozen:
        waves = _places(freeze.waves, rules.waves)
        frozen = np.array([of[applications.index[name]] for name in freeze.applications], np.int64)
        allowed[frozen[:, None], waves] = False
    for pin in rules.pins:
        only = np.arange(rules.waves) == pin.wave - 1
        allowed[of[applications.index[pin.application]]] &= only
    return allowed


def _places(waves: tuple[int, ...], count: int) -> Indices:
    return np.array([wave - 1 for wave in waves if 1 <= wave <= count], np.int64)


def _order(applications: Applications, rules: Rules, grouping: Grouping) -> Indices:
    of, index = grouping.of_application, applications.index
    strictest: dict[tuple[int, int], int] = {}
    for order in rules.order:
        pair = (int(of[index[order.before]]), int(of[index[order.after]]))
        if pair[0] != pair[1] or order.strict:
            strictest[pair] = max(strictest.get(pair, 0), int(order.strict))
    return np.array([(*pair, strict) for pair, strict in strictest.items()], np.int64).reshape(-1, 3)


def _capped_teams(
    applications: Applications, rules: Rules, of: Indices
) -> tuple[tuple[str, ...], Floats, Indices, Indices, Floats]:
    teams = tuple(name for name in applications.teams if name in rules.team_capacity)
    number = {name: place for place, name in enumerate(teams)}
    renumbered = np.array([number.get(name, -1) for name in applications.teams], np.int64)
    team = renumbered[applications.team] if len(applications.team) else applications.team
    capped = team >= 0
    width = max(len(teams), 1)
    pairs, where = np.unique(of[applications.team_application[capped]] * width + team[capped], return_inverse=True)
    effort = add_up(applications.team_effort[capped], where, len(pairs))
    caps = np.array([rules.team_capacity[name] for name in teams], np.float64)
    return teams, caps, pairs // width, pairs % width, effort
