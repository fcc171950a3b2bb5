"""How applications hang together: the links of a planning subject to others, noise left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from platform_core.dependencies import Noise
from platform_core.domain.inventory import Dependency
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
