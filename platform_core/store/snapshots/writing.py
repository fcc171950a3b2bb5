"""Writing a snapshot: rows of the database as they come, through Arrow, into the columns of a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from platform_core.store.snapshots.shape import FINDINGS, KEY, SEARCH, SEARCHED, STORED

SETTINGS: dict[str, str | bool | int | float | list[str]] = {"threads": 1, "memory_limit": "128MB"}
"""One thread keeps the order of the rows; with 128 MB a million rows of 44 columns take no longer than with more."""

SCHEMA = pa.schema([*STORED.items(), (FINDINGS, pa.string()), (SEARCH, pa.string())])


def write(path: Path, rows: Iterable[Sequence[tuple[Any, ...]]], findings: Mapping[str, str], edition: int) -> None:
    """Write a snapshot of `rows` (batches of tuples in the order of `STORED`) into the new file `path`.

    `findings` gives the findings by asset key, `edition` how often single assets had been changed by then.
    """
    with duckdb.connect(path, config=SETTINGS) as database:
        database.register("rows", pa.RecordBatchReader.from_batches(SCHEMA, _batches(rows, findings)))
        database.execute("CREATE TABLE asset AS SELECT * FROM rows")
        database.execute("CREATE TABLE about AS SELECT ? AS edition", [edition])


def as_batch(rows: Sequence[tuple[Any, ...]], findings: Mapping[str, str]) -> pa.RecordBatch:
    """Return rows (tuples in the order of `STORED`) as columns of a snapshot."""
    columns = zip(*rows, strict=True) if rows else [[] for _ in STORED]
    arrays = {name: _array(cells, STORED[name]) for name, cells in zip(STORED, columns, strict=True)}
    about = pa.array([findings.get(key) for key in arrays[KEY].to_pylist()] if findings else [None] * len(rows))
    lowered = [pc.utf8_lower(arrays[name]) for name in SEARCHED]
    search = pc.binary_join_element_wise(*lowered, "\n", null_handling="skip")
    return pa.RecordBatch.from_arrays([*arrays.values(), about.cast(pa.string()), search], schema=SCHEMA)


def _batches(rows: Iterable[Sequence[tuple[Any, ...]]], findings: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    for some in rows:
        yield as_batch(some, findings)


def _array(cells: Sequence[Any], wanted: pa.DataType) -> pa.Array:
    """Return values as an Arrow array; SQLite gives days as text and flags as numbers."""
    if pa.types.is_boolean(wanted) or pa.types.is_date(wanted):
        return pa.array(cells).cast(wanted)
    return pa.array(cells, wanted)
