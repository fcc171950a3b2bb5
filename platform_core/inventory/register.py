"""Recognises the rows of all files that describe the same asset.

Rules, in the order they are applied to a row:

1. Within one file the name decides: rows with the same primary name are one asset, rows with different names are
   two, whatever serial or UUID they share (blades share a chassis, clones a UUID). Rows of one name are still two
   assets when their UUIDs, serial numbers, tags or DNS domains exclude each other, or, for devices that are no
   servers, their sites.
2. Across files a row joins the one earlier asset of its kind that has the same UUID, else the same primary name,
   else a primary name that is this row's other name or the reverse, else the same serial number. Different UUIDs
   or DNS domains forbid it, and a file never names one asset twice.
3. Evidence that leads to several assets at once is no evidence: the row stays an asset of its own.
4. A row that names two assets of different files shows that they are one.

Addresses and environments never join anything.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from platform_core.domain.inventory import AssetKind
from platform_core.inventory.heads import Numbers
from platform_core.inventory.identity import NO_MARKS, Identity, Marks
from platform_core.inventory.names import domains_differ
from platform_core.inventory.postings import Postings

NOTHING_MARKED = ""


class _KindIndex:
    """The tokens of all assets of one kind, by which rows of later files find them."""

    def __init__(self) -> None:
        self.primary, self.alias, self.uuid, self.serial = Postings(), Postings(), Postings(), Postings()

    def add(self, who: Identity, number: int) -> None:
        """Enter the tokens of a row."""
        if who.primary is not None:
            self.primary.add(who.primary, number)
        for alias in who.aliases:
            self.alias.add(alias, number)
        if who.uuid is not None:
            self.uuid.add(who.uuid, number)
        if who.serial is not None:
            self.serial.add(who.serial, number)


class _FileIndex:
    """The names of the file at hand, and what tells rows of one name apart."""

    def __init__(self) -> None:
        self.names: dict[AssetKind, Postings] = defaultdict(Postings)
        self._marked: dict[tuple[AssetKind, str, str], int] = {}

    def namesakes(self, who: Identity) -> list[int]:
        """Return assets of the row's name, those that share a mark with it first."""
        known = self.names[who.kind].some(own_name(who))
        if len(known) < 2:
            return list(known)
        marked = (self._marked.get(place) for place in _places(who))
        return [*(number for number in marked if number is not None), *known]

    def add(self, who: Identity, number: int) -> None:
        """Enter a row of asset `number`."""
        names, name = self.names[who.kind], own_name(who)
        names.add(name, number)
        if len(names.some(name)) > 1:
            for place in _places(who):
                self._marked.setdefault(place, number)


class Register:
    """Numbers the assets while rows are entered, file by file in the order of the imports.

    Rows that share no name and no identifier with another one need not be entered (`shared_names`).
    """

    def __init__(self, files: int) -> None:
        self._kinds: list[AssetKind] = []
        self._files_left = files
        self._tokens: list[str] = []
        self._parent: list[int] = []
        self._files: list[int] = []
        self._uuid: list[str | None] = []
        self._domain: list[str] = []
        self._marks: list[str] = []
        self._index: dict[AssetKind, _KindIndex] = defaultdict(_KindIndex)
        self._file = 0
        self._here = _FileIndex()

    def begin_file(self) -> None:
        """Tell that the next rows come from another file."""
        self._file = self._file << 1 if self._file else 1
        self._files_left -= 1
        self._here = _FileIndex()
        self._marks = [NOTHING_MARKED] * len(self._parent)

    def enter(self, who: Identity) -> int:
        """Return the number of the asset that `who` names, a new one where none fits."""
        number = next((n for n in map(self.find, self._here.namesakes(who)) if self._may_repeat(n, who)), None)
        if number is None:
            number = self._earlier(who) if self._file > 1 else None
            if number is None:
                number = self._add(who)
        self._note(number, who)
        return number

    def find(self, number: int) -> int:
        """Return the number under which asset `number` goes after all joins so far."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def settle(self) -> tuple[Numbers, list[int]]:
        """Return for each number its final one (counted up from 0 in order of entry), and the numbers that remain.

        No row can be entered afterwards: what rows are compared by is let go of here, it is most of the memory.
        """
        self._here, self._index = _FileIndex(), defaultdict(_KindIndex)
        self._uuid, self._domain, self._marks = [], [], []
        roots = [self.find(number) for number in range(len(self._parent))]
        remaining = sorted(set(roots))
        position = {root: place for place, root in enumerate(remaining)}
        return np.array([position[root] for root in roots], dtype=np.int64), remaining

    def keys(self, remaining: Iterable[int]) -> list[str]:
        """Return a key for each remaining asset; of several with one name the later ones are counted."""
        counts: dict[str, int] = {}
        keys: dict[str, None] = {}
        for number in remaining:
            name = key = f"{self._kinds[number]}:{self._tokens[number]}"
            while key in keys:
                counts[name] = counts.get(name, 1) + 1
                key = f"{name}~{counts[name]}"
            keys[key] = None
        return list(keys)

    def _may_repeat(self, number: int, who: Identity) -> bool:
        known = _unpacked(self._marks[number])
        return not self._excluded(number, who) and not any(map(_differ, known, who.marks))

    def _earlier(self, who: Identity) -> int | None:
        index = self._index[who.kind]
        chosen = self._only(index.uuid.evidence(who.uuid), who) if who.uuid else None
        if who.primary is not None:
            named = self._only(index.primary.evidence(who.primary), who)
            if named is None:
                named = self._only(index.alias.evidence(who.primary), who)
            chosen = self._joined(chosen, named)
            for alias in who.aliases:
                chosen = self._joined(chosen, self._only(index.primary.evidence(alias), who))
        if chosen is None and who.serial is not None:
            chosen = self._only(index.serial.evidence(who.serial), who)
        return chosen

    def _only(self, numbers: Iterable[int], who: Identity) -> int | None:
        fitting = {n for n in map(self.find, numbers) if not self._files[n] & self._file and not self._excluded(n, who)}
        return fitting.pop() if len(fitting) == 1 else None

    def _excluded(self, number: int, who: Identity) -> bool:
        if uuids_differ(self._uuid[number], who.uuid):
            return True
        return bool(who.domain) and domains_differ(self._domain[number], who.domain)

    def _joined(self, first: int | None, second: int | None) -> int | None:
        if first is None or second is None or first == second:
            return second if first is None else first
        kept, gone = sorted((first, second))
        apart = (
            self._files[kept] & self._files[gone]
            or uuids_differ(self._uuid[kept], self._uuid[gone])
            or domains_differ(self._domain[kept], self._domain[gone])
        )
        if apart:
            return first
        self._parent[gone] = kept
        self._files[kept] |= self._files[gone]
        self._uuid[kept] = self._uuid[gone] if self._uuid[kept] is None else self._uuid[kept]
        self._domain[kept] = self._domain[kept] or self._domain[gone]
        return kept

    def _add(self, who: Identity) -> int:
        number = len(self._parent)
        self._parent.append(number)
        self._files.append(0)
        self._uuid.append(None)
        self._domain.append("")
        self._marks.append(NOTHING_MARKED)
        self._kinds.append(who.kind)
        self._tokens.append(who.primary or who.own or "")
        return number

    def _note(self, number: int, who: Identity) -> None:
        self._files[number] |= self._file
        self._here.add(who, number)
        if who.marks != NO_MARKS:
            known = self._marks[number]
            self._marks[number] = _packed(who.marks if not known else _filled(_unpacked(known), who.marks))
        if self._uuid[number] is None:
            self._uuid[number] = who.uuid
        if who.domain and not self._domain[number]:
            self._domain[number] = sys.intern(who.domain)
        if self._files_left > 0:
            self._index[who.kind].add(who, number)


def own_name(who: Identity) -> str:
    """Return the name by which a row is recognised inside its own file."""
    return who.primary or f"\0{who.own}"


def uuids_differ(first: str | None, second: str | None) -> bool:
    """Tell whether two UUID tokens of the same sort exclude each other."""
    return first is not None and second is not None and first != second and first[:2] == second[:2]


def _places(who: Identity) -> list[tuple[AssetKind, str, str]]:
    """Return under which marks a row is looked up among its namesakes; a site holds too many to be one."""
    marks = (("uuid", who.uuid), ("serial", who.marks[0]), ("tag", who.marks[1]))
    return [(who.kind, own_name(who), f"{sort} {mark}") for sort, mark in marks if mark is not None]


def _differ(first: str | None, second: str | None) -> bool:
    return first is not None and second is not None and first.casefold() != second.casefold()


def _packed(marks: Marks) -> str:
    """Return marks as one text, which takes half the memory: a million rows have some."""
    return "\0".join(mark or "" for mark in marks)


def _unpacked(marks: str) -> Marks:
    if not marks:
        return NO_MARKS
    serial, tag, site = marks.split("\0")
    return (serial or None, tag or None, site or None)


def _filled(known: Marks, new: Marks) -> Marks:
    return (known[0] or new[0], known[1] or new[1], known[2] or new[2])
