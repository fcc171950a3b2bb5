"""Laying analysts' decisions over dependencies: which decision is about which, whatever was rebuilt meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from platform_core.dependencies.directory import folded
from platform_core.domain.dependencies import DependencyDecision, DependencyVerdict
from platform_core.domain.inventory import Dependency

Identity = tuple[str, str, int | None, str]
"""Both ends (key, else folded name), port, folded relation."""


class Decided:
    """The decisions that count, found by dependency.

    Two ends are the same when their keys agree; while one of the two has no key, when their names do. So a decision
    holds while an end is missing from the inventory, and again when it is back. The latest of `decisions` about the
    same dependency counts.
    """

    def __init__(self, decisions: Iterable[DependencyDecision]) -> None:
        latest = {identity(decision): decision for decision in decisions}
        self.standing = tuple(decision for decision in latest.values() if decision.verdict is not None)
        self._by_names: dict[Identity, list[DependencyDecision]] = defaultdict(list)
        self._by_keys: dict[Identity, DependencyDecision] = {}
        for decision in self.standing:
            self._by_names[_by_name(decision)].append(decision)
            if decision.source_key and decision.target_key:
                self._by_keys[identity(decision)] = decision

    def of(self, dependency: Dependency | DependencyDecision) -> DependencyDecision | None:
        """Return the decision about a dependency, None where nothing was decided."""
        if not self.standing:
            return None
        if dependency.source_key and dependency.target_key:
            found = self._by_keys.get(identity(dependency))
            if found is not None:
                return found
        named = self._by_names.get(_by_name(dependency), ())
        return next((decision for decision in named if _same_ends(decision, dependency)), None)


def settle(
    dependencies: Iterable[Dependency], decisions: Iterable[DependencyDecision], known: Collection[str]
) -> list[Dependency]:
    """Return `dependencies` with the verdict of each set in place, and those that were added by hand.

    An added dependency that was seen meanwhile counts as confirmed, with the weight that was seen. `known` are the
    keys in the inventory: an end that left it keeps its name only.
    """
    decided, seen, settled = Decided(decisions), set(), list(dependencies)
    for dependency in settled:
        decision = decided.of(dependency)
        dependency.verdict = verdict_on_seen(decision)
        if decision is not None:
            seen.add(identity(decision))
    added = [d for d in decided.standing if d.verdict is DependencyVerdict.ADDED and identity(d) not in seen]
    return [*settled, *(as_dependency(decision, known) for decision in added)]


def verdict_on_seen(decision: DependencyDecision | None) -> DependencyVerdict | None:
    """Return the verdict on a dependency that an export names."""
    if decision is None or decision.verdict is not DependencyVerdict.ADDED:
        return decision.verdict if decision else None
    return DependencyVerdict.CONFIRMED


def as_dependency(decision: DependencyDecision, known: Collection[str]) -> Dependency:
    """Return the dependency that an analyst added."""
    return Dependency(
        decision.source_name,
        decision.target_name,
        source_key=decision.source_key if decision.source_key in known else None,
        target_key=decision.target_key if decision.target_key in known else None,
        port=decision.port,
        relation=decision.relation,
        weight=decision.weight,
        verdict=DependencyVerdict.ADDED,
    )


def identity(dependency: Dependency | DependencyDecision) -> Identity:
    """Return what a dependency is known by: its two ends, port and relation."""
    ends = (
        dependency.source_key or folded(dependency.source_name),
        dependency.target_key or folded(dependency.target_name),
    )
    return (*ends, dependency.port, folded(dependency.relation or ""))


def _by_name(dependency: Dependency | DependencyDecision) -> Identity:
    ends = (folded(dependency.source_name), folded(dependency.target_name))
    return (*ends, dependency.port, folded(dependency.relation or ""))


def _same_ends(decision: DependencyDecision, dependency: Dependency | DependencyDecision) -> bool:
    """Tell whether ends of the same names are the same: not where both have a key and these differ."""
    pairs = ((decision.source_key, dependency.source_key), (decision.target_key, dependency.target_key))
    return all(not one or not other or one == other for one, other in pairs)
