"""What cannot be read is refused in one clear sentence with a way out, nothing is kept, and limits are exact."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from platform_core.domain.reading import ReadLimits
from platform_core.errors import BadInput
from platform_core.ingest import container, preview, read, records, workbook
from tests.unit.ingest.packages import SHEET_XML, repacked, sheet_of, text_cell, with_sheet_xml
from tests.unit.ingest.reading import FILES, as_csv, read_all, read_one

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
SHEET = sheet_of([["Name", "IP"], ["srv-1", "10.0.0.1"], ["srv-2", "10.0.0.2"]])


def encrypted(content: bytes) -> bytes:
    file = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("secret", file)
    return file.getvalue()


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), part)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n  \n", "holds no text"),
        (b"\xef\xbb\xbf", "holds no text"),
        (b"\xff\xfe", "holds no text"),
        (b",,,\n,,,\n", "holds no text"),
        (b"Name,IP,OS\n", "has a header but no rows"),
        (b"Servers of 2024\n\nName,IP,OS\n\n\n", "has a header but no rows"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF document, not a table"),
        (PICTURE, "is a picture, not a table"),
        (bytes(range(256)) * 40, "is a binary file, not a table"),
        (zlib.compress(bytes(range(256)) * 400, 9)[2:] * 9, "is a binary file, not a table"),
        (b"\x1f\x8b\x08\x00abc", "is a compressed archive"),
        (zipped(servers_DOT_csv="Name,IP\na,b\n"), "is a compressed archive"),
        (zipped(word__document_DOT_xml="<x/>"), "is a text document"),
        (b"<!DOCTYPE html><html><table><tr><td>Name</td></tr></table></html>", "is a web page"),
        ("<html><body>Export</body></html>".encode("utf-16"), "is a web page"),
        (b'<?xml version="1.0"?><servers/>', "is an XML document"),
        (b'[\n {"name": "srv-1"}\n]', "is a JSON document"),
        (encrypted(SHEET), "is protected by a password"),
        ((FILES / "protected.xls").read_bytes(), "is protected by a password"),
        ((FILES / "protected.ods").read_bytes(), "is protected by a password"),
        (SHEET[:3_000], "is a damaged workbook"),
        ((FILES / "inventory.xls").read_bytes()[:1_500], "is a damaged workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "is a damaged workbook"),
        (repacked(SHEET, {"../../evil.txt": b"x"}), "points outside itself"),
        (repacked(SHEET, {"/etc/evil": b"x"}), "points outside itself"),
        (sheet_of([]), "holds no text"),
        (sheet_of([["Name", "IP"]]), "has a header but no rows"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        read_all(content, "upload.csv")
    assert refused.value.message.startswith("“upload.csv” ")
    assert refused.value.message.endswith(".")
    assert refused.value.message.count("\n") == 0
    assert refused.value.hint


def test_the_next_upload_into_the_same_folder_works(tmp_path: Path) -> None:
    bad, good, into = tmp_path / "bad", tmp_path / "good", tmp_path / "into"
    bad.write_bytes(b"Name,IP\n" + b"a,b\n" * 60_000 + b"c\n" * 70_000)
    good.write_text("Name,IP\na,10.0.0.1\n")
    with pytest.raises(BadInput, match="does not fit one table"):
        read(bad, name="bad.csv", into=into)
    assert list(into.iterdir()) == []
    (reading,) = read(good, name="good.csv", into=into)
    assert [path.name for path in into.iterdir()] == ["table-1.parquet"]
    assert reading.table.source == into / "table-1.parquet"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..\\..\\windows\\system32\\x.csv",
        "<script>alert(1)</script>.csv",
        "![x](http://evil.example/x.png)",
        "a\nb\r\0c\x1b[31m.csv",
        "`rm -rf ~`",
        "x" * 5_000,
        "",
        "///",
    ],
)
def test_a_hostile_name_is_only_words(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_all(b"", name)
    message = refused.value.message
    assert len(message) < 120
    assert not set("<>[]{}!`*#/\\\n\r\0\x1b:|$~") & set(message)
    assert read_one("Name,IP\na,10.0.0.1\n", name).rows == [["a", "10.0.0.1"]]


def test_the_size_limit_is_exact() -> None:
    content = "Name,IP\na,10.0.0.1\n"
    assert read_one(content, limits=ReadLimits(max_bytes=len(content))).rows
    with pytest.raises(BadInput, match=r"is larger than 18 bytes, the most that is accepted\."):
        read_one(content, limits=ReadLimits(max_bytes=len(content) - 1))


@pytest.mark.parametrize("as_sheet", [False, True])
def test_the_column_limit_is_exact(as_sheet: bool) -> None:
    def table(columns: int) -> bytes:
        rows = [[f"Column {i}" for i in range(columns)], *([str(i) for i in range(columns)] for _ in range(3))]
        return sheet_of([list(row) for row in rows]) if as_sheet else as_csv(rows).encode()

    assert len(read_one(table(50), limits=ReadLimits(max_columns=50)).headers) == 50
    with pytest.raises(BadInput, match="has 51 columns; at most 50"):
        read_one(table(51), limits=ReadLimits(max_columns=50))


@pytest.mark.parametrize("rows_below", [1, 5])
def test_ten_thousand_and_one_columns_are_refused(rows_below: int) -> None:
    row = ",".join(["x"] * 10_001)
    with pytest.raises(BadInput, match="has 10,001 columns; at most 2,000"):
        read_one(",".join(f"Field {i}" for i in range(10_001)) + ("\n" + row) * rows_below + "\n")


@pytest.mark.parametrize("as_sheet", [False, True])
def test_the_row_limit_is_exact_and_counts_bad_rows_too(as_sheet: bool) -> None:
    def table(rows: int) -> bytes:
        if as_sheet:
            return sheet_of([["Name", "CPUs"], *([f"srv-{i}", i] for i in range(rows))])
        return ("Name,CPUs\n" + "".join(f"srv-{i},{i}\n" for i in range(rows - 1)) + "bad\n").encode()

    assert read_one(table(10), limits=ReadLimits(max_rows=10)).reading.rows_read == 10
    with pytest.raises(BadInput, match="has more than 10 rows"):
        read_one(table(11), limits=ReadLimits(max_rows=10))


@pytest.mark.parametrize(("limit", "as_sheet"), [(100, False), (100_000, False), (100, True)])
def test_the_cell_limit_is_exact(limit: int, as_sheet: bool) -> None:
    def table(length: int) -> bytes:
        rows = [["Name", "Note"], ["a", "x"], ["b", "y" * length], ["c", "z"]]
        return sheet_of([list(row) for row in rows]) if as_sheet else as_csv(rows).encode()

    assert len(read_one(table(limit), limits=ReadLimits(max_cell_length=limit)).rows[1][1]) == limit
    with pytest.raises(BadInput, match=f"a cell of more than {limit:,} characters in line 3"):
        read_one(table(limit + 1), limits=ReadLimits(max_cell_length=limit))


def test_a_header_is_a_cell_too() -> None:
    content = f"Name,{'x' * 101}\na,b\n"
    assert read_one(content, limits=ReadLimits(max_cell_length=101)).rows
    with pytest.raises(BadInput, match="a cell of more than 100 characters in line 1"):
        read_one(content, limits=ReadLimits(max_cell_length=100))


def test_a_cell_beyond_what_the_scanner_takes_is_refused_not_set_aside() -> None:
    with pytest.raises(BadInput, match="a cell of more than 100,000 characters in line 3"):
        read_one(f"Name,Note\na,b\nc,{'x' * 200_000}\nd,e\n")


def test_the_line_limit_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "LONGEST_LINE", 1_000)
    long = "a," + "x" * 997
    assert read_one(f"Name,Note\nb,c\n{long}\n").rows[1][0] == "a"
    with pytest.raises(BadInput, match="a line of more than 1,000 characters"):
        read_one(f"Name,Note\nb,c\n{long}x\n")


def test_a_stray_cell_far_away_is_refused_by_its_place() -> None:
    content = with_sheet_xml(text_cell("A1", "Name") + text_cell("CV200000", "stray"))
    with pytest.raises(BadInput, match=r"reaches cell CV200000, which makes 20,000,000 cells; at most 10,000,000"):
        read_all(content)


def test_the_limit_of_a_sheets_area_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_CELLS", 6)
    assert len(read_one(SHEET).rows) == 2
    with pytest.raises(BadInput, match=r"reaches cell C3, which makes 9 cells; at most 6"):
        read_one(sheet_of([["Name", "IP", "OS"], ["a", "b", "c"], ["d", "e", "f"]]))


def test_the_utmost_corner_of_a_sheet_costs_the_reader_only() -> None:
    with pytest.raises(BadInput):
        read_all(with_sheet_xml(text_cell("A1", "Name") + text_cell("XFD1048576", "stray")))


def test_a_zip_bomb_is_refused_by_what_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    swollen = repacked(SHEET, {"xl/media/image1.png": bytes(17 * 1024 * 1024)})
    with pytest.raises(BadInput, match="unpacks to far more"):
        read_all(swollen)
    monkeypatch.setattr(container, "MOST_ENTRIES", 3)
    with pytest.raises(BadInput, match="unpacks to far more"):
        read_all(SHEET)


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(repacked(SHEET, {SHEET_XML: b"<worksheet>" + b" " * 5_000_000}))
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(SHEET_XML.encode()))
    struct.pack_into("<I", content, entry + 24, 100)
    with pytest.raises(BadInput, match="damaged"):
        read_all(bytes(content))


def test_a_picture_glued_to_a_workbook_is_no_way_in() -> None:
    with pytest.raises(BadInput, match="picture"):
        read_all(PICTURE + SHEET)


def test_the_preview_refuses_in_the_same_words(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(PICTURE)
    with pytest.raises(BadInput, match="is a picture"):
        preview(path, name="upload.csv")
