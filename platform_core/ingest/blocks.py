"""Many sound records at once: a stretch of text in which nothing can be wrong is cut into columns by Arrow.

The strict scan of `records` stays the judge: Arrow gets only what the scan would accept record by record, and whatever
is in doubt (a quote out of place, a ragged or blank line, an undecodable byte) is read by the scan itself.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from platform_core.domain.table import column_name
from platform_core.ingest.encoding import UNDECODABLE
from platform_core.ingest.quotes import record_ends
from platform_core.ingest.records import PhysicalLines, Record, records

STRETCH = 512 * 1024
"""Characters looked at together; a stretch with one bad record is read record by record."""


@dataclass(frozen=True)
class Block:
    """Consecutive rows that fit: the physical line each begins on, and their columns c0, c1, … as text."""

    lines: NDArray[np.int64]
    columns: pa.RecordBatch


def records_and_blocks(lines: PhysicalLines, delimiter: str, width: int, longest_cell: int) -> Iterator[Record | Block]:
    """Yield everything that is left of `lines` in order: sound stretches as blocks, the others record by record.

    Rows of a block have `width` cells, none longer than `longest_cell` characters.
    """
    yield from _scanned(lines, delimiter)
    while stretch := lines.stretch(STRETCH):
        block = _block(stretch, lines.line, delimiter, width, longest_cell)
        if block is not None:
            lines.skip(stretch.count("\n") + (not stretch.endswith("\n")))
            yield block
        else:
            lines.read_again(stretch)
            yield from _scanned(lines, delimiter)


def _scanned(lines: PhysicalLines, delimiter: str) -> Iterator[Record]:
    """Yield records until no line is left that was read already."""
    while lines.has_more_to_reread:
        for record in records(lines, delimiter):
            yield record
            if not lines.has_more_to_reread:
                return


def _block(stretch: str, first: int, delimiter: str, width: int, longest_cell: int) -> Block | None:
    """Return a stretch as a block, None where anything about it is in doubt."""
    if width == 1 or UNDECODABLE in stretch or "\0" in stretch or stretch[0] in "\ufeff\r\n":
        return None
    returns = stretch.count("\r")
    if returns and returns != stretch.count("\r\n"):
        return None
    content = stretch.encode()
    ends = record_ends(np.frombuffer(content, np.uint8), ord(delimiter))
    if ends is None:
        return None
    columns = _columns(content, delimiter, width, spans_lines=ends.spans_lines)
    if columns is None or columns.num_rows != len(ends.lines):
        return None
    if ends.longest > longest_cell and _longest(columns) > longest_cell:
        return None
    return Block(ends.lines + first, columns)


def _columns(content: bytes, delimiter: str, width: int, *, spans_lines: bool) -> pa.RecordBatch | None:
    names = [column_name(position) for position in range(width)]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(content),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
            arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=spans_lines, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                check_utf8=False,  # it was text a moment ago
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    batches = table.combine_chunks().to_batches()
    return batches[0] if len(batches) == 1 else None


def _longest(columns: pa.RecordBatch) -> int:
    """Return the bytes of the longest cell: never fewer than its characters."""
    return max(pc.max(pc.binary_length(column)).as_py() or 0 for column in columns.columns)
