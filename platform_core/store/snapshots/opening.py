"""An opened snapshot: a read-only DuckDB file, shared by the threads of a process, with changes laid over it."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from platform_core.domain.inventory import AssetFilter, AssetKind
from platform_core.domain.software import SUPPORT
from platform_core.store.snapshots.conditions import HITS, condition, mentions
from platform_core.store.snapshots.frequent import Frequent, kept_frequent
from platform_core.store.snapshots.ordering import Marks, comparable, from_rows, is_one_value
from platform_core.store.snapshots.shape import (
    COLUMNS,
    KIND,
    LISTS,
    SCHEMA,
    SUPPORT_PLACES,
    WORST_FIRST,
    place_of,
    quoted,
)
from platform_core.store.snapshots.writing import FORM

Kept = TypeVar("Kept")
Ids = np.ndarray[Any, np.dtype[np.int64]]

READING: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": "512MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
SEALS = ("SET enable_external_access = false", "SET lock_configuration = true")
"""Said once the file is attached: no query can then read another file, reach a network or loosen this again."""

ALL = ""
"""In place of a column: all assets of a kind."""

FETCHED = 5_000
ANSWERS_KEPT = 256
PLACES_KEPT = 8
"""A place is eight bytes an asset that lies there, and so are the hits of a search; an answer is a few counts."""

ENTRIES = "unnest(CASE WHEN {0} IS NULL THEN [NULL] ELSE string_split({0}, chr(10)) END)"
"""The entries of a list, one a row; an empty list is one empty entry."""


class Outdated(Exception):
    """The file is of another form, or its software was read by other tables."""


class Snapshot:
    """The inventory of one rebuild on one day; without a file it is empty.

    Every answer is kept until assets are changed or the day is over, so asking again costs nothing.
    """

    def __init__(self, path: Path | None = None, software: str = "") -> None:
        """Open the file at `path`; raises Outdated unless it was written by this code and the tables `software`."""
        self._lock = threading.Lock()
        self._database = duckdb.connect(":memory:", config=READING)
        self._database.register("nothing", SCHEMA.empty_table())
        self._database.execute("CREATE TABLE changed AS SELECT * FROM nothing")
        self._stored, self.written_at = "changed", 0
        self.marks: dict[str, Marks] = {}
        self.frequent: dict[str, Frequent] = {}
        if path is not None:
            self._attach(path, software)
        for seal in SEALS:
            self._database.execute(seal)
        self._answers: OrderedDict[Any, list[Any]] = OrderedDict()
        self._places: OrderedDict[Any, Ids] = OrderedDict()
        self.edition, self._day = self.written_at, date.min

    def _attach(self, path: Path, software: str) -> None:
        escaped = str(path).replace("'", "''")
        self._database.execute(f"ATTACH '{escaped}' AS stored (READ_ONLY)")
        about = self._database.execute("SELECT edition, form, software FROM stored.about").fetchall()
        ((self.written_at, *written),) = about
        if written != [FORM, software]:
            raise Outdated
        self.marks = from_rows(self._database.execute("SELECT name, text, number FROM stored.mark").fetchall())
        self.frequent = kept_frequent(self._database)
        self._stored = "stored.asset"

    @property
    def is_as_written(self) -> bool:
        """Whether no asset was changed since the file was written."""
        return self.edition == self.written_at

    def bring_up_to(self, edition: int, day: date, rows: Callable[[], pa.RecordBatch]) -> None:
        """Show what is true at `edition` and on `day`; `rows` gives all assets changed since the file was written."""
        with self._lock:
            if (edition, day) == (self.edition, self._day):
                return
            if edition != self.edition:
                self._lay_over(rows())
            self.edition, self._day = edition, day
            self._answers.clear()
            self._places.clear()

    def _lay_over(self, rows: pa.RecordBatch) -> None:
        cursor = self._database.cursor()
        cursor.register("rows", pa.Table.from_batches([rows], SCHEMA))
        cursor.execute("BEGIN; DELETE FROM changed; INSERT INTO changed SELECT * FROM rows; COMMIT")
        unchanged = "SELECT * FROM stored.asset WHERE id NOT IN (SELECT id FROM changed)"
        self._stored = f"({unchanged} UNION ALL SELECT * FROM changed)"  # noqa: S608

    @property
    def assets(self) -> str:
        """All assets without their phase of support, as SQL that a query of this room may name once more."""
        return self._stored

    def _assets_for(self, sql: str) -> str:
        """Return all assets with what a query names: planning columns it does not need takes longer than an answer."""
        if not any(f'"{name}"' in sql for name in (SUPPORT, f"{SUPPORT}#")):
            return self._stored
        return _on(self._stored, self._day, ", ".join(f'"{name}"' for name in SCHEMA.names if name in sql))

    def count(self, wanted: AssetFilter) -> int:
        """Return how many assets pass a filter."""
        return int(self.select("count(*)", wanted)[0][0])

    def total(self, wanted: AssetFilter) -> int:
        """Return how many assets all pages of a filter hold, which a page of it has counted already."""
        return sum(number for _, number in self._filled_places(wanted))

    def page(self, wanted: AssetFilter, *, offset: int, limit: int) -> list[int]:
        """Return the ids of up to `limit` assets from `offset` on, in the order of the filter, empty cells last.

        Assets that are equal in it follow in the order of the build, whether it rises or falls.
        """
        offset, skipped, covered = max(0, offset), 0, 0
        near: list[int | None] = []
        for place, number in self._filled_places(wanted):
            if not near and skipped + number <= offset:
                skipped += number
            elif skipped + covered < offset + limit:
                near.append(place)
                covered += number
        if not near or limit <= 0:
            return []
        return list(map(int, self._at(tuple(near), wanted)[offset - skipped : offset - skipped + limit]))

    def _filled_places(self, wanted: AssetFilter) -> list[tuple[int | None, int]]:
        """Return the places of the order with the number of assets at each."""
        rows = self.select(f"{place_of(wanted.sort)}, count(*)", wanted, "GROUP BY 1")
        known = sorted(row for row in rows if row[0] is not None)
        return [*(known[::-1] if wanted.descending else known), *(row for row in rows if row[0] is None)]

    def _at(self, places: tuple[int | None, ...], wanted: AssetFilter) -> Ids:
        """Return the ids at some places of the order, in that order."""
        key = (self.edition, self._day, wanted, places)
        return self._remembered(self._places, key, PLACES_KEPT, lambda: self._ordered(places, wanted))

    def _ordered(self, places: tuple[int | None, ...], wanted: AssetFilter) -> Ids:
        found: dict[int | None, Ids] = {}
        known = [place for place in places if place is not None]
        single = [place for place in known if is_one_value(place)]
        mixed = [place for place in known if not is_one_value(place)]
        if None in places:
            found[None] = np.sort(self._here("id", "IS NULL", (), wanted).fetchnumpy()["id"])
        if single:
            columns = self._here(f"id, {place_of(wanted.sort)} AS place", _among(single), single, wanted).fetchnumpy()
            found |= {place: np.sort(columns["id"][columns["place"] == place]) for place in single}
        if mixed:
            told = f"id, {place_of(wanted.sort)}, {quoted(wanted.sort)}"
            rows = sorted(self._here(told, _among(mixed), mixed, wanted).fetchall())
            rows.sort(key=lambda row: comparable(row[2]), reverse=wanted.descending)
            found |= {at: np.array([row[0] for row in rows if row[1] == at], dtype=np.int64) for at in mixed}
        return np.concatenate([np.asarray(found[place]) for place in places])

    def _here(self, told: str, test: str, used: Sequence[int], wanted: AssetFilter) -> duckdb.DuckDBPyConnection:
        """Ask `told` of the assets that pass a filter and whose place in its order meets a test."""
        where, filtered = condition(wanted)
        passing = f"{where} AND {place_of(wanted.sort)} {test}"
        sql = f"SELECT {told} FROM {self._assets_for(told + passing)} asset WHERE {passing}"  # noqa: S608
        return self._cursor(wanted).execute(sql, [*filtered, *used])

    def quantiles(self, column: str, wanted: AssetFilter, shares: Sequence[float]) -> tuple[Any, ...]:
        """Return for each share the smallest value of a column that at least so many of its values do not exceed.

        Of the assets that pass a filter, one of which must have a value.
        """
        asked = wanted.model_copy(update={"sort": column, "descending": False})
        known = [(place, number) for place, number in self._filled_places(asked) if place is not None]
        ends = np.cumsum([number for _, number in known])
        ranks = [max(1, math.ceil(share * int(ends[-1]))) for share in shares]
        at = [known[int(np.searchsorted(ends, rank))][0] for rank in ranks]
        told = f"{quoted(column)}, {place_of(column)}, count(*)"
        here = f"AND {place_of(column)} {_among(set(at))} GROUP BY 1, 2 ORDER BY 1"
        rows = self.select(told, asked, here, tuple(sorted(set(at))))
        before = {place: int(end) - number for (place, number), end in zip(known, ends, strict=True)}
        return tuple(
            _nth([row for row in rows if row[1] == place], rank - before[place])
            for place, rank in zip(at, ranks, strict=True)
        )

    def cells(self, ids: Sequence[int], columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Return columns of single assets, in any order."""
        marks = ", ".join("?" * len(ids)) or "NULL"
        return self.select(", ".join(map(quoted, columns)), AssetFilter(), f"AND id IN ({marks})", tuple(ids))

    def facet(self, column: str, wanted: AssetFilter, *, limit: int) -> list[tuple[Any, int]]:
        """Return the frequent values of a column among the assets that pass the filter on the other columns.

        With their numbers, most frequent first, None for those without a value. An asset whose list has several entries
        counts for each.
        """
        if column not in LISTS:
            return self.combinations(column, wanted, limit=limit)
        together = f"(SELECT {quoted(column)} AS told, count(*) AS number FROM {{}} GROUP BY 1)"  # noqa: S608
        entries = f"(SELECT {ENTRIES.format('told')} AS entry, number FROM {together})"  # noqa: S608
        also = f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit:d}"
        return self.select("entry, sum(number)::BIGINT", _but(column, wanted), also, within=entries)

    def combinations(self, column: str, wanted: AssetFilter, *, limit: int) -> list[tuple[Any, int]]:
        """Return the frequent cells of a column as a facet does, each list as a whole."""
        kept = self.kept(column, _but(column, wanted))
        if kept and kept.holds(limit):
            return kept.most(limit)
        also = f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit:d}"
        return self.select(f"{quoted(column)}, count(*)", _but(column, wanted), also)

    def kept(self, column: str, wanted: AssetFilter) -> Frequent | None:
        """Return the frequent values that were kept of a column, where they are those of the assets that pass."""
        return self.frequent.get(column) if self.is_as_written and wanted.is_open else None

    def kinds(self) -> dict[AssetKind, int]:
        """Return the number of assets of each kind."""
        rows = self.select(f"{quoted(KIND)}, count(*)", AssetFilter(), "GROUP BY 1 ORDER BY 1")
        return {AssetKind(kind): number for kind, number in rows}

    def fill(self, wanted: AssetFilter) -> tuple[int, dict[str, int]]:
        """Return how many assets pass a filter, and how many of these have a value in each column."""
        names = sorted(COLUMNS)
        counts = ", ".join(f"count({quoted(name)})" for name in names)
        ((total, *numbers),) = self.select(f"count(*), {counts}", wanted)
        return total, dict(zip(names, numbers, strict=True))

    def filled(self) -> dict[str, dict[str, int]]:
        """Return, by kind, how many assets there are (`ALL`) and how many have a value in each column."""
        names = sorted(COLUMNS)
        counts = ", ".join(f"count({quoted(name)})" for name in names)
        rows = self.select(f"{quoted(KIND)}, count(*), {counts}", AssetFilter(), "GROUP BY 1")
        return {kind: {ALL: total, **dict(zip(names, numbers, strict=True))} for kind, total, *numbers in rows}

    def select(
        self, told: str, wanted: AssetFilter, also: str = "", used: Sequence[Any] = (), *, within: str = ""
    ) -> list[Any]:
        """Return what `told` says of the assets that pass a filter; `also` comes last, with parameters `used`.

        `within` may ask a query of these assets instead, which stand at its mark {}. All three are SQL of this room;
        nothing that somebody typed may be in them.
        """
        key = (self.edition, self._day, told, also, tuple(used), within, wanted.unordered())

        def ask() -> list[Any]:
            where, filtered = condition(wanted)
            passing = f"{self._assets_for(' '.join((told, where, also, within)))} asset WHERE {where}"
            source = f"{within.format(passing)} WHERE true" if within else passing
            sql = f"SELECT {told} FROM {source} {also}"  # noqa: S608
            return self._cursor(wanted).execute(sql, [*filtered, *used]).fetchall()

        return self._remembered(self._answers, key, ANSWERS_KEPT, ask)

    def rows(self, columns: Sequence[str], wanted: AssetFilter) -> Iterator[tuple[Any, ...]]:
        """Yield all assets that pass a filter, in the order of the build, without holding them all."""
        named = ", ".join(map(quoted, columns))
        where, filtered = condition(wanted)
        cursor = self._cursor(wanted)
        assets = self._assets_for(named + where)
        cursor.execute(f"SELECT {named} FROM {assets} asset WHERE {where}", filtered)  # noqa: S608
        while some := cursor.fetchmany(FETCHED):
            yield from some

    def _cursor(self, wanted: AssetFilter) -> duckdb.DuckDBPyConnection:
        """Return a cursor of the caller's own; where the filter searches, it knows the assets that were hit."""
        cursor = self._database.cursor()
        if wanted.text.strip():
            cursor.register(HITS, pa.table({"id": self._hits(wanted.text)}))
        return cursor

    def _hits(self, text: str) -> Ids:
        where, words = mentions(text)
        sql = f"SELECT id FROM {self._stored} asset WHERE {where}"  # noqa: S608
        return self._remembered(
            self._places,
            (self.edition, self._day, *words),
            PLACES_KEPT,
            lambda: np.asarray(self._database.cursor().execute(sql, words).fetchnumpy()["id"]),
        )

    def _remembered(self, kept: OrderedDict[Any, Kept], key: Any, most: int, ask: Callable[[], Kept]) -> Kept:
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        found = ask()
        with self._lock:
            kept[key] = found
            while len(kept) > most:
                kept.popitem(last=False)
        return found


def _among(places: Collection[int]) -> str:
    return f"IN ({', '.join('?' * len(places))})"


def _nth(rows: Sequence[tuple[Any, int, int]], rank: int) -> Any:
    """Return the value that is `rank`th, from 1, of values in order with their numbers."""
    ends = accumulate(number for *_, number in rows)
    return next(value for (value, *_), end in zip(rows, ends, strict=True) if end >= rank)


def _but(column: str, wanted: AssetFilter) -> AssetFilter:
    """Return a filter without what it says of one column."""
    return wanted.model_copy(update={"only": tuple(pair for pair in wanted.only if pair[0] != column)})


def _on(stored: str, day: date, columns: str) -> str:
    """Return columns of the assets as they are on a day, with the phase of support that their software is in."""
    ended, extended, maintenance, known, unknown = (SUPPORT_PLACES[phase] for phase in WORST_FIRST)
    begun = ((ended, "support_ended_on"), (extended, "support_extended_on"), (maintenance, "support_maintenance_on"))
    phases = " ".join(f"WHEN {first} <= DATE '{day}' THEN {phase}" for phase, first in begun)
    rest = f"WHEN support_is_known THEN {known} WHEN support_is_known IS NOT NULL THEN {unknown}"
    named = f"{columns}, " if columns else ""
    placed = f'(SELECT {named}CASE {phases} {rest} END AS "{SUPPORT}#" FROM {stored})'  # noqa: S608
    words = " ".join(f"WHEN {place} THEN '{phase}'" for phase, place in SUPPORT_PLACES.items())
    return f'(SELECT *, CASE "{SUPPORT}#" {words} END AS {SUPPORT} FROM {placed})'  # noqa: S608
