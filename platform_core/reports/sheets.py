"""Tables as CSV and Excel files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

import xlsxwriter

from platform_core.reports.neutral import Cell, in_words, neutral

BOM = "\ufeff"
"""Tells Excel that a CSV file is UTF-8."""

SHEET_NAME_LENGTH = 31
CELL_LENGTH = 32_767
"""What Excel can hold."""


@dataclass(frozen=True)
class Sheet:
    """A table to hand out: a name, headers and rows as wide as the headers."""

    name: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def as_csv(sheet: Sheet) -> bytes:
    """Return a sheet as a CSV file (UTF-8 with BOM, comma, every formula neutralised)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([neutral(header) for header in sheet.headers])
    for row in sheet.rows:
        writer.writerow([in_words(neutral(cell)) for cell in row])
    return (BOM + text.getvalue()).encode()


def as_excel(sheets: Sequence[Sheet]) -> bytes:
    """Return sheets as one workbook: typed cells, frozen header, filter; text is never a formula or a link."""
    target = io.BytesIO()
    write_excel(sheets, target)
    return target.getvalue()


def write_excel(sheets: Sequence[Sheet], target: IO[bytes]) -> None:
    """Write sheets as one workbook, as `as_excel`; rows go to disk as they come."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name[:SHEET_NAME_LENGTH]), sheet, bold)


def _write(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, bold: xlsxwriter.format.Format) -> None:
    widths = [len(header) for header in sheet.headers]
    for j, header in enumerate(sheet.headers):
        page.write_string(0, j, str(neutral(header)), bold)
    last = 0
    for last, row in enumerate(sheet.rows, 1):
        for j, cell in enumerate(row):
            _cell(page, last, j, cell)
            widths[j] = max(widths[j], min(60, len(in_words(cell))))
    for j, width in enumerate(widths):
        page.set_column(j, j, width + 2)
    page.freeze_panes(1, 0)
    if sheet.headers:
        page.autofilter(0, 0, last, len(sheet.headers) - 1)


def _cell(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell) -> None:
    safe = neutral(cell)
    if isinstance(safe, str):
        page.write_string(row, column, safe[:CELL_LENGTH])
    elif isinstance(safe, datetime | date):
        page.write_datetime(row, column, safe)
    elif safe is not None:
        page.write(row, column, safe)
