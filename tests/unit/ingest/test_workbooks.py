"""Sheets are read like texts: every sheet with a table, whatever the file is called, cells as a person sees them."""

from __future__ import annotations

import datetime as dt

import pytest
import xlsxwriter

from platform_core.domain.reading import FileFormat
from platform_core.errors import BadInput
from tests.unit.ingest.packages import sheet_of, with_sheet_xml, workbook, write_rows
from tests.unit.ingest.reading import FILES, read_all, read_one

SERVERS: list[list[object]] = [["Name", "CPUs", "Owner"], ["srv-001", 4, "Ann"], ["srv-002", 8, ""], ["007", 16, "Bo"]]


@pytest.mark.parametrize("name", ["inventory.xls", "inventory.xlsb", "inventory.ods"])
def test_every_kind_of_workbook_is_read(name: str) -> None:
    outcome = read_one((FILES / name).read_bytes(), name)
    assert outcome.reading.format is FileFormat.EXCEL
    assert (outcome.reading.sheet, outcome.header_line, outcome.lines) == ("Servers", 1, [2, 3, 4])
    assert outcome.headers == ["Name", "CPUs", "Memory GB", "Virtual"]
    assert outcome.rows == [
        ["srv-001", "4", "16", "TRUE"],
        ["München-02", "8", "0.5", "FALSE"],
        ["007", "2", "1000000", "TRUE"],
    ]


@pytest.mark.parametrize("name", ["export.csv", "export.txt", "export", "export.xls"])
def test_a_workbook_is_recognised_whatever_its_name(name: str) -> None:
    outcome = read_one(sheet_of(SERVERS), name)
    assert outcome.rows == [["srv-001", "4", "Ann"], ["srv-002", "8", ""], ["007", "16", "Bo"]]
    assert (outcome.reading.dialect.encoding, outcome.reading.dialect.delimiter) == ("", "")


def test_a_text_called_xlsx_is_read_as_text() -> None:
    assert read_one("Name,IP\na,10.0.0.1\n", "export.xlsx").reading.format is FileFormat.CSV


def test_cells_are_text_as_a_person_sees_them() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["What", "Value"])
        day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock, span = book.add_format({"num_format": "hh:mm"}), book.add_format({"num_format": "[h]:mm:ss"})
        sheet.write_row(1, 0, ["whole", 16])
        sheet.write_row(2, 0, ["fraction", 3.5])
        sheet.write_row(3, 0, ["small", 1e-7])
        sheet.write_row(4, 0, ["large", 123456789012345000])
        sheet.write_row(5, 0, ["zero", -0.0])
        sheet.write_row(6, 0, ["truth", True])
        sheet.write_row(7, 0, ["digits", "007"])
        sheet.write_row(8, 0, ["lines", "one\ntwo"])
        sheet.write_row(9, 0, ["formula", ""])
        sheet.write_formula(9, 1, "=1+1", None, 2)
        sheet.write(10, 0, "day")
        sheet.write_datetime(10, 1, dt.date(2024, 1, 5), day)
        sheet.write(11, 0, "moment")
        sheet.write_datetime(11, 1, dt.datetime(2024, 1, 5, 10, 30, 15), moment)  # noqa: DTZ001 - sheets know no zones
        sheet.write_row(12, 0, ["clock", 0.5], clock)
        sheet.write_row(13, 0, ["span", 1.5], span)

    assert dict(read_one(workbook(fill)).rows) == {
        "whole": "16",
        "fraction": "3.5",
        "small": "0.0000001",
        "large": "123456789012345000",
        "zero": "0",
        "truth": "TRUE",
        "digits": "007",
        "lines": "one\ntwo",
        "formula": "2",
        "day": "2024-01-05",
        "moment": "2024-01-05T10:30:15",
        "clock": "12:00:00",
        "span": "36:00:00",
    }


def test_each_sheet_with_a_table_becomes_a_reading_and_the_others_are_named() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        write_rows(book, "vInfo", SERVERS)
        book.add_worksheet("Empty")
        write_rows(book, "Only a header", [["Name", "IP", "OS"]])
        write_rows(book, "vHost", [["Host", "Cores"], ["esx-1", 32], ["esx-2", 64]])
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=vHost!$B$2:$B$3"})
        book.add_chartsheet("Chart").set_chart(chart)

    first, second = read_all(workbook(fill), "rvtools.xlsx")
    assert (first.reading.sheet, second.reading.sheet) == ("vInfo", "vHost")
    assert second.rows == [["esx-1", "32"], ["esx-2", "64"]]
    assert first.reading.notes == (
        "Sheet “Empty” was left out: it holds no table.",
        "Sheet “Only a header” was left out: it holds no table.",
    )


def test_a_hidden_sheet_is_read_and_said_to_be_hidden() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        write_rows(book, "Shown", SERVERS)
        write_rows(book, "Hidden", SERVERS)
        book.get_worksheet_by_name("Hidden").hide()

    _, hidden = read_all(workbook(fill))
    assert hidden.reading.notes == ("This sheet is hidden in the workbook.",)


def test_titles_above_the_header_and_blank_rows_are_left_out_and_lines_are_sheet_rows() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Servers")
        sheet.write(1, 1, "Servers of the Rome site")
        for number, row in zip([4, 5, 7, 9], SERVERS, strict=True):
            sheet.write_row(number, 1, row)

    outcome = read_one(workbook(fill))
    assert (outcome.headers, outcome.header_line) == (["Name", "CPUs", "Owner"], 5)
    assert outcome.lines == [6, 8, 10]


def test_a_sheet_without_a_header_gets_numbered_columns() -> None:
    rows: list[list[object]] = [[f"srv-{i:03}", i, "Linux" if i % 2 else "Windows"] for i in range(12)]
    outcome = read_one(sheet_of(rows))
    assert (outcome.headers, outcome.header_line, outcome.lines[0]) == (["Column 1", "Column 2", "Column 3"], None, 1)


def test_an_analyst_can_choose_the_header_row_of_a_sheet() -> None:
    outcome = read_one(sheet_of([["General", "", "People"], *SERVERS]), header_row=1)
    assert (outcome.headers, outcome.lines[0]) == (["General", "", "People"], 2)


def test_entities_in_a_workbook_are_never_expanded() -> None:
    opening = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row>'
    with pytest.raises(BadInput, match="damaged"):
        read_all(with_sheet_xml(cells, opening))
