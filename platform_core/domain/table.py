"""A table as read from a file: text only, every row with the line it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, overload

import pyarrow as pa
import pyarrow.parquet as pq

from platform_core.domain.base import Frozen

Item = TypeVar("Item")

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


class Cells(Sequence[str]):
    """The cells of a column in some consecutive rows, each different text kept once.

    `texts` are the different texts, `codes` gives for each row the place of its text among them.
    """

    __slots__ = ("codes", "texts")

    def __init__(self, texts: list[str], codes: list[int]) -> None:
        self.texts, self.codes = texts, codes

    @classmethod
    def of(cls, column: pa.Array) -> Cells:
        """Take the cells out of an Arrow column of text; null counts as empty."""
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        codes, texts = coded.indices, coded.dictionary.to_pylist()
        if coded.null_count:
            codes = codes.fill_null(len(texts))
            texts = [*texts, ""]
        return cls(texts, codes.to_numpy(zero_copy_only=False).tolist())

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        """Return the text of a row, or those of some rows."""
        if isinstance(at, slice):
            return self.spread(self.texts, self.codes[at])
        return self.texts[self.codes[at]]

    def __iter__(self) -> Iterator[str]:
        return map(self.texts.__getitem__, self.codes)

    def spread(self, values: Sequence[Item], codes: Sequence[int] | None = None) -> list[Item]:
        """Return for each row what stands in `values` at the place of its text."""
        return list(map(values.__getitem__, self.codes if codes is None else codes))


@dataclass(frozen=True)
class Batch:
    """Some consecutive rows, column by column: `cells[i][r]` is the text of column `positions[i]` in row `r`."""

    lines: list[int]
    positions: tuple[int, ...]
    cells: list[Cells]


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

    def batches(self, positions: Sequence[int] | None = None, *, rows: int = 50_000) -> Iterator[Batch]:
        """Yield the rows in file order, at most `rows` at a time, only the columns at `positions` (None = all)."""
        wanted = tuple(range(len(self.headers)) if positions is None else positions)
        names = [LINE, *(column_name(p) for p in wanted)]
        for batch in self._record_batches(names, rows):
            lines, *columns = batch.columns
            yield Batch(lines.to_pylist(), wanted, [Cells.of(column) for column in columns])

    def _record_batches(self, names: list[str], rows: int) -> Iterator[pa.RecordBatch]:
        if isinstance(self.source, Path):
            with pq.ParquetFile(self.source, read_dictionary=[name for name in names if name != LINE]) as parquet:
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
        for batch in self._record_batches(names, 50_000):
            some = batch.take(pa.array(range(-seen % step, batch.num_rows, step), pa.int64()))
            for column, cells in zip(columns, some.columns, strict=True):
                column.extend(Cells.of(cells))
            seen += batch.num_rows
        return columns

    def head(self, rows: int = 20) -> list[tuple[int, list[str]]]:
        """Return the first `rows` rows as (line, cells)."""
        for batch in self.batches(rows=max(1, rows)):
            return list(zip(batch.lines, map(list, zip(*batch.cells, strict=True)), strict=True))[:rows]
        return []
