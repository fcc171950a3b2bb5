"""Compares candidate pairs field by field: each comparison comes to one of the levels of the evidence table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from platform_core.inventory.duplicates.blocking import LARGEST_BLOCK, Pairs, encoded, pairs_within
from platform_core.inventory.duplicates.host_names import Difference, Scheme
from platform_core.inventory.duplicates.knowledge import Knowledge
from platform_core.inventory.duplicates.records import IDENTIFIERS, UNKNOWN, Codes, Marks, Numbers, Records, as_array
from platform_core.inventory.duplicates.systems import alike
from platform_core.inventory.names import domains_differ

Levels = NDArray[np.int8]
NONE = -1
"""Level of a comparison that says nothing, mostly because a side is empty."""

OFTEN = 3
"""Mentions in one file from which an identifier is shared rather than entered twice."""

ROUNDED = 0.12
"""Relative difference up to which two sizes are the same: disks in GB and GiB, memory less what firmware keeps."""


@dataclass(frozen=True)
class Comparison:
    """What the comparison of one field came to, for each pair: the place in `names`, `NONE` = nothing.

    `counts` tells how many assets of one file carry what both share, where that matters.
    """

    field: str
    names: tuple[str, ...]
    levels: Levels
    counts: Numbers | None = None


def compare(pairs: Pairs, records: Records, known: Knowledge) -> list[Comparison]:
    """Compare all pairs in all fields."""
    spread = Spread.of(records)
    found = [_names(pairs, records, known, spread), _domains(pairs, records, known)]
    found += [_identifier(sort, pairs, records, known, spread) for sort in IDENTIFIERS]
    found += [_plain(field, codes, pairs, known) for field, codes in records.plain.items()]
    found += [_plain("hostname", records.hosts, pairs, known), _systems(pairs, records.systems, known)]
    found += [_sizes(pairs, records, known), _sources(pairs, records, known)]
    return found


@dataclass(frozen=True)
class Spread:
    """In which files each asset is listed: pairs of numbers, sorted by asset."""

    owners: Numbers
    sources: Numbers

    @classmethod
    def of(cls, records: Records) -> Spread:
        """Return where the assets are listed."""
        return cls(as_array(records.source_owners), as_array(records.sources))

    def mentions(self, owners: Numbers, codes: Numbers) -> Numbers:
        """Return for each code how many assets of one file carry it, in the file where most do.

        In an inventory of a single file every second mention is what is looked for: there it is one less.
        """
        most = np.zeros(int(codes.max(initial=-1)) + 1, np.int64)
        starts = np.searchsorted(self.owners, owners)
        counts = np.searchsorted(self.owners, owners, side="right") - starts
        rows = np.repeat(starts - np.r_[0, np.cumsum(counts)[:-1]], counts) + np.arange(counts.sum())
        listed = np.stack((np.repeat(codes, counts), self.sources[rows], np.repeat(owners, counts)))
        places, numbers = np.unique(np.unique(listed, axis=1)[:2], axis=1, return_counts=True)
        np.maximum.at(most, places[0], numbers)
        is_single = len(np.unique(self.sources)) < 2
        return np.maximum(most - is_single, 1)


def _blank(pairs: Pairs) -> Levels:
    return np.full(len(pairs.first), NONE, np.int8)


def _identifier(sort: str, pairs: Pairs, records: Records, known: Knowledge, spread: Spread) -> Comparison:
    names = tuple(known.levels[sort])
    levels = _blank(pairs)
    marks = records.marks[sort]
    owners, codes = as_array(marks.owners), as_array(marks.codes)
    if not len(owners):
        return Comparison(sort, names, levels)
    most = spread.mentions(owners, codes)
    carriers = np.bincount(codes)
    counts = (most[codes] < OFTEN) & (carriers[codes] <= LARGEST_BLOCK)
    differ = _both_have(pairs, _carries(owners[counts], marks, sort, len(records), codes[counts]))
    levels[differ] = names.index("differ") if "differ" in names else NONE
    shared = np.zeros(len(levels), np.int64)
    wanted = encoded(pairs, len(records))
    for number in np.unique(most[carriers > 1])[::-1]:
        rows = (most[codes] == number) & (carriers[codes] <= LARGEST_BLOCK)
        found = np.isin(wanted, encoded(pairs_within(owners[rows], codes[rows]), len(records)))
        levels[found] = names.index("once" if number == 1 else "twice" if number < OFTEN else "often")
        shared[found] = number
    if "near" in names:
        _mark_slips(marks, pairs, levels, names, len(records))
    return Comparison(sort, names, levels, shared)


def _carries(owners: Numbers, marks: Marks, sort: str, size: int, codes: Numbers) -> NDArray[np.bool_]:
    """Return for each asset which sorts of such an identifier it has; UUIDs of different sorts cannot differ."""
    texts = [text for _, text in marks.texts]
    sorts = ("b:", "i:", "o:") if sort == "uuid" else ("",)
    held = np.zeros((len(sorts), size), bool)
    for place, start in enumerate(sorts):
        of_sort = np.array([text.startswith(start) for text in texts], bool)
        held[place, owners[of_sort[codes]]] = True
    return held


def _both_have(pairs: Pairs, held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    both: NDArray[np.bool_] = np.any(held[:, pairs.first] & held[:, pairs.second], axis=0)
    return both


def _mark_slips(marks: Marks, pairs: Pairs, levels: Levels, names: tuple[str, ...], size: int) -> None:
    """Find different serial numbers that are one slip apart."""
    texts = [text for _, text in marks.texts]
    of = np.full(size, UNKNOWN, np.int64)
    of[as_array(marks.owners)] = as_array(marks.codes)
    for at in np.flatnonzero(levels == names.index("differ")):
        ours, theirs = texts[of[pairs.first[at]]], texts[of[pairs.second[at]]]
        if abs(len(ours) - len(theirs)) <= 1 and OSA.distance(ours, theirs, score_cutoff=1) == 1:
            levels[at] = names.index("near")


def _plain(field: str, codes: Codes, pairs: Pairs, known: Knowledge) -> Comparison:
    names = tuple(known.levels[field])
    values, levels = as_array(codes.values), _blank(pairs)
    ours, theirs = values[pairs.first], values[pairs.second]
    both = (ours != UNKNOWN) & (theirs != UNKNOWN)
    for name, found in (("same", ours == theirs), ("differ", ours != theirs)):
        if name in names:
            levels[both & found] = names.index(name)
    return Comparison(field, names, levels)


def _by_texts(field: str, codes: Codes, pairs: Pairs, known: Knowledge, judge: Callable[[str, str], str]) -> Comparison:
    """Compare texts by a rule, each two different texts once."""
    names, levels, texts = tuple(known.levels[field]), _blank(pairs), list(codes.texts)
    values = as_array(codes.values)
    ours, theirs = values[pairs.first], values[pairs.second]
    rows = np.flatnonzero((ours != UNKNOWN) & (theirs != UNKNOWN))
    different, place = np.unique(np.stack((ours[rows], theirs[rows])), axis=1, return_inverse=True)
    found = [judge(texts[a], texts[b]) for a, b in different.T.tolist()]
    levels[rows] = np.array([names.index(name) if name in names else NONE for name in found], np.int8)[place.ravel()]
    return Comparison(field, names, levels)


def _domains(pairs: Pairs, records: Records, known: Knowledge) -> Comparison:
    def judge(ours: str, theirs: str) -> str:
        return "same" if ours == theirs else "differ" if domains_differ(ours, theirs) else ""

    return _by_texts("fqdn", records.domains, pairs, known, judge)


def _systems(pairs: Pairs, codes: Codes, known: Knowledge) -> Comparison:
    def judge(ours: str, theirs: str) -> str:
        first, second = known.systems.read(ours), known.systems.read(theirs)
        return alike(first, second) if first and second else ""

    return _by_texts("os_name", codes, pairs, known, judge)


def _sizes(pairs: Pairs, records: Records, known: Knowledge) -> Comparison:
    """Compare processors and memory: disks grow and are counted differently everywhere."""
    names, levels = tuple(known.levels["size"]), _blank(pairs)
    equal, unequal = np.zeros((2, len(pairs.first)), np.int64)
    for field in ("cpu_cores", "memory_gb"):
        ours, theirs = (np.array(records.sizes[field], float)[side] for side in pairs)
        both = ~np.isnan(ours) & ~np.isnan(theirs)
        near = np.abs(ours - theirs) <= ROUNDED * np.fmax(ours, theirs)
        equal += both & near
        unequal += both & ~near
    levels[(equal == 2) & (unequal == 0)] = names.index("same")
    levels[(equal == 0) & (unequal > 0)] = names.index("differ")
    levels[(equal > 0) & (unequal > 0)] = names.index("partly")
    return Comparison("size", names, levels)


def _sources(pairs: Pairs, records: Records, known: Knowledge) -> Comparison:
    names, levels = tuple(known.levels["source"]), _blank(pairs)
    owners, sources = as_array(records.source_owners), as_array(records.sources)
    for source in np.unique(sources):
        listed = np.zeros(len(records), bool)
        listed[owners[sources == source]] = True
        levels[listed[pairs.first] & listed[pairs.second]] = names.index("same")
    return Comparison("source", names, levels)


def _names(pairs: Pairs, records: Records, known: Knowledge, spread: Spread) -> Comparison:
    names = tuple(known.levels["name"])
    levels = _blank(pairs)
    schemes = _schemes(records, known)
    carried = _repeated(records, spread)
    place = {name: number for number, name in enumerate(names)}
    done: dict[tuple[int, tuple[str, ...], tuple[str, ...]], int] = {}
    for at, (a, b) in enumerate(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)):
        ours, theirs = records.names[a], records.names[b]
        if not ours or not theirs:
            continue
        key = (records.families[a], ours, theirs)
        if key not in done:
            done[key] = place[name_level(ours, theirs, schemes[key[0]], carried)]
        levels[at] = done[key]
    return Comparison("name", names, levels)


def name_level(ours: Sequence[str], theirs: Sequence[str], scheme: Scheme, repeated: frozenset[str]) -> str:
    """Return the level of two assets' names: those that count first, then whether one goes by the other's name."""
    found = scheme.compare(ours[0], theirs[0]).difference
    if found is Difference.NONE:
        return "same repeated" if ours[0] in repeated else "same"
    if found.is_noise:
        return str(found)
    return "alias" if ours[0] in theirs or theirs[0] in ours else str(found)


def _schemes(records: Records, known: Knowledge) -> dict[int, Scheme]:
    by_family: dict[int, set[str]] = {}
    for family, names in zip(records.families, records.names, strict=True):
        by_family.setdefault(family, set()).update(names[:1])
    return {family: Scheme.of(names, known.codes) for family, names in by_family.items()}


def _repeated(records: Records, spread: Spread) -> frozenset[str]:
    """Return the names that several assets of one file have."""
    first = [(number, names[0]) for number, names in enumerate(records.names) if names]
    texts = dict.fromkeys(name for _, name in first)
    code = {name: number for number, name in enumerate(texts)}
    most = spread.mentions(as_array([n for n, _ in first]), as_array([code[name] for _, name in first]))
    return frozenset(name for name, number in code.items() if most[number] > 1)
