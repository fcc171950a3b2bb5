"""Why no plan exists: a smallest set of rules that cannot hold together, found by leaving rules out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from platform_core.domain.base import Progress, silent
from platform_core.domain.waves import RuleConflict, Rules
from platform_core.waves.applications import Applications, Edges
from platform_core.waves.counting import impossible
from platform_core.waves.exact import Verdict, solve_exactly
from platform_core.waves.instance import build_instance
from platform_core.waves.rulebook import Clause, clauses, only, sentences
from platform_core.waves.search import BUDGETS, Search, keeps_all
from platform_core.waves.start import first_fit
from platform_core.waves.windows import narrow


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


def smallest_conflict(applications: Applications, rules: Rules, progress: Progress) -> RuleConflict:
    """Return rules out of `rules` that cannot all hold, in words; `rules` must be known to be impossible."""
    kept, proven = smallest_clauses(applications, rules, progress)
    return RuleConflict(rules=sentences(rules, kept), proven_minimal=proven)


def smallest_clauses(
    applications: Applications, rules: Rules, progress: Progress = silent
) -> tuple[list[Clause], bool]:
    """Return clauses of `rules` that cannot all hold although any of them left out leaves a possible rest.

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

    everything = clauses(rules)
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
