"""Files to take away: what was put in comes out, and nothing in them runs."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from platform_core.reports import Sheet, as_csv, as_excel, neutral

LIVE = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "  =1+1",
    '=HYPERLINK("x")',
    "-",
    "＠x",
    "\0=1",
]
QUIET = ["-5", "+49", "-1,234.5", "-12 %".replace(" ", ""), "a=b", "10.0.0.1", "", "x@example.com"]


@pytest.mark.parametrize("text", LIVE)
def test_what_looks_like_a_formula_is_put_behind_an_apostrophe(text: str) -> None:
    safe = neutral(text)
    assert isinstance(safe, str)
    assert safe.startswith("'")


@pytest.mark.parametrize("text", QUIET)
def test_plain_text_and_signed_numbers_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


@given(st.text())
def test_no_text_begins_like_a_formula_afterwards(text: str) -> None:
    safe = neutral(text)
    assert isinstance(safe, str)
    begins = safe.lstrip(" ")[:1]
    assert begins not in {"=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"}
    assert begins not in {"+", "-"} or safe.strip().lstrip("+-")[:1].isdigit()


def test_a_csv_file_reads_back_as_it_was_written() -> None:
    rows = [['Ä, "quoted"\nline', 5, 2.5, True, None, date(2027, 1, 4)]]
    text = as_csv(Sheet("S", ["a", "b", "c", "d", "e", "f"], rows)).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [
        "Ä, \"quoted\"\nline", "5", "2.5", "TRUE", "", "2027-01-04",
    ]  # fmt: skip


def test_a_workbook_keeps_types_and_holds_no_formula_and_no_link() -> None:
    rows = [["=1+1", "https://example.com", 5, 2.5, True, None, date(2027, 1, 4)]]
    content = as_excel([Sheet("A", list("abcdefg"), rows), Sheet("B", ["x"], [])])
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["A", "B"]
    assert book.get_sheet_by_name("A").to_python()[1] == [
        "'=1+1", "https://example.com", 5.0, 2.5, True, "", date(2027, 1, 4),
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        names = archive.namelist()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert not any("externalLink" in name for name in names)
