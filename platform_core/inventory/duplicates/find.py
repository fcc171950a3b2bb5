"""The room's main door: assets in, pairs that may be one thing out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from platform_core.domain.base import Progress, silent
from platform_core.domain.duplicates import LIMITS, Duplicates, Evidence, Likeness, Pair, score_of
from platform_core.domain.inventory import Asset
from platform_core.inventory.duplicates.blocking import Pairs, candidate_pairs
from platform_core.inventory.duplicates.comparing import NONE, Comparison, compare
from platform_core.inventory.duplicates.groups import Edge, group
from platform_core.inventory.duplicates.knowledge import START, Knowledge
from platform_core.inventory.duplicates.records import Reals, Records, read_records
from platform_core.inventory.duplicates.scoring import SOURCE, scores, weights_of

APART = score_of(0.02)
"""Score below which two assets are never put into one group, whatever ties them to a third."""

Told = Collection[tuple[str, str]]


def find_duplicates(
    assets: Iterable[Asset], known: Knowledge, *, told_apart: Told = (), progress: Progress = silent
) -> Duplicates:
    """Return the pairs of assets that may be one thing, with the evidence for and against, surest first.

    Only assets of one sort (machines, databases, applications) are compared. `told_apart` are pairs of keys, the
    smaller first, that an analyst found to be two things: they are left out, and no group holds both. The result
    depends on nothing but the arguments; a million comparisons take about 20 CPU seconds. What `progress` raises
    (Cancelled) goes through.
    """
    progress(0.0, "Reading assets")
    records = read_records(assets, known)
    progress(0.4, "Looking for like assets")
    pairs = _without(candidate_pairs(records, known), records, told_apart)
    progress(0.6, "Comparing assets")
    comparisons = compare(pairs, records, known)
    total, source = scores(comparisons, known)
    progress(0.9, "Grouping assets")
    groups = _groups(pairs, total, records, told_apart)
    shown = _shown(pairs, total, groups)
    found = _Evidence(comparisons, known, source)
    return Duplicates(tuple(found.pair(at, pairs, total, records, groups) for at in shown), len(pairs.first))


def _without(pairs: Pairs, records: Records, told_apart: Told) -> Pairs:
    """Drop the pairs that were told apart."""
    if not told_apart:
        return pairs
    keys = records.keys
    told = set(told_apart)
    kept = np.array(
        [_in_order(keys[a], keys[b]) not in told for a, b in zip(pairs.first, pairs.second, strict=True)], bool
    )
    return Pairs(pairs.first[kept], pairs.second[kept])


def _groups(pairs: Pairs, total: Reals, records: Records, told_apart: Told) -> dict[int, int]:
    """Return for each record in a group the first record of it."""
    by_pair = dict(zip(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), total.tolist(), strict=True))
    edges = (Edge(a, b, score) for (a, b), score in by_pair.items() if score >= _least(Likeness.LIKELY))
    place = {key: number for number, key in enumerate(records.keys)} if told_apart else {}
    apart = {_sorted(place[a], place[b]): -np.inf for a, b in told_apart if a in place and b in place}
    return {member: members[0] for members in group(edges, by_pair | apart, APART) for member in members}


def _shown(pairs: Pairs, total: Reals, groups: dict[int, int]) -> list[int]:
    """Return the places of pairs that are likely enough or inside a group, surest first."""
    of = np.full(int(pairs.second.max(initial=-1)) + 1, -1, np.int64)
    of[list(groups)] = list(groups.values())
    inside = (of[pairs.first] >= 0) & (of[pairs.first] == of[pairs.second])
    places = np.flatnonzero(inside | (total >= _least(Likeness.POSSIBLE)))
    order: list[int] = places[np.argsort(-total[places], kind="stable")].tolist()
    return order


class _Evidence:
    """Gives each pair its evidence."""

    def __init__(self, comparisons: Sequence[Comparison], known: Knowledge, source: float) -> None:
        self._start = Evidence(START, "start", known.levels[START]["start"].weight)
        self._comparisons = comparisons
        self._weights = [[source, 0.0] if c.field == SOURCE else weights_of(c, known).tolist() for c in comparisons]

    def pair(self, at: int, pairs: Pairs, total: Reals, records: Records, groups: dict[int, int]) -> Pair:
        """Return pair number `at`."""
        first, second = int(pairs.first[at]), int(pairs.second[at])
        group = groups.get(first, -1)
        inside = group >= 0 and group == groups.get(second)
        keys = _in_order(records.keys[first], records.keys[second])
        return Pair(*keys, float(total[at]), (self._start, *self._of(at)), records.keys[group] if inside else "")

    def _of(self, at: int) -> Iterable[Evidence]:
        for comparison, weights in zip(self._comparisons, self._weights, strict=True):
            level = int(comparison.levels[at])
            if level != NONE:
                count = int(comparison.counts[at]) if comparison.counts is not None else 0
                yield Evidence(comparison.field, comparison.names[level], weights[level], count)


def _least(band: Likeness) -> float:
    return score_of(LIMITS[band])


def _in_order(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first < second else (second, first)


def _sorted(first: int, second: int) -> tuple[int, int]:
    return (first, second) if first < second else (second, first)
