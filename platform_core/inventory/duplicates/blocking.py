"""Which pairs are worth a comparison: those that share an identifier or a form of a name that few others have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from platform_core.inventory.duplicates.host_names import NETBIOS_LENGTH, digits, letters, parts_of, unconfused
from platform_core.inventory.duplicates.knowledge import Knowledge
from platform_core.inventory.duplicates.records import Numbers, Records, as_array

LARGEST_BLOCK = 30
"""Assets that may share a form of a name or an identifier and are still compared each with each."""

SHORTEST_FUZZY = 3
"""Names with fewer letters are not searched for slips: too many others are one letter away."""


class Pairs(NamedTuple):
    """Pairs of record numbers, `first` < `second`."""

    first: Numbers
    second: Numbers


def candidate_pairs(records: Records, known: Knowledge) -> Pairs:
    """Return each pair once, in order."""
    size = max(1, len(records))
    found = [encoded(pairs_within(as_array(m.owners), as_array(m.codes)), size) for m in records.marks.values()]
    keys = _name_keys(records, known)
    owners = as_array([owner for owner, _ in keys])
    _, codes = np.unique(np.array([key for _, key in keys], dtype=np.int64), return_inverse=True)
    found.append(encoded(pairs_within(owners, codes.astype(np.int64)), size))
    both = np.unique(np.concatenate(found))
    return Pairs(both // size, both % size)


def encoded(pairs: Pairs, size: int) -> Numbers:
    """Return one number for each pair."""
    return pairs.first * size + pairs.second


def pairs_within(owners: Numbers, codes: Numbers, largest: int = LARGEST_BLOCK) -> Pairs:
    """Return all pairs of owners that share a code, with repetitions; codes of over `largest` owners are left out."""
    both = np.unique(np.stack((codes, owners)), axis=1) if len(codes) else np.empty((2, 0), np.int64)
    codes, owners = both[0], both[1]
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.empty(0, np.int64)
    counts = np.diff(np.r_[starts, len(codes)])
    first, second = list[Numbers](), list[Numbers]()
    for count in np.unique(counts[(counts > 1) & (counts <= largest)]):
        members = owners[starts[counts == count][:, None] + np.arange(count)]
        left, right = np.triu_indices(count, 1)
        first.append(members[:, left].ravel())
        second.append(members[:, right].ravel())
    nothing = np.empty(0, np.int64)
    return Pairs(np.concatenate([nothing, *first]), np.concatenate([nothing, *second]))


def _name_keys(records: Records, known: Knowledge) -> list[tuple[int, int]]:
    """Return (record, hash of a form of one of its names) for every form under which a like name may be found."""
    forms = dict[tuple[int, str], list[int]]()
    keys = list[tuple[int, int]]()
    for number, (family, names) in enumerate(zip(records.families, records.names, strict=True)):
        for name in names:
            known_forms = forms.get((family, name))
            if known_forms is None:
                known_forms = forms[family, name] = list({hash((family, form)) for form in _forms(name, known)})
            keys += ((number, form) for form in known_forms)
    return keys


def _forms(name: str, known: Knowledge) -> Iterator[object]:
    parts = parts_of(name)
    yield "".join(parts)
    yield tuple(sorted(parts))
    yield "look", "".join(parts_of(unconfused(name)))
    meanings = [known.codes[part].means if part in known.codes else part for part in parts]
    yield tuple(sorted(meanings))
    bare = [part for part in parts if part not in known.codes or known.codes[part].sort.says_which]
    yield tuple(sorted(bare))
    if len(name) >= NETBIOS_LENGTH:
        yield "cut", name[:NETBIOS_LENGTH]
    yield from _slips(letters(parts), digits(parts))


def _slips(word: str, numbers: Iterable[str]) -> Iterator[object]:
    """Yield the letters with each one left out: two words one slip apart have one of these in common."""
    if len(word) >= SHORTEST_FUZZY:
        tail = "#".join(numbers)
        yield word, tail
        for at in range(len(word)):
            if at == 0 or word[at] != word[at - 1]:
                yield word[:at] + word[at + 1 :], tail
