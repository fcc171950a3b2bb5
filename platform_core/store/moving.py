"""Copying a whole store into an empty one: every row counted and summed on both sides, every file by its digest.

A copy that was broken off goes on where it stopped. A target that holds anything else is left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError

from platform_core.errors import BadInput, Conflict
from platform_core.store.columns import Lines
from platform_core.store.copying import copy_in
from platform_core.store.database import EVERYWHERE, WRITES, Ways
from platform_core.store.files import Files
from platform_core.store.models import Base, OrganisationRow

ROWS_AT_ONCE = 20_000
"""Rows of one transaction of the target: what is repeated at most when a copy is broken off."""

FETCHED = 5_000
SUM_RANGE = 1 << 64

MARK = Table("store_move", MetaData(), Column("source", String(64), nullable=False))
"""Stands in the target as long as the copy is not whole; names the source by a digest of its address."""

Told = Callable[[str, int], None]
"""Called with the name of a table and the number of its rows copied so far."""


@dataclass(frozen=True)
class CopiedTable:
    """A table as it stands on both sides: its rows, and the sum of the digests of all of them."""

    name: str
    rows: int
    checksum: str


@dataclass
class _Sum:
    """Rows counted and summed in whatever order they come (each as 64 bits of its BLAKE2b digest)."""

    rows: int = 0
    value: int = 0

    def add(self, row: Sequence[Any]) -> None:
        digest = hashlib.blake2b(repr(tuple(row)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        self.rows += 1
        self.value = (self.value + int.from_bytes(digest, "big")) % SUM_RANGE


def copy_rows(source: Engine, target: Engine, told: Told = lambda _table, _rows: None) -> list[CopiedTable]:
    """Copy every table of `source` into `target`, whose schema is the newest, and compare both afterwards.

    The source is read as of one moment. Raises BadInput for a target that holds something else, and Conflict when the
    two differ afterwards, which only happens when the source went on changing between two tries.
    """
    source, target = source.execution_options(**EVERYWHERE), target.execution_options(**EVERYWHERE)
    tables = Base.metadata.sorted_tables
    _claim(source, target, tables)
    copied = []
    with _snapshot(source) as reading:
        for table in tables:
            expected = _copy_table(reading, target, table, told)
            _restart_numbers(target, table)
            found = _summed(target, table)
            if found != expected:
                raise Conflict(
                    f"The table {table.name} differs: {expected.rows:,} rows here, {found.rows:,} there.",
                    hint="Let nobody work in the meantime and begin again with an empty target.",
                )
            copied.append(CopiedTable(table.name, found.rows, f"{found.value:016x}"))
    with target.begin() as connection:
        MARK.drop(connection)
    return copied


def copy_files(source: Files, target: Files) -> dict[str, str]:
    """Copy every file that the target lacks and read each back; returns the SHA-256 of each file of the source by key.

    Raises Conflict when what lies under a key differs.
    """
    copied = {}
    for key in source.stored():
        if not source.exists(key):  # the column store of a former inventory, let go meanwhile
            continue
        with source.local(key) as path:
            copied[key] = file_digest(path)
            target.add(path, key)
            with target.local(key) as there:
                if copied[key] != file_digest(there):
                    raise Conflict(
                        "A file differs on the two sides.", hint="Begin again with an empty place for the files."
                    )
    return copied


def _claim(source: Engine, target: Engine, tables: Sequence[Table]) -> None:
    """Mark an empty target as the copy under way of this source; raises BadInput for any other target."""
    name = hashlib.sha256(source.url.render_as_string(hide_password=True).encode()).hexdigest()
    with target.begin() as connection:
        if inspect(connection).has_table(MARK.name):
            if connection.scalar(select(MARK.c.source)) != name:
                raise BadInput(
                    "The target holds an unfinished copy of another database.", hint="Name an empty database."
                )
            return
        full = next((table.name for table in tables if _is_used(connection, table)), None)
        if full is not None:
            raise BadInput(f"The target is not empty: it has rows in {full}.", hint="Name an empty database.")
        connection.execute(delete(OrganisationRow))
        MARK.create(connection)
        connection.execute(insert(MARK).values(source=name))


def _is_used(connection: Connection, table: Table) -> bool:
    """Tell whether a table holds more than what every store begins with: one organisation."""
    begun_with = 1 if table is OrganisationRow.__table__ else 0
    return connection.execute(select(table).offset(begun_with).limit(1)).first() is not None


def _snapshot(engine: Engine) -> Connection:
    """Return a connection that sees one moment only, however long it reads."""
    return Ways.of(engine).reading.connect()


def _copy_table(reading: Connection, target: Engine, table: Table, told: Told) -> _Sum:
    """Copy what the target lacks of a table and return what the source holds."""
    counted, last = _Sum(), _last(target, table)
    rows = _rows(reading, table, counted)
    place = _place(table)
    lacking = rows if last is None else (row for row in rows if row[place] > last)
    while some := list(islice(lacking, ROWS_AT_ONCE)):
        _write(target, table, some)
        told(table.name, counted.rows)
    return counted


def _place(table: Table) -> int:
    """Return which column numbers the rows; 0 for tables that are named otherwise, which are copied at one go."""
    return next((i for i, column in enumerate(table.columns) if column.primary_key), 0)


def _last(target: Engine, table: Table) -> int | None:
    """Return the number of the last row that the target has; empties a table that is not numbered."""
    (column,) = table.primary_key.columns
    with target.connect().execution_options(**WRITES) as connection, connection.begin():
        if isinstance(column.type, String | Text):
            connection.execute(table.delete())
            return None
        last: int | None = connection.scalar(select(func.max(column)))
        return last


def _rows(connection: Connection, table: Table, counted: _Sum) -> Iterator[tuple[Any, ...]]:
    """Yield the rows in the order of their numbers, JSON as the text it is, and sum them."""
    wanted = [_as_text(column, connection) for column in table.columns]
    query = select(*wanted).order_by(*table.primary_key.columns).execution_options(yield_per=FETCHED)
    for rows in connection.execute(query).partitions():
        for row in rows:
            plain = tuple(row)
            counted.add(plain)
            yield plain


def _as_text(column: Column[Any], connection: Connection) -> Any:
    if isinstance(column.type, Lines):
        return type_coerce(column, Text)
    if isinstance(column.type, JSON):
        return cast(column, Text) if connection.dialect.name == "postgresql" else type_coerce(column, Text)
    return column


def _write(target: Engine, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows in one transaction: COPY into PostgreSQL, executemany into SQLite."""
    try:
        with target.connect().execution_options(**WRITES) as connection, connection.begin():
            if target.dialect.name == "postgresql":
                copy_in(connection, table.name, [column.name for column in table.columns], rows)
            else:
                _insert(connection, table, rows)
    except (DBAPIError, psycopg.Error) as error:
        raise BadInput(
            f"A row of {table.name} is refused by the target.",
            hint="Nothing was lost here; look into the log for its reason.",
        ) from error


def _insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    plain = Table(table.name, MetaData(), *(Column(column.name, _plain(column)) for column in table.columns))
    names = [column.name for column in table.columns]
    connection.execute(insert(plain), [dict(zip(names, row, strict=True)) for row in rows])


def _plain(column: Column[Any]) -> Any:
    return Text() if isinstance(column.type, JSON | Lines) else column.type


def _restart_numbers(target: Engine, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were copied."""
    (column,) = table.primary_key.columns
    if target.dialect.name != "postgresql" or isinstance(column.type, String | Text):
        return
    with target.begin() as connection:
        highest = connection.scalar(select(func.max(column)))
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": f'"{table.name}"', "column": column.name}
        )
        if highest is not None and sequence is not None:
            connection.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})


def _summed(engine: Engine, table: Table) -> _Sum:
    counted = _Sum()
    with engine.connect() as connection:
        for _ in _rows(connection, table, counted):
            pass
    return counted


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
