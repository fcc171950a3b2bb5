"""Where a table's header is, what its columns are called and how wide its rows are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from platform_core.domain.reading import ReadLimits
from platform_core.ingest import refusals
from platform_core.ingest.delimiter import best_block, widths_of
from platform_core.ingest.encoding import UNDECODABLE
from platform_core.ingest.header import find_header
from platform_core.ingest.records import LONGEST_LINE, Record

HEAD = 500
"""First records on which delimiter, header and width are decided; a chosen header must be among them."""


@dataclass(frozen=True)
class Layout:
    """A table's headers as read, the line of the header (None = none), and how many first records are not rows."""

    headers: tuple[str, ...]
    header_line: int | None
    skipped: int
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Cells of a row that fits."""
        return len(self.headers)


def head_of(records: Iterator[Record]) -> list[Record]:
    """Take the first records, at most `HEAD` of them and about as much text as one longest line."""
    head: list[Record] = []
    size = 0
    while len(head) < HEAD and size < LONGEST_LINE:
        record = next(records, None)
        if record is None:
            break
        head.append(record)
        size += len(record.raw)
    return head


def find_layout(head: Sequence[Record], where: str, limits: ReadLimits, header_row: int | None) -> Layout:
    """Decide the layout from the first records; `header_row` fixes the header's line, 0 = there is none.

    Raises BadInput when nothing but blanks is there, no row lies below the header, the table is too wide, or no record
    begins at the chosen line.
    """
    filled = [i for i, record in enumerate(head) if not record.is_blank]
    may_go_on = header_row is not None and bool(filled) and len(head) >= HEAD
    if not may_go_on and not any(record.fault or any(cell.strip() for cell in record.cells) for record in head):
        raise refusals.blank(where)
    block = best_block(widths_of([head[i] for i in filled]))
    if block.width > limits.max_columns:
        raise refusals.too_many_columns(where, block.width, limits.max_columns)
    if header_row is None:
        position, is_header = find_header([head[i].cells for i in filled], block.width)
        first = filled[position]
    else:
        is_header = header_row > 0
        first = _chosen_header(head, where, header_row) if is_header else filled[0]
    layout = _below_header(head, first, where, limits) if is_header else _headerless(head, first, told=header_row == 0)
    if layout.width > limits.max_columns:
        raise refusals.too_many_columns(where, layout.width, limits.max_columns)
    if max(map(len, layout.headers)) > limits.max_cell_length:
        raise refusals.cell_too_long(where, layout.header_line or 1, limits.max_cell_length)
    return layout


def _chosen_header(head: Sequence[Record], where: str, line: int) -> int:
    for index, record in enumerate(head[: HEAD - 1]):
        if record.line == line and record.cells:
            return index
    raise refusals.no_header_there(where, line)


def _below_header(head: Sequence[Record], index: int, where: str, limits: ReadLimits) -> Layout:
    """Name the columns by the record at `index`, for rows as wide as most of those below it."""
    header, rows = head[index], [record for record in head[index + 1 :] if not record.is_blank]
    if len(rows) < min(limits.min_rows, 1):
        raise refusals.header_only(where)
    names = [cell.replace(UNDECODABLE, "\ufffd") for cell in header.cells]
    width = _commonest_width(rows, preferred=len(names)) if rows else len(names)
    ruled = bool(rows) and _is_rule(head[index + 1])
    notes = [*_left_out(head[:index], "header"), *_note_on_width(names, width)]
    if ruled:
        notes.append("The line of dashes below the header was left out.")
    headers = (names + [""] * width)[:width]
    return Layout(tuple(headers), header.line, index + (2 if ruled else 1), tuple(notes))


def _is_rule(record: Record) -> bool:
    """Whether a record only underlines the header, as database consoles print it."""
    return bool(record.cells) and all(len(cell.strip()) > 1 and not cell.strip(" -=") for cell in record.cells)


def _headerless(head: Sequence[Record], index: int, *, told: bool) -> Layout:
    """Number the columns of a table that begins with data at `index`."""
    width = _commonest_width([record for record in head[index:] if not record.is_blank])
    notes = _left_out(head[:index], "first row")
    if not told:
        notes.append("No header row was found, so the columns were numbered.")
    return Layout(tuple(f"Column {i + 1}" for i in range(width)), None, index, tuple(notes))


def _commonest_width(rows: Sequence[Record], preferred: int = 0) -> int:
    """Return the commonest number of cells, `preferred` when it is as common as another.

    Below a header of several names rows of one cell are broken rows, however many there are.
    """
    counts = Counter(width for width in widths_of(rows) if width > (1 if preferred > 1 else 0))
    return max(counts, key=lambda width: (counts[width], width == preferred, width), default=preferred or 1)


def _left_out(above: Sequence[Record], what: str) -> list[str]:
    count = sum(not record.is_blank for record in above)
    if not count:
        return []
    return [f"{count} {'line' if count == 1 else 'lines'} above the {what} {'was' if count == 1 else 'were'} left out."]


def _note_on_width(names: Sequence[str], width: int) -> list[str]:
    if len(names) < width:
        return [f"Rows have {width} cells but the header {len(names)}: the last columns have no name."]
    if any(name.strip() for name in names[width:]):
        return [f"The header has {len(names)} names but rows {width} cells: the last names were left out."]
    return []
