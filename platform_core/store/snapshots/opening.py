"""An opened snapshot: a read-only DuckDB file, shared by the threads of a process, with changes laid over it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from platform_core.domain.inventory import AssetFilter, AssetKind
from platform_core.store.snapshots.conditions import HITS, condition, mentions, order
from platform_core.store.snapshots.shape import COLUMNS, KIND, quoted
from platform_core.store.snapshots.writing import SCHEMA

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

NEAR = 2_000
"""So many assets from either end of an order, rows are found without ordering all the others."""

ALL = ""
"""In place of a column: all assets of a kind."""

FETCHED = 5_000
ANSWERS_KEPT = 256
ORDERS_KEPT = 6
"""An order is eight bytes an asset; an answer is a page or some counts."""


class Snapshot:
    """The inventory of one rebuild; without a file it is empty.

    Every answer is kept until assets are changed, so asking again costs nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._database = duckdb.connect(":memory:", config=READING)
        self._database.register("nothing", SCHEMA.empty_table())
        self._database.execute("CREATE TABLE changed AS SELECT * FROM nothing")
        self._source, self.written_at = "changed", 0
        if path is not None:
            self._attach(path)
        for seal in SEALS:
            self._database.execute(seal)
        self.edition = self.written_at
        self._answers: OrderedDict[Any, list[Any]] = OrderedDict()
        self._orders: OrderedDict[Any, Ids] = OrderedDict()

    def _attach(self, path: Path) -> None:
        escaped = str(path).replace("'", "''")
        self._database.execute(f"ATTACH '{escaped}' AS stored (READ_ONLY)")
        ((self.written_at,),) = self._database.execute("SELECT edition FROM stored.about").fetchall()
        self._source = "stored.asset"

    def change(self, edition: int, rows: Callable[[], pa.RecordBatch]) -> None:
        """Show what is true at `edition`; `rows` gives all assets changed between the file and that."""
        with self._lock:
            if edition == self.edition:
                return
            cursor = self._database.cursor()
            cursor.register("rows", pa.Table.from_batches([rows()], SCHEMA))
            cursor.execute("BEGIN; DELETE FROM changed; INSERT INTO changed SELECT * FROM rows; COMMIT")
            unchanged = "SELECT * FROM stored.asset WHERE id NOT IN (SELECT id FROM changed)"
            self._source = f"({unchanged} UNION ALL SELECT * FROM changed)"  # noqa: S608
            self.edition = edition
            self._answers.clear()
            self._orders.clear()

    def count(self, wanted: AssetFilter) -> int:
        """Return how many assets pass a filter."""
        return int(self.select("count(*)", wanted)[0][0])

    def page(self, wanted: AssetFilter, *, offset: int, limit: int) -> list[int]:
        """Return the ids of up to `limit` assets from `offset` on, in the order of the filter."""
        total = self.count(wanted)
        number = min(limit, total - offset)
        if offset < 0 or number <= 0:
            return []
        if offset + number <= NEAR:
            return self._end(wanted, number, offset, backwards=False)
        if total - offset <= NEAR:
            return self._end(wanted, number, total - offset - number, backwards=True)[::-1]
        return list(map(int, self.ids(wanted)[offset : offset + number]))

    def ids(self, wanted: AssetFilter) -> Ids:
        """Return the ids of all assets that pass a filter, in its order; they are ordered once, not for each page."""
        return self._remembered(
            self._orders, (self.edition, wanted), ORDERS_KEPT, lambda: self._ids(wanted, f"ORDER BY {order(wanted)}")
        )

    def facet(self, column: str, wanted: AssetFilter, *, limit: int) -> list[tuple[Any, int]]:
        """Return the frequent values of a column among the assets that pass the filter on the other columns.

        With their numbers, most frequent first, None for those without a value.
        """
        others = wanted.model_copy(update={"only": tuple(pair for pair in wanted.only if pair[0] != column)})
        return self.select(f"{quoted(column)}, count(*)", others, f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {limit:d}")

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

    def select(self, told: str, wanted: AssetFilter, also: str = "", used: Sequence[Any] = ()) -> list[Any]:
        """Return what `told` says of the assets that pass a filter; `also` comes last, with parameters `used`.

        Both are SQL of this room; nothing that somebody typed may be in them.
        """
        key = (self.edition, told, also, tuple(used), wanted.unordered())

        def ask() -> list[Any]:
            where, filtered = condition(wanted)
            sql = f"SELECT {told} FROM {self._source} asset WHERE {where} {also}"  # noqa: S608
            return self._cursor(wanted).execute(sql, [*filtered, *used]).fetchall()

        return self._remembered(self._answers, key, ANSWERS_KEPT, ask)

    def rows(self, columns: Sequence[str], wanted: AssetFilter) -> Iterator[tuple[Any, ...]]:
        """Yield all assets that pass a filter, in the order of the build, without holding them all."""
        named = ", ".join(map(quoted, columns))
        where, filtered = condition(wanted)
        cursor = self._cursor(wanted)
        cursor.execute(f"SELECT {named} FROM {self._source} asset WHERE {where}", filtered)  # noqa: S608
        reader: Any = cursor.to_arrow_reader(FETCHED)
        for batch in reader:
            yield from zip(*[column.to_pylist() for column in batch.columns], strict=True)

    def _end(self, wanted: AssetFilter, number: int, skipped: int, *, backwards: bool) -> list[int]:
        also = f"ORDER BY {order(wanted, backwards=backwards)} LIMIT {number:d} OFFSET {skipped:d}"
        return [found for (found,) in self.select("id", wanted, also)]

    def _ids(self, wanted: AssetFilter, also: str) -> Ids:
        where, filtered = condition(wanted)
        sql = f"SELECT id FROM {self._source} asset WHERE {where} {also}"  # noqa: S608
        return np.asarray(self._cursor(wanted).execute(sql, filtered).fetchnumpy()["id"])

    def _cursor(self, wanted: AssetFilter) -> duckdb.DuckDBPyConnection:
        """Return a cursor of the caller's own; where the filter searches, it knows the assets that were hit."""
        cursor = self._database.cursor()
        if wanted.text.strip():
            cursor.register(HITS, pa.table({"id": self._hits(wanted.text)}))
        return cursor

    def _hits(self, text: str) -> Ids:
        where, words = mentions(text)
        sql = f"SELECT id FROM {self._source} asset WHERE {where}"  # noqa: S608
        return self._remembered(
            self._orders,
            (self.edition, *words),
            ORDERS_KEPT,
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
