"""A table as read from a file: text only, every row with the line it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast, overload

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from platform_core.domain.base import Frozen

Item = TypeVar("Item")
Other = TypeVar("Other")

Codes = NDArray[np.signedinteger[Any]]
"""Places of values, one a row."""

ROWS_AT_ONCE = 20_000
"""Rows of a batch: as Python text 40 columns of so many take 50 MB at most."""

LINE = "line"
"""Name of the int64 column that holds a row's physical line (CSV) or row number (sheet), from 1."""


def column_name(position: int) -> str:
    """Return the Arrow/Parquet name of the column at `position` (headers may repeat or be blank)."""
    return f"c{position}"


class QuarantinedRow(Frozen):
    """A row that could not be stored: where it starts, why, and its text as it stood in the file."""

    line: int
    reason: str
    raw: str


class Coded(Sequence[Item]):
    """What stands in some consecutive rows of a column, each different thing kept once.

    `values` are the different things, `codes` gives for each row the place of its own among them.
    """

    __slots__ = ("codes", "values")

    def __init__(self, values: Sequence[Item], codes: Codes) -> None:
        self.values, self.codes = values, codes

    @classmethod
    def plain(cls, rows: Sequence[Item]) -> Coded[Item]:
        """Take rows that are not worth telling apart."""
        return cls(rows, np.arange(len(rows)))

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, at: int) -> Item: ...

    @overload
    def __getitem__(self, at: slice) -> Coded[Item]: ...

    def __getitem__(self, at: int | slice) -> Item | Coded[Item]:
        """Return what stands in a row, or in some rows."""
        if isinstance(at, slice):
            return Coded(self.values, self.codes[at])
        return self.values[int(self.codes[at])]

    def __iter__(self) -> Iterator[Item]:
        return iter(self.spread())

    def rows(self, chosen: NDArray[np.bool_]) -> Coded[Item]:
        """Return the rows for which `chosen` is true."""
        return Coded(self.values, self.codes[chosen])

    def instead(self, values: Sequence[Other]) -> Coded[Other]:
        """Return the same rows with other `values` in the places of these."""
        return Coded(values, self.codes)

    def mask(self, holds: Iterable[bool]) -> NDArray[np.bool_]:
        """Return for each row what `holds` says of its value."""
        return np.fromiter(holds, np.bool_, len(self.values))[self.codes]

    def filled(self) -> NDArray[np.bool_]:
        """Tell for each row whether anything but None stands in it."""
        if None not in self.values:
            return np.ones(len(self.codes), np.bool_)
        return self.mask(value is not None for value in self.values)

    def spread(self) -> list[Item]:
        """Return what stands in each row, one by one."""
        values = np.fromiter(self.values, dtype=object, count=len(self.values))
        return cast("list[Item]", values.take(self.codes).tolist())


Cells = Coded[str]
"""The text of a column in some consecutive rows."""


def cells_of(column: pa.Array) -> Cells:
    """Take the cells out of an Arrow column of text, only texts that occur in it; null counts as empty."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    indices, texts = coded.indices, coded.dictionary
    if coded.null_count:
        indices, texts = indices.fill_null(len(texts)), pa.concat_arrays([texts, pa.array([""], texts.type)])
    codes = indices.to_numpy(zero_copy_only=False)
    occurs = np.zeros(len(texts), np.bool_)
    occurs[codes] = True
    if not occurs.all():
        texts = texts.take(pa.array(np.flatnonzero(occurs)))
        codes = (np.cumsum(occurs) - 1)[codes]
    return Cells(texts.to_numpy(zero_copy_only=False).tolist(), codes)


class CellsOf(Mapping[int, Cells]):
    """The cells of some columns by position, each made of Arrow's when it is first asked for."""

    def __init__(self, columns: Mapping[int, pa.Array]) -> None:
        self._columns = columns
        self._known: dict[int, Cells] = {}

    def __getitem__(self, position: int) -> Cells:
        if position not in self._known:
            self._known[position] = cells_of(self._columns[position])
        return self._known[position]

    def __iter__(self) -> Iterator[int]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@dataclass(frozen=True)
class Batch:
    """Some consecutive rows: the line each begins on, and the text of their columns by position."""

    lines: NDArray[np.int64]
    cells: CellsOf


@dataclass(frozen=True)
class Table:
    """Headers as read (they may repeat or be blank) and rows of text; nothing typed, trimmed or dropped.

    `source` is an Arrow table in memory or a Parquet file, with column `line` first and then c0, c1, …
    """

    headers: tuple[str, ...]
    source: pa.Table | Path

    @classmethod
    def of(cls, headers: Sequence[str], rows: Sequence[Sequence[str]], *, first_line: int = 2) -> Table:
        """Build a table in memory from rows as wide as `headers`; lines count up from `first_line`."""
        arrays: list[pa.Array] = [pa.array(range(first_line, first_line + len(rows)), pa.int64())]
        arrays += [pa.array([row[i] for row in rows], pa.string()) for i in range(len(headers))]
        names = [LINE, *(column_name(i) for i in range(len(headers)))]
        return cls(tuple(headers), pa.Table.from_arrays(arrays, names=names))

    def in_memory(self) -> Table:
        """Return the same table without its file, which may then be deleted."""
        return Table(self.headers, pq.read_table(self.source)) if isinstance(self.source, Path) else self

    @property
    def row_count(self) -> int:
        """Number of rows stored."""
        if isinstance(self.source, Path):
            return int(pq.read_metadata(self.source).num_rows)
        return int(self.source.num_rows)

    def batches(self, positions: Sequence[int] | None = None, *, rows: int = ROWS_AT_ONCE) -> Iterator[Batch]:
        """Yield the rows in file order, at most `rows` at a time, only the columns at `positions` (None = all)."""
        wanted = tuple(range(len(self.headers)) if positions is None else positions)
        names = [LINE, *(column_name(p) for p in wanted)]
        for batch in self._record_batches(names, rows):
            lines, *columns = batch.columns
            yield Batch(lines.to_numpy(), CellsOf(dict(zip(wanted, columns, strict=True))))

    def _record_batches(self, names: list[str], rows: int, *, coded: bool = True) -> Iterator[pa.RecordBatch]:
        if isinstance(self.source, Path):
            with pq.ParquetFile(
                self.source, read_dictionary=[name for name in names if coded and name != LINE]
            ) as parquet:
                for batch in parquet.iter_batches(batch_size=rows, columns=names):
                    yield batch.select(names)
        else:
            yield from self.source.select(names).to_batches(max_chunksize=rows)

    def sample(self, rows: int = 2_000) -> list[list[str]]:
        """Return up to `rows` cells of each column, column by column, spread evenly over the whole table."""
        step = max(1, -(-self.row_count // rows))
        names = [column_name(position) for position in range(len(self.headers))]
        columns: list[list[str]] = [[] for _ in names]
        seen = 0
        for batch in self._record_batches(names, ROWS_AT_ONCE, coded=False):
            some = batch.take(pa.array(range(-seen % step, batch.num_rows, step), pa.int64()))
            for column, cells in zip(columns, some.columns, strict=True):
                column.extend(cells_of(cells))
            seen += batch.num_rows
        return columns

    def head(self, rows: int = 20) -> list[tuple[int, list[str]]]:
        """Return the first `rows` rows as (line, cells)."""
        for batch in self.batches(rows=max(1, rows)):
            return list(zip(batch.lines.tolist(), map(list, zip(*batch.cells.values(), strict=True)), strict=True))[
                :rows
            ]
        return []
