"""Writing a table's rows to Parquet as text, with every row either stored or set aside."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

from platform_core.domain.base import Progress
from platform_core.domain.reading import ReadLimits
from platform_core.domain.table import LINE, column_name
from platform_core.ingest import refusals
from platform_core.ingest.blocks import Block
from platform_core.ingest.quarantine import MOST_KEPT, Quarantine
from platform_core.ingest.records import Fault, Record
from platform_core.ingest.sources import Source

CELLS_AT_ONCE = 500_000
"""Cells gathered before they become columns: about 50 MB as Python text."""

ROWS_IN_A_GROUP, ROWS_IN_A_PAGE = 65_536, 2_048
"""Whoever asks for the cells of one row (`services.origins`) looks through the marks of all groups and reads pages of
one: so there are few groups, of many pages."""

GROUP_BYTES = 32 * 1024 * 1024
"""Columns gathered before they are written as a group, where rows are long."""

DICTIONARY_BYTES = 16 * 1024
"""Beyond this a column of a group stands as plain text: a dictionary of names that occur once is only another copy."""

_TEXT_AT_ONCE = 8 * 1024 * 1024
"""Characters gathered before they become columns, for tables of long cells."""


class ParquetRows:
    """A Parquet file under way: column `line` and text columns c0, c1, …, written in groups of bounded size."""

    def __init__(self, path: Path, width: int) -> None:
        fields = [pa.field(LINE, pa.int64(), nullable=False)]
        fields += [pa.field(column_name(i), pa.string(), nullable=False) for i in range(width)]
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            compression_level=1,
            write_statistics=[LINE],
            dictionary_pagesize_limit=DICTIONARY_BYTES,
            max_rows_per_page=ROWS_IN_A_PAGE,
            write_page_index=True,
        )
        self._most_rows = max(1, CELLS_AT_ONCE // width)
        self._lines: list[int] = []
        self._rows: list[list[str]] = []
        self._size = 0
        self._blocks: list[pa.RecordBatch] = []
        self._block_rows = self._block_bytes = 0

    def __enter__(self) -> ParquetRows:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._write()
        self._writer.close()

    def add(self, line: int, cells: list[str], size: int) -> bool:
        """Add a row whose text has `size` characters; return whether rows were written out."""
        self._lines.append(line)
        self._rows.append(cells)
        self._size += size
        if len(self._rows) < self._most_rows and self._size < _TEXT_AT_ONCE:
            return False
        self._gather()
        self._write_what_makes_a_group()
        return True

    def add_block(self, block: Block) -> None:
        """Add rows that are columns already."""
        self._gather()
        self._keep([pa.array(block.lines, pa.int64()), *block.columns.columns])
        self._write_what_makes_a_group()

    def _gather(self) -> None:
        """Turn the rows gathered one by one into columns."""
        if self._rows:
            arrays = [pa.array(self._lines, pa.int64())]
            arrays += [pa.array(column, pa.string()) for column in zip(*self._rows, strict=True)]
            self._keep(arrays)
        self._lines, self._rows, self._size = [], [], 0

    def _keep(self, arrays: list[pa.Array]) -> None:
        block = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._blocks.append(block)
        self._block_rows += block.num_rows
        self._block_bytes += block.nbytes

    def _write_what_makes_a_group(self) -> None:
        if self._block_rows >= ROWS_IN_A_GROUP or self._block_bytes >= GROUP_BYTES:
            self._write()

    def _write(self) -> None:
        self._gather()
        if self._blocks:
            group = pa.Table.from_batches(self._blocks)
            self._writer.write_table(group, row_group_size=max(1, group.num_rows))
        self._blocks, self._block_rows, self._block_bytes = [], 0, 0


class RowSorter:
    """Takes a table's records one by one: stores those that fit, sets the others aside, leaves out blank lines."""

    def __init__(self, source: Source, limits: ReadLimits, progress: Progress) -> None:
        self._source = source
        self._width = source.layout.width
        self._limits = limits
        self._progress = progress
        self._blank_since_row = 0
        self.quarantine = Quarantine(self._width)
        self.rows_read = 0
        self.blank_inside = 0

    def store(self, path: Path) -> int:
        """Write the rows that fit to `path` and return how many the file then holds.

        Raises BadInput when a limit is passed, when more than half of the rows do not fit, or when there are none.
        """
        with ParquetRows(path, self._width) as parquet:
            for record in self._source.rows:
                if isinstance(record, Block):
                    self._count_rows(len(record.lines))
                    parquet.add_block(record)
                    self._tell(int(record.lines[-1]))
                elif not self._is_blank(record):
                    self._count_rows(1)
                    self._sort(record, parquet)
                else:
                    self._blank_since_row += 1
        self._check_share_of_bad_rows()
        if self.rows_read < min(self._limits.min_rows, 1):
            raise refusals.header_only(self._source.where)
        return int(pq.read_metadata(path).num_rows)

    def _is_blank(self, record: Record) -> bool:
        """Whether a record is a line without text; in a one-column table a cell of blanks is a row."""
        cells = record.cells
        if len(cells) > 1 or record.fault:
            return False
        return not cells or (self._width > 1 and not cells[0].strip())

    def _count_rows(self, count: int) -> None:
        self.rows_read += count
        self.blank_inside += self._blank_since_row
        self._blank_since_row = 0
        if self.rows_read > self._limits.max_rows:
            raise refusals.too_many_rows(self._source.where, self._limits.max_rows)

    def _sort(self, record: Record, parquet: ParquetRows) -> None:
        if record.fault is None and len(record.cells) == self._width:
            size = len(record.raw) or sum(map(len, record.cells))
            if size > self._limits.max_cell_length:
                self._check_cells(record)
            if parquet.add(record.line, record.cells, size):
                self._tell(record.line)
            return
        if record.fault is Fault.OVERLONG:
            raise refusals.cell_too_long(self._source.where, record.line, self._limits.max_cell_length)
        self.quarantine.add(record)
        if self.quarantine.count % MOST_KEPT == 0:
            self._check_share_of_bad_rows()
            self._tell(record.line)

    def _check_cells(self, record: Record) -> None:
        if max(map(len, record.cells)) > self._limits.max_cell_length:
            raise refusals.cell_too_long(self._source.where, record.line, self._limits.max_cell_length)

    def _check_share_of_bad_rows(self) -> None:
        bad = self.quarantine.count
        if bad * 2 > self.rows_read:
            reason = self.quarantine.commonest_reason
            raise refusals.mostly_unreadable(self._source.where, bad, self.rows_read, reason)

    def _tell(self, line: int) -> None:
        self._progress(self._source.share_read(line), f"{self.rows_read:,} rows read")
