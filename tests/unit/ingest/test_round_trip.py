"""Any table of text, written in any dialect and encoding, comes back cell by cell."""

from __future__ import annotations

import csv
import io

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from platform_core.ingest import DELIMITERS, ENCODINGS
from tests.unit.ingest.packages import sheet_of
from tests.unit.ingest.reading import as_csv, read_one

Rows = list[list[str]]
LINE_ENDS = ["\n", "\r\n", "\r"]

WORDS = ["Windows Server 2019", "Ubuntu 22.04", "Zürich", "São Paulo", "Kraków", "prod", "Smith, Ann", "a;b;c", "", "-"]
NAMES = ["Name", "IP address", "Größe (GB)", "OS", "Owner", "Site", "Propriétaire", "Tags", "Created", "Cost"]


LETTERS = "aZ09-_.äöüßéèñçøÅ€–ŁóźżąćěščřАбвгДиюΑβγδςŞİığשלוםعربيāčēกขค東京サーバーｻ北张伟台灣서울부산"


def writable(encoding: str) -> st.SearchStrategy[str]:
    """Text that the encoding can hold, without what a text file cannot tell from structure."""
    letters: st.SearchStrategy[str] = st.sampled_from([letter for letter in LETTERS if survives(letter, encoding)])
    if encoding.startswith("utf"):
        letters = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe")
    special = st.sampled_from(['"', '""', ",", ";", "\t", "|", "^", " ", "\n", "\r", "\r\n", "'", "NA", "007", "1,5"])
    return st.lists(letters | special, max_size=8).map("".join)


def survives(letter: str, encoding: str) -> bool:
    return letter.encode(encoding, "ignore").decode(encoding) == letter


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str]) -> Rows:
    """A header and up to eight rows, up to five columns wide, with some text somewhere."""
    width = draw(st.integers(1, 5))
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=2, max_size=9))
    assume(any(cell.strip() for row in rows for cell in row))
    return rows


@st.composite
def texts(draw: st.DrawFn, rows: Rows, delimiter: str, end: str) -> str:
    """Write `rows`, with quotes wherever they are needed and at will elsewhere; the last line may be left open."""

    def written(cell: str, only: bool) -> str:
        needed = cell.startswith('"') or any(sign in cell for sign in [delimiter, "\n", "\r"]) or (only and not cell)
        return '"' + cell.replace('"', '""') + '"' if needed or draw(st.booleans()) else cell

    lines = [delimiter.join(written(cell, len(row) == 1) for cell in row) for row in rows]
    return end.join(lines) + draw(st.sampled_from(["", end]))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data())
def test_any_table_in_any_dialect_and_encoding_comes_back(data: st.DataObject) -> None:
    encoding = data.draw(st.sampled_from(list(ENCODINGS)))
    delimiter, end = data.draw(st.sampled_from(list(DELIMITERS))), data.draw(st.sampled_from(LINE_ENDS))
    rows = data.draw(tables(writable(encoding)))
    text = data.draw(texts(rows, delimiter, end))
    assume(not text.lstrip().startswith(("<", "{", "[")))
    outcome = read_one(text.encode(encoding), encoding=encoding, delimiter=delimiter, header_row=1)
    assert [outcome.headers, *outcome.rows] == rows
    assert outcome.reading.rows_read == len(rows) - 1
    assert outcome.lines == expected_lines(rows)


def expected_lines(rows: Rows) -> list[int]:
    """Return the physical line on which each row after the first begins."""
    lines, line = [], 1
    for row in rows:
        lines.append(line)
        line += len("".join(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row).split("\n"))
    return lines[1:]


@st.composite
def inventories(draw: st.DrawFn) -> Rows:
    """A table as inventory tools export it: named columns over typed ones, gaps and all."""
    count = draw(st.integers(5, 30))
    columns = {
        "Name": [f"srv-{i:03}" for i in range(count)],
        "IP address": [f"10.0.{i}.{i * 3 % 250}" for i in range(count)],
        "Größe (GB)": [str(draw(st.integers(1, 4096))) for _ in range(count)],
        "Created": [f"2024-0{draw(st.integers(1, 9))}-1{i % 9}" for i in range(count)],
    }
    for name in draw(st.lists(st.sampled_from(["OS", "Owner", "Site", "Propriétaire", "Tags"]), unique=True)):
        columns[name] = [draw(st.sampled_from(WORDS)) for _ in range(count)]
    return [list(columns), *map(list, zip(*columns.values(), strict=True))]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    inventories(),
    st.sampled_from(list(DELIMITERS)),
    st.sampled_from(LINE_ENDS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
    st.lists(st.sampled_from(["Inventory of all sites", "Exported on 2024-05-01, 10:00", ""]), max_size=6),
)
def test_an_inventory_is_read_right_without_being_told_how(
    rows: Rows, delimiter: str, end: str, encoding: str, above: list[str]
) -> None:
    text = "".join(line + end for line in above) + as_csv(rows, delimiter, end)
    outcome = read_one(text.encode(encoding))
    assert (outcome.reading.dialect.encoding, outcome.reading.dialect.delimiter) == (encoding, delimiter)
    assert outcome.header_line == len(above) + 1
    assert [outcome.headers, *outcome.rows] == rows


@settings(max_examples=300, deadline=None)
@given(st.text('",\n\rab \t;', max_size=60))
def test_the_rows_stored_are_those_the_strict_reader_reads(noise: str) -> None:
    """On what `csv` in strict mode accepts as a whole, no row is stored that it does not read, and none is missing."""
    content = f"A,B,C\nd,e,f\ng,h,i\n{noise}\nj,k,l\nm,n,o\n"
    try:
        expected = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    except csv.Error:
        assume(False)
    assume(sum(len(row) == 3 for row in expected[1:]) * 2 >= sum(map(bool, expected[1:])))
    outcome = read_one(content, delimiter=",", header_row=1, encoding="utf-8")
    assert outcome.rows == [row for row in expected[1:] if len(row) == 3]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=6)))
def test_any_table_in_a_sheet_comes_back(rows: Rows) -> None:
    rows = [[f"Field {i}" for i in range(len(rows[0]))], *([f"x{cell}" for cell in row] for row in rows[1:])]
    outcome = read_one(sheet_of([list(row) for row in rows]), header_row=1)
    assert [outcome.headers, *outcome.rows] == rows
    assert outcome.lines == list(range(2, len(rows) + 1))


def test_text_below_many_blank_records_is_read_where_the_header_was_chosen() -> None:
    outcome = read_one('"",""\n' * 600 + "web01,last\n", header_row=1)
    assert (outcome.reading.rows_stored, outcome.rows[-1]) == (600, ["web01", "last"])
