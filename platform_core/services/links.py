"""How applications hang together: the links of a planning subject to others, noise left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from platform_core.dependencies import Noise
from platform_core.domain.inventory import Dependency
from platform_core.services.verdicts import noise_of
from platform_core.store import UnitOfWork
from platform_core.strategy import Links


def links_by_subject(
    dependencies: Iterable[Dependency], subject_of: Mapping[str, str], leaving: Collection[str], noise: Noise
) -> Callable[[str], Links]:
    """Return the links of a subject to other subjects; `leaving` are the subjects that are about to be retired.

    Noise and what was rejected count for nothing. Where no dependency is known at all, nothing is stated.
    """
    inbound: dict[str, set[str]] = defaultdict(set)
    outbound: dict[str, set[str]] = defaultdict(set)
    known = False
    for dependency in dependencies:
        known = True
        source, target = subject_of.get(dependency.source_key or ""), subject_of.get(dependency.target_key or "")
        if source and target and source != target and not noise.hides(dependency):
            inbound[target].add(source)
            outbound[source].add(target)
    if not known:
        return lambda _key: Links()
    gone = set(leaving)
    return lambda key: Links(len(inbound[key]), len(outbound[key]), len(inbound[key] - gone))


def stored_links(work: UnitOfWork, migration_id: int, subjects: Collection[str]) -> Mapping[str, Links]:
    """Return the links of some stored subjects, counted as for all of them. Call inside an open block of `work`."""
    if not work.asset_edits.has_dependencies(migration_id):
        return dict.fromkeys(subjects, Links())
    between = work.asset_edits.links(migration_id, subjects)
    ends = {end for d in between for end in (d.source_key, d.target_key) if end}
    leaving = work.asset_edits.leaving(migration_id, ends)
    of = links_by_subject(between, {end: end for end in ends}, leaving, noise_of(work, migration_id))
    return {key: of(key) if between else Links(0, 0, 0) for key in subjects}
