"""Move groups: the applications that must travel as one, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import rustworkx as rx

from platform_core.domain.waves import MoveGroup, Portfolio, Rules
from platform_core.errors import BadInput
from platform_core.waves.applications import Applications, Indices, read_applications
from platform_core.waves.direct import direct_rules
from platform_core.waves.rulebook import hard


@dataclass(frozen=True)
class Grouping:
    """The move groups, in the order of their names, and the group of each application."""

    groups: tuple[MoveGroup, ...]
    of_application: Indices


def move_groups(portfolio: Portfolio, rules: Rules) -> tuple[MoveGroup, ...]:
    """Return what must travel as one: applications, joined by together rules, bonds and cycles of order rules.

    A cycle of order rules can only hold when all its members share a wave, so a strongly connected component
    becomes one group (if one of its rules is strict, the plan names that as a conflict). A group bears the name of
    its first application in alphabetical order; an asset without an application is a group named by its id.
    Raises BadInput when a rule names an application that the portfolio does not have.
    """
    return group_applications(read_applications(portfolio), direct_rules(portfolio, rules)).groups


def group_applications(applications: Applications, rules: Rules) -> Grouping:
    """Join `applications` as `rules` demand; see `move_groups`."""
    refuse_unknown(applications, rules)
    rules = hard(rules)
    root = list(range(len(applications.names)))
    reasons: dict[int, list[str]] = defaultdict(list)
    for names in rules.together:
        _join(root, reasons, [applications.index[name] for name in names], f"together rule: {_listed(names)}")
    for bond in rules.bonds:
        members = [applications.index[name] for name in bond.applications]
        _join(root, reasons, members, f"{bond.why}: {_listed(bond.applications)}")
    for cycle in _order_cycles(applications, rules, root):
        names = tuple(sorted(applications.names[member] for member in cycle))
        _join(root, reasons, cycle, f"order cycle: {_listed(names)}")
    return _in_name_order(applications.names, root, reasons)


def refuse_unknown(applications: Applications, rules: Rules) -> None:
    """Raise BadInput when `rules` name an application that is not there, or pin one to a wave that is not there.

    Such a rule is never skipped in silence: whoever wrote it expects it to be kept.
    """
    named = [name for names in rules.together for name in names]
    named += [name for names in (*rules.apart, *(bond.applications for bond in rules.bonds)) for name in names]
    named += [name for order in rules.order for name in (order.before, order.after)]
    named += [name for freeze in rules.frozen for name in freeze.applications]
    named += [pin.application for pin in rules.pins]
    unknown = sorted({name for name in named if name not in applications.index})
    if unknown:
        raise BadInput(
            f"The rules name {_listed(tuple(unknown))}, which the portfolio does not have.",
            hint="Correct the name or take the rule out.",
        )
    outside = next((pin for pin in rules.pins if not 1 <= pin.wave <= rules.waves), None)
    if outside is not None:
        raise BadInput(
            f"{outside.application} is pinned to wave {outside.wave}, but the plan has waves 1 to {rules.waves}.",
            hint="Change the pin or the number of waves.",
        )


def _listed(names: tuple[str, ...], most: int = 5) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _find(root: list[int], member: int) -> int:
    while root[member] != member:
        root[member] = root[root[member]]
        member = root[member]
    return member


def _join(root: list[int], reasons: dict[int, list[str]], members: list[int], reason: str) -> None:
    tops = {_find(root, member) for member in members}
    if not tops:
        return
    top = min(tops)
    merged = list(dict.fromkeys(line for each in sorted(tops) for line in reasons.pop(each, [])))
    for other in tops:
        root[other] = top
    reasons[top] = [*merged, reason] if len(set(members)) > 1 else merged


def _order_cycles(applications: Applications, rules: Rules, root: list[int]) -> list[list[int]]:
    graph = rx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(range(len(root)))
    for order in rules.order:
        before = _find(root, applications.index[order.before])
        after = _find(root, applications.index[order.after])
        if before != after:
            graph.add_edge(before, after, None)
    return [sorted(cycle) for cycle in rx.strongly_connected_components(graph) if len(cycle) > 1]


def _in_name_order(names: tuple[str, ...], root: list[int], reasons: dict[int, list[str]]) -> Grouping:
    members: dict[int, list[int]] = defaultdict(list)
    for member in range(len(root)):
        members[_find(root, member)].append(member)
    found = sorted((sorted(names[m] for m in inside), top) for top, inside in members.items())
    groups = tuple(
        MoveGroup(name=inside[0], applications=tuple(inside), reasons=tuple(reasons.get(top, ())))
        for inside, top in found
    )
    number = {top: place for place, (_, top) in enumerate(found)}
    return Grouping(groups, np.array([number[_find(root, member)] for member in range(len(root))], np.int64))
