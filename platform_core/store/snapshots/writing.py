"""Writing a snapshot: rows of the database as they come, through Arrow, into the columns of a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from platform_core.domain.software import SoftwareReader
from platform_core.store.snapshots.frequent import keep_frequent
from platform_core.store.snapshots.ordering import Marks, as_table, marks_of, places
from platform_core.store.snapshots.shape import (
    FINDINGS,
    KEY,
    PLACED,
    SCHEMA,
    SEARCH,
    SEARCHED,
    SOFTWARE,
    STORED,
    SUPPORT_PHASES,
)

SETTINGS: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "memory_limit": "256MB"}
"""One thread keeps the order of the rows; with half of the memory writing takes a fifth longer, with twice no less."""

COUNTING: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "memory_limit": "384MB"}
"""A million different texts with their numbers fit into it."""

Rows = Sequence[tuple[Any, ...]]
"""Assets, each a tuple in the order of `STORED`."""

FORM = 3
"""The form of a file; raised when columns are added or mean something else."""


@dataclass(frozen=True)
class Drafting:
    """How rows become columns: who reads their software, and the marks by which each column is put in order."""

    software: SoftwareReader
    marks: Mapping[str, Marks] = field(default_factory=dict)

    @classmethod
    def after(cls, sample: Rows, software: SoftwareReader) -> Drafting:
        """Return the drafting of assets of which `sample` are some, taken from all over them."""
        columns = _columns(sample, software)
        marks = {name: marks_of(columns[name]) for name in PLACED}
        return cls(software, {name: each for name, each in marks.items() if len(each)})

    def batch(self, rows: Rows, findings: Mapping[str, str]) -> pa.RecordBatch:
        """Return rows as columns of a snapshot; `findings` gives the findings by asset key."""
        columns = _columns(rows, self.software)
        about = [findings.get(key) for key in columns[KEY].to_pylist()] if findings else [None] * len(rows)
        lowered = [pc.utf8_lower(columns[name]) for name in SEARCHED]
        columns[FINDINGS] = pa.array(about, pa.string())
        columns[SEARCH] = pc.binary_join_element_wise(*lowered, "\n", null_handling="skip")
        columns |= {f"{name}#": places(columns[name], self.marks.get(name)) for name in PLACED}
        return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def write(path: Path, rows: Iterable[Rows], findings: Mapping[str, str], edition: int, drafting: Drafting) -> None:
    """Write a snapshot of `rows`, in batches, into the new file `path`.

    `findings` gives the findings by asset key, `edition` how often single assets had been changed by then.
    """
    with duckdb.connect(path, config=SETTINGS) as database:
        batches = _batches(rows, findings, drafting)
        database.register("rows", pa.RecordBatchReader.from_batches(SCHEMA, batches))
        database.execute("CREATE TABLE asset AS SELECT * FROM rows")
        database.register("marks_found", as_table(drafting.marks))
        database.execute("CREATE TABLE mark AS SELECT * FROM marks_found")
        about = [edition, FORM, drafting.software.mark]
        database.execute("CREATE TABLE about AS SELECT ? AS edition, ? AS form, ? AS software", about)
    with duckdb.connect(path, config=COUNTING) as database:
        keep_frequent(database)


def _batches(rows: Iterable[Rows], findings: Mapping[str, str], drafting: Drafting) -> Iterator[pa.RecordBatch]:
    for some in rows:
        yield drafting.batch(some, findings)


def _columns(rows: Rows, software: SoftwareReader) -> dict[str, pa.Array]:
    """Return what the database and the reader of software say of assets, by column."""
    cells = dict(zip(STORED, zip(*rows, strict=True) if rows else [()] * len(STORED), strict=True))
    columns = {name: _array(cells[name], wanted) for name, wanted in STORED.items()}
    told = software.read(cells)
    return columns | {name: pa.array(told[name], kind) for name, kind in (SOFTWARE | SUPPORT_PHASES).items()}


def _array(cells: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    """Return values as an Arrow array; SQLite gives days as text and flags as numbers."""
    if pa.types.is_boolean(wanted) or pa.types.is_date(wanted):
        return pa.array(cells).cast(wanted)
    return pa.array(cells, wanted)
