"""The sentences with which a file is refused: what is wrong, and what to do about it.

File and sheet names come from outside. They are spoken through `spoken`, which keeps the words and drops whatever a
screen could take for a path, markup or a link.
"""

from __future__ import annotations

import re

from platform_core.errors import BadInput

MEBIBYTE = 1024 * 1024
LONGEST_NAME = 80
"""Characters of a name that are repeated to the person; longer names are cut."""

_NOT_A_WORD = re.compile(r"[^\w .,()+&-]+")


class NoTable(BadInput):
    """There is no table here; other sheets of the same workbook may hold one."""


def spoken(name: str, otherwise: str = "The file") -> str:
    """Return the last part of `name` as plain words in quotes, at most 80 characters; `otherwise` if none are left."""
    last = re.split(r"[\\/]", name.strip())[-1]
    words = _NOT_A_WORD.sub(" ", last).strip(" .")
    if not words:
        return otherwise
    return f"“{words[:LONGEST_NAME]}”"


def empty(name: str) -> BadInput:
    """Refuse a file of zero bytes."""
    return BadInput(f"{spoken(name)} is empty.", hint="Export it again and upload the new file.")


def blank(name: str) -> NoTable:
    """Refuse a file or a workbook without any text."""
    return NoTable(f"{spoken(name)} holds no text, only blanks.", hint="Export it again and upload the new file.")


def too_large(name: str, limit: int) -> BadInput:
    """Refuse a file of more than `limit` bytes."""
    most = f"{limit // MEBIBYTE:,} MB" if limit % MEBIBYTE == 0 else f"{limit:,} bytes"
    return BadInput(
        f"{spoken(name)} is larger than {most}, the most that is accepted.",
        hint="Split it into several files, or leave out columns that are not needed.",
    )


def not_a_table(name: str, kind: str) -> BadInput:
    """Refuse a file that is something else, `kind` with its article: "a PDF document"."""
    return BadInput(
        f"{spoken(name)} is {kind}, not a table.", hint="Export the inventory as CSV or as an Excel workbook."
    )


def packed(name: str) -> BadInput:
    """Refuse an archive that may well hold tables."""
    return BadInput(
        f"{spoken(name)} is a compressed archive, not a table.", hint="Unpack it and upload the files in it."
    )


def protected(name: str) -> BadInput:
    """Refuse an encrypted workbook."""
    return BadInput(
        f"{spoken(name)} is protected by a password.", hint="Save it without a password and upload it again."
    )


def damaged(name: str) -> BadInput:
    """Refuse a workbook that no reader understands."""
    return BadInput(
        f"{spoken(name)} is a damaged workbook, or of a kind that cannot be read.",
        hint="Open it in Excel, save it as .xlsx and upload it again.",
    )


def swollen(name: str) -> BadInput:
    """Refuse a workbook whose archive unpacks to an unreasonable size."""
    return BadInput(
        f"{spoken(name)} unpacks to far more than a workbook of its size should.",
        hint="Open it in Excel, copy the table into a new workbook and upload that.",
    )


def unsafe_archive(name: str) -> BadInput:
    """Refuse a workbook whose archive names files outside itself."""
    return BadInput(
        f"{spoken(name)} is not a regular workbook: its archive points outside itself.",
        hint="Open it in Excel, copy the table into a new workbook and upload that.",
    )


def too_much_work(name: str) -> BadInput:
    """Refuse a workbook that used up the memory or the time it is given."""
    return BadInput(
        f"{spoken(name)} needs too much memory or time to read as a workbook.",
        hint="Save each sheet as CSV and upload those files.",
    )


def sheet_too_large(sheet: str, corner: str, cells: int, limit: int) -> BadInput:
    """Refuse a sheet whose used area, up to the cell `corner`, is beyond `limit` cells."""
    return BadInput(
        f"Sheet {spoken(sheet, 'without a name')} reaches cell {corner}, which makes {cells:,} cells; "
        f"at most {limit:,} are accepted.",
        hint="Delete the stray cell far from the table, or save the sheet as CSV and upload that.",
    )


def no_table(name: str) -> NoTable:
    """Refuse a workbook in which no sheet holds a header and a row."""
    return NoTable(
        f"{spoken(name)} has no sheet with a header and at least one row.",
        hint="Check that the right workbook was exported.",
    )


def header_only(name: str) -> NoTable:
    """Refuse a table without rows."""
    return NoTable(
        f"{spoken(name)} has a header but no rows below it.",
        hint="Export it again with its rows; if this line is data, choose “no header row”.",
    )


def too_many_columns(where: str, columns: int, limit: int) -> BadInput:
    """Refuse a table wider than `limit`."""
    return BadInput(
        f"{spoken(where)} has {columns:,} columns; at most {limit:,} are accepted.",
        hint="Export only the columns that describe the assets, or choose another delimiter.",
    )


def too_many_rows(where: str, limit: int) -> BadInput:
    """Refuse a table longer than `limit` rows."""
    return BadInput(
        f"{spoken(where)} has more than {limit:,} rows, the most that is accepted.",
        hint="Split it into several files.",
    )


def cell_too_long(where: str, line: int, limit: int) -> BadInput:
    """Refuse a table with a cell of more than `limit` characters."""
    return BadInput(
        f"{spoken(where)} holds a cell of more than {limit:,} characters in line {line:,}.",
        hint="Shorten that cell, or leave its column out of the export.",
    )


def line_too_long(name: str, limit: int) -> BadInput:
    """Refuse a text whose lines are beyond any table's."""
    return BadInput(
        f"{spoken(name)} holds a line of more than {limit:,} characters, so it is not read as a table.",
        hint="Export the inventory as CSV with one line for each asset.",
    )


def mostly_unreadable(where: str, bad: int, rows: int, reason: str) -> BadInput:
    """Refuse a table of which more than half of the rows do not fit, `reason` being the commonest one."""
    return BadInput(
        f"{spoken(where)} does not fit one table: {bad:,} of its first {rows:,} rows are bad, most often so: {reason}",
        hint="Choose another delimiter, header row or encoding.",
    )


def broken_quotes(where: str) -> BadInput:
    """Refuse a text whose quotes are so broken that rows cannot be told apart."""
    return BadInput(
        f"{spoken(where)} has quotes so broken that its rows cannot be told apart.",
        hint="Choose another delimiter, or export the file again with every cell quoted.",
    )


def no_header_there(where: str, line: int) -> NoTable:
    """Refuse a chosen header row at which no row begins."""
    return NoTable(
        f"{spoken(where)} has no row beginning at line {line:,} that could be its header.",
        hint="Choose a line near the top that is not blank.",
    )


def unknown_choice(what: str, offered: str) -> BadInput:
    """Refuse an encoding or a delimiter that is not on offer."""
    return BadInput(f"This {what} is not one that can be chosen.", hint=f"Choose one of: {offered}.")


def rows_lost(where: str) -> BadInput:
    """Refuse an import whose counts do not add up: a fault of ours, never stored as if nothing had happened."""
    return BadInput(
        f"{spoken(where)} was not kept: the rows read and the rows stored do not add up.",
        hint="Upload it again; if this comes back, report it.",
    )
