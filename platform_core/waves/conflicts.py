"""Why no plan exists: a smallest set of rules that cannot hold together, found by leaving rules out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice, product

import numpy as np

from platform_core.domain.base import Progress, silent
from platform_core.domain.waves import RuleConflict, RuleKind, Rules, WayOut
from platform_core.waves.applications import Applications, Edges
from platform_core.waves.budgets import BUDGETS
from platform_core.waves.costs import keeps_all
from platform_core.waves.counting import impossible
from platform_core.waves.exact import Verdict, solve_exactly
from platform_core.waves.instance import Instance, build_instance
from platform_core.waves.rulebook import Clause, hard_clauses, named_in, only, sentences
from platform_core.waves.search import Search
from platform_core.waves.splits import splits
from platform_core.waves.start import first_fit
from platform_core.waves.windows import narrow, spans

MOST_CONFLICTS = 3
"""Sets of conflicting rules looked for."""

MOST_ATTEMPTS = 40
"""Ways to give up a rule of each known set that are tried in search of another set."""


def judge(applications: Applications, rules: Rules) -> Verdict:
    """Tell whether any plan keeps `rules`: by counting, by making a plan, or by CP-SAT, whichever answers first."""
    instance = build_instance(applications, rules)
    allowed = narrow(instance)
    if impossible(instance, allowed):
        return Verdict.IMPOSSIBLE
    if keeps_all(instance, allowed, first_fit(instance)):
        return Verdict.POSSIBLE
    if Search(instance, allowed, 0, silent).cold(BUDGETS["fast"]) is not None:
        return Verdict.POSSIBLE
    verdict, wave = solve_exactly(instance, allowed)
    if wave is not None and not keeps_all(instance, allowed, wave):
        return Verdict.UNKNOWN
    return verdict


def find_conflicts(applications: Applications, rules: Rules, progress: Progress = silent) -> tuple[RuleConflict, ...]:
    """Return up to three smallest sets of hard rules that cannot all hold, the one with the easiest way out first.

    The hard part of `rules` must be known to be impossible. Further sets are looked for with one rule of those found
    left out, as long as counting shows that the rest is impossible too.
    """
    everything = hard_clauses(rules)
    unlinked = replace(applications, links=_no_links())
    sets = [smallest_clauses(applications, rules, everything, progress)]
    while len(sets) < MOST_CONFLICTS:
        rest = _still_impossible(unlinked, rules, everything, [kept for kept, _ in sets])
        if rest is None:
            break
        sets.append(smallest_clauses(applications, rules, rest, progress))
    conflicts = [_told(applications, rules, kept, proven, [other for other, _ in sets]) for kept, proven in sets]
    return tuple(sorted(conflicts, key=lambda conflict: conflict.ways_out[0].reach if conflict.ways_out else 0.0))


def _still_impossible(
    applications: Applications, rules: Rules, everything: Sequence[Clause], sets: list[list[Clause]]
) -> list[Clause] | None:
    """Return `everything` without one clause of each set, such that counting shows it to be impossible still."""
    for given_up in islice(product(*sets), MOST_ATTEMPTS):
        rest = [clause for clause in everything if clause not in given_up]
        if impossible(build_instance(applications, only(rules, rest))):
            return rest
    return None


def _told(
    applications: Applications, rules: Rules, kept: list[Clause], proven: bool, sets: list[list[Clause]]
) -> RuleConflict:
    ways = [
        WayOut(
            rule=sentences(rules, [clause])[0],
            kind=clause.kind,
            place=clause.place,
            reach=reach(applications, rules, clause),
            enough=all(clause in other for other in sets),
        )
        for clause in kept
    ]
    instance = build_instance(applications, only(rules, kept))
    return RuleConflict(
        rules=sentences(rules, kept),
        proven_minimal=proven,
        reason=_without_a_wave(instance),
        ways_out=tuple(sorted(ways, key=lambda way: (way.reach, way.rule))),
        splits=tuple(splits(applications, instance)),
    )


def reach(applications: Applications, rules: Rules, clause: Clause) -> float:
    """Return the effort points of the applications that a rule binds; one that names none binds all."""
    names = named_in(rules, clause)
    if clause.kind is RuleKind.TEAM_CAP:
        team = sorted(rules.team_capacity)[clause.place]
        mine = [place for place, name in enumerate(applications.teams) if name == team]
        return float(applications.team_effort[np.isin(applications.team, mine)].sum())
    if clause.kind is RuleKind.CAPACITY:
        return float(applications.effort.sum() / rules.waves)
    if names is None:
        return float(applications.effort.sum())
    return float(applications.effort[sorted({applications.index[name] for name in names})].sum())


def _without_a_wave(instance: Instance) -> str:
    """Say which move group has no wave left, and between which bounds; nothing when the order leaves each one."""
    allowed = narrow(instance)
    if allowed.any(axis=1).all():
        return ""
    first, last = spans(instance)
    own = instance.allowed
    within = (np.arange(instance.waves) >= first[:, None]) & (np.arange(instance.waves) <= last[:, None])
    stuck = np.flatnonzero(~(own & within).any(axis=1))
    group = int(stuck[0]) if len(stuck) else int(np.flatnonzero(~allowed.any(axis=1))[0])
    name = instance.groups[group].name
    if not own[group].any():
        return f"No wave is left for {name}."
    if not within[group].any():
        return f"{name} would have to move after wave {first[group]} and before wave {last[group] + 2}."
    if not len(stuck):
        return f"{name} fits into no wave."
    waves = ", ".join(str(wave + 1) for wave in np.flatnonzero(own[group])[:MOST_CONFLICTS])
    start, end = first[group] + 1, last[group] + 1
    left = f"wave {start}" if start == end else f"waves {start} to {end}"
    return f"{name} may move in wave {waves}, but the order of moves leaves it {left}."


def smallest_clauses(
    applications: Applications, rules: Rules, among: Sequence[Clause] | None = None, progress: Progress = silent
) -> tuple[list[Clause], bool]:
    """Return clauses `among` the hard ones of `rules` (None: all) that cannot hold together, but can without any one.

    First whole kinds of rules are left out, then halves, then single rules, as long as what stays is still
    impossible by counting; only what remains is judged exactly. The second value is False when for some clause it
    could not be proved within the limits that it is needed.
    """
    unlinked = replace(applications, links=_no_links())

    def counted(kept: Sequence[Clause]) -> bool:
        progress(0.92, "Looking for the rules that cannot hold together")
        return impossible(build_instance(unlinked, only(rules, kept)))

    def judged(kept: Sequence[Clause]) -> Verdict:
        progress(0.95, "Proving that the rules cannot hold together")
        return judge(unlinked, only(rules, kept))

    def proved(kept: Sequence[Clause]) -> bool:
        return judged(kept) is Verdict.IMPOSSIBLE

    everything = hard_clauses(rules) if among is None else list(among)
    return _verified(_shrink(everything, counted if counted(everything) else proved), judged)


def _verified(kept: list[Clause], judged: Callable[[Sequence[Clause]], Verdict]) -> tuple[list[Clause], bool]:
    """Leave out each clause once more, now with proof either way."""
    proven = True
    for clause in list(kept):
        rest = [other for other in kept if other != clause]
        verdict = judged(rest)
        if verdict is Verdict.IMPOSSIBLE:
            kept = rest
        proven = proven and verdict is not Verdict.UNKNOWN
    return kept, proven


def _shrink(kept: list[Clause], still_impossible: Callable[[Sequence[Clause]], bool]) -> list[Clause]:
    """Leave out chunks, from whole kinds down to single clauses, while the rest stays impossible."""
    for chunks in (_by_kind, _halved, _singly):
        for chunk in chunks(kept):
            rest = [clause for clause in kept if clause not in chunk]
            if len(rest) < len(kept) and still_impossible(rest):
                kept = rest
    return kept


def _by_kind(kept: list[Clause]) -> Iterator[set[Clause]]:
    for _, same in groupby(kept, key=lambda clause: clause.kind):
        yield set(same)


def _halved(kept: list[Clause]) -> Iterator[set[Clause]]:
    size = len(kept) // 2
    while size > 1:
        for start in range(0, len(kept), size):
            yield set(kept[start : start + size])
        size //= 2


def _singly(kept: list[Clause]) -> Iterator[set[Clause]]:
    for clause in kept:
        yield {clause}


def _no_links() -> Edges:
    nothing = np.zeros(0, np.int64)
    return Edges(nothing, nothing, np.zeros(0))
