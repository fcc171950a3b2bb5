"""From pairs to groups of assets that are one thing, without chains: a group holds only what fits all its members."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from typing import NamedTuple

UNCOMPARED = -1.0
"""Score of two assets of a group that share nothing by which they were compared: mildly against."""

LARGEST = 40
"""Members beyond which a group is not grown: nobody lists one thing so often."""


class Edge(NamedTuple):
    """Two records and their score."""

    first: int
    second: int
    score: float


def group(edges: Iterable[Edge], scores: Mapping[tuple[int, int], float], apart: float) -> list[list[int]]:
    """Return the groups of two and more records, each sorted, by their first record.

    `edges` are the pairs that count as one, `scores` those of every compared pair. Groups grow along the surest edges;
    two are joined only while their pairs speak for it on average and none of them speaks against it below `apart`.
    """
    group_of: dict[int, list[int]] = {}
    queue = [(-edge.score, edge.first, edge.second) for edge in edges]
    heapq.heapify(queue)
    while queue:
        _, first, second = heapq.heappop(queue)
        ours, theirs = group_of.setdefault(first, [first]), group_of.setdefault(second, [second])
        if ours is not theirs and _fit(ours, theirs, scores, apart):
            ours += theirs
            for member in theirs:
                group_of[member] = ours
    found = {id(members): sorted(members) for members in group_of.values() if len(members) > 1}
    return sorted(found.values())


def _fit(ours: list[int], theirs: list[int], scores: Mapping[tuple[int, int], float], apart: float) -> bool:
    if len(ours) + len(theirs) > LARGEST:
        return False
    between = [scores.get((min(a, b), max(a, b)), UNCOMPARED) for a in ours for b in theirs]
    return min(between) > apart and sum(between) > 0
