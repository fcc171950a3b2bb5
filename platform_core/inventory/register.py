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

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.inventory import AssetKind
from platform_core.inventory.identity import Identity
from platform_core.inventory.names import domains_differ

Numbers = NDArray[np.int64]


NAMESAKES = 32
"""A token that more assets carry than this is no evidence, and so many of them are compared at most."""


class _Postings:
    """Which assets carry a token; most tokens lead to exactly one."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}

    def add(self, token: str, number: int) -> None:
        """Add `number` under `token`."""
        first = self._first.setdefault(token, number)
        if first == number:
            return
        more = self._more.setdefault(token, [])
        if len(more) < NAMESAKES and number not in more:
            more.append(number)

    def get(self, token: str) -> Sequence[int]:
        """Return the numbers under `token`, none where it is carried by too many to tell anything."""
        if token not in self._first:
            return ()
        more = self._more.get(token, [])
        return (self._first[token], *more) if len(more) < NAMESAKES else ()


class _KindIndex:
    """The tokens of all assets of one kind."""

    def __init__(self) -> None:
        self.primary, self.alias, self.uuid, self.serial = _Postings(), _Postings(), _Postings(), _Postings()


class Register:
    """Numbers the assets while rows are entered, file by file in the order of the imports."""

    def __init__(self) -> None:
        self.kinds: list[AssetKind] = []
        self.names: list[str] = []
        self._tokens: list[str] = []
        self._parent: list[int] = []
        self._files: list[int] = []
        self._uuid: dict[int, str] = {}
        self._domain: dict[int, str] = {}
        self._index: dict[AssetKind, _KindIndex] = defaultdict(_KindIndex)
        self._file = 0
        self._local: dict[tuple[AssetKind, str], list[int]] = {}
        self._marked: dict[tuple[AssetKind, str, str], int] = {}
        self._marks_here: dict[int, dict[str, str]] = {}

    def begin_file(self) -> None:
        """Tell that the next rows come from another file."""
        self._file = self._file << 1 if self._file else 1
        self._local, self._marked, self._marks_here = {}, {}, {}

    def enter(self, who: Identity) -> int:
        """Return the number of the asset that `who` names, a new one where none fits."""
        number = self._same_in_file(who)
        if number is None:
            number = self._earlier(who) if self._file > 1 else None
            if number is None:
                number = self._add(who)
            self._local.setdefault((who.kind, own_name(who)), []).append(number)
        self._note(number, who)
        return number

    def find(self, number: int) -> int:
        """Return the number under which asset `number` goes after all joins so far."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def settle(self) -> tuple[Numbers, list[int]]:
        """Return for each number its final one (counted up from 0 in order of entry), and the numbers that remain."""
        roots = [self.find(number) for number in range(len(self._parent))]
        remaining = sorted(set(roots))
        position = {root: place for place, root in enumerate(remaining)}
        return np.array([position[root] for root in roots], dtype=np.int64), remaining

    def keys(self, remaining: Iterable[int]) -> list[str]:
        """Return a key for each remaining asset; of several with one name the later ones are counted."""
        counts: dict[str, int] = {}
        keys: dict[str, None] = {}
        for number in remaining:
            name = key = f"{self.kinds[number]}:{self._tokens[number]}"
            while key in keys:
                counts[name] = counts.get(name, 1) + 1
                key = f"{name}~{counts[name]}"
            keys[key] = None
        return list(keys)

    def _same_in_file(self, who: Identity) -> int | None:
        name = own_name(who)
        namesakes = self._local.get((who.kind, name))
        if namesakes is None:
            return None
        marked = (self._marked.get((who.kind, name, mark)) for mark in _marks(who))
        candidates = [*(n for n in marked if n is not None), *namesakes[:NAMESAKES]]
        return next((n for n in map(self.find, candidates) if self._may_repeat(n, who)), None)

    def _may_repeat(self, number: int, who: Identity) -> bool:
        known = self._marks_here.get(number, {})
        return not self._excluded(number, who) and all(known.get(sort, mark) == mark for sort, mark in who.marks)

    def _earlier(self, who: Identity) -> int | None:
        index = self._index[who.kind]
        chosen = self._only(index.uuid.get(who.uuid), who) if who.uuid else None
        if who.primary is not None:
            named = self._only(index.primary.get(who.primary), who)
            if named is None:
                named = self._only(index.alias.get(who.primary), who)
            chosen = self._joined(chosen, named)
            for alias in who.aliases:
                chosen = self._joined(chosen, self._only(index.primary.get(alias), who))
        if chosen is None and who.serial is not None:
            chosen = self._only(index.serial.get(who.serial), who)
        return chosen

    def _only(self, numbers: Iterable[int], who: Identity) -> int | None:
        fitting = {n for n in map(self.find, numbers) if not self._files[n] & self._file and not self._excluded(n, who)}
        return fitting.pop() if len(fitting) == 1 else None

    def _excluded(self, number: int, who: Identity) -> bool:
        if uuids_differ(self._uuid.get(number), who.uuid):
            return True
        return bool(who.domain) and domains_differ(self._domain.get(number, ""), who.domain)

    def _joined(self, first: int | None, second: int | None) -> int | None:
        if first is None or second is None or first == second:
            return second if first is None else first
        kept, gone = sorted((first, second))
        apart = (
            self._files[kept] & self._files[gone]
            or uuids_differ(self._uuid.get(kept), self._uuid.get(gone))
            or domains_differ(self._domain.get(kept, ""), self._domain.get(gone, ""))
        )
        if apart:
            return first
        self._parent[gone] = kept
        self._files[kept] |= self._files[gone]
        for known in (self._uuid, self._domain):
            if gone in known:
                known.setdefault(kept, known[gone])
        return kept

    def _add(self, who: Identity) -> int:
        number = len(self._parent)
        self._parent.append(number)
        self._files.append(0)
        self.kinds.append(who.kind)
        self.names.append(who.name)
        self._tokens.append(who.primary or who.own or "")
        return number

    def _note(self, number: int, who: Identity) -> None:
        index = self._index[who.kind]
        if not self._files[number] & self._file:
            self._files[number] |= self._file
        if who.primary is not None:
            index.primary.add(who.primary, number)
            for alias in who.aliases:
                index.alias.add(alias, number)
        if who.uuid is not None:
            index.uuid.add(who.uuid, number)
            self._uuid.setdefault(number, who.uuid)
        if who.serial is not None:
            index.serial.add(who.serial, number)
        for mark in _marks(who):
            self._marked.setdefault((who.kind, own_name(who), mark), number)
        if who.marks:
            self._marks_here.setdefault(number, {}).update(who.marks)
        if who.domain:
            self._domain.setdefault(number, who.domain)


def own_name(who: Identity) -> str:
    """Return the name by which a row is recognised inside its own file."""
    return who.primary or f"\0{who.own}"


def _marks(who: Identity) -> list[str]:
    marks = [f"{sort} {text}" for sort, text in who.marks if sort != "site"]
    return [*marks, f"uuid {who.uuid}"] if who.uuid else marks


def uuids_differ(first: str | None, second: str | None) -> bool:
    """Tell whether two UUID tokens of the same sort exclude each other."""
    return first is not None and second is not None and first != second and first[:2] == second[:2]
