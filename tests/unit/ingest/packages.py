"""Workbooks made for a test: ordinary ones by xlsxwriter, hostile ones by rewriting a part of an ordinary one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import xlsxwriter

SHEET_XML = "xl/worksheets/sheet1.xml"
_OPENING = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """Return the bytes of a workbook that `fill` filled."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    fill(book)
    book.close()
    return file.getvalue()


def sheet_of(rows: list[list[object]], name: str = "Servers") -> bytes:
    """Return the bytes of a workbook with one sheet."""
    return workbook(lambda book: write_rows(book, name, rows))


def write_rows(book: xlsxwriter.Workbook, name: str, rows: list[list[object]], first_row: int = 0) -> None:
    """Add a sheet and write `rows` into it from `first_row` (counted from 0) down."""
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows, start=first_row):
        sheet.write_row(number, 0, row)


def repacked(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return the package `content` with `parts` replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry not in parts:
                new.writestr(entry, old.read(entry))
        for entry, part in parts.items():
            new.writestr(entry, part)
    return file.getvalue()


def with_sheet_xml(cells: str, opening: str = _OPENING) -> bytes:
    """Return a workbook whose only sheet holds `cells`, given as XML."""
    xml = f"{opening}{cells}</sheetData></worksheet>".encode()
    return repacked(sheet_of([["x"]]), {SHEET_XML: xml})


def text_cell(reference: str, text: str) -> str:
    """Return the XML of a row with one cell."""
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c></row>'
