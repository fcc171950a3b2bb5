"""Cells that a spreadsheet will not take for a formula."""

from __future__ import annotations

import re
from datetime import date, datetime

Cell = str | int | float | bool | date | None

TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""First characters that make a spreadsheet evaluate a cell (OWASP, CSV injection), with their full-width forms."""

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def neutral(cell: Cell) -> Cell:
    """Return `cell` so that a spreadsheet shows it and never runs it.

    Text that starts like a formula gets an apostrophe in front, unless it is a plain signed number; control
    characters that no workbook may hold are taken out; everything that is not text stays as it is.
    """
    if not isinstance(cell, str):
        return cell
    text = CONTROL.sub("", cell)
    if text.lstrip(" ").startswith(TRIGGERS) and not NUMBER.fullmatch(text.strip()):
        return f"'{text}"
    return text


def in_words(cell: Cell) -> str:
    """Return a cell as text for a CSV file: ISO dates, TRUE and FALSE, nothing for unknown."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
