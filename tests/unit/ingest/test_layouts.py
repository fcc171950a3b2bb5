"""Delimiter, header row and width are found in the layouts that real exports have."""

from __future__ import annotations

import pytest

from platform_core.errors import BadInput
from platform_core.ingest import DELIMITERS
from tests.unit.ingest.reading import as_csv, read_one

SERVERS = [
    ["Name", "IP address", "OS", "Memory", "Owner"],
    ["srv-001", "10.0.0.1", "Windows Server 2019", "16", "Ann Smith"],
    ["srv-002", "10.0.0.2", "Ubuntu 22.04", "8,5", "Bo; Li"],
    ["srv-003", "10.0.0.3", "Windows Server 2019", "32", "Cy | Wu"],
    ["srv-004", "10.0.0.4", "RHEL 8", "64", ""],
]
APPLICATIONS = [
    ["Application", "Department", "Lead"],
    ["Payroll", "Finance", "Ann"],
    ["Storefront", "Sales", "Bo"],
    ["Wiki", "IT", "Cy"],
]


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("table", [SERVERS, APPLICATIONS])
def test_each_delimiter_is_found(delimiter: str, table: list[list[str]]) -> None:
    outcome = read_one(as_csv(table, delimiter))
    assert outcome.reading.dialect.delimiter == delimiter
    assert outcome.header_line == 1
    assert [outcome.headers, *outcome.rows] == table


@pytest.mark.parametrize(
    "text",
    [
        "Name;CPU;RAM\na;1,5;16,0\nb;2,5;32,0\n",
        "Name|Text\na|one, two, three\nb|four, five\nc|six; seven\n",
        'App;Owner;Note\na;"Smith; Al";x, y\nb;"Doe; Jo";p, q, r\nc;;\n',
        "Name\tNote\na\thello, world; all\nb\tx;y\n",
    ],
)
def test_a_delimiter_inside_cells_does_not_win(text: str) -> None:
    outcome = read_one(text)
    assert outcome.headers[0] in {"Name", "App"}
    assert len(set(map(len, outcome.rows))) == 1
    assert not outcome.set_aside


def test_a_sep_line_tells_the_delimiter_and_is_no_row() -> None:
    outcome = read_one("sep=;\r\nName;A,B\r\nx;1,2\r\n")
    assert (outcome.headers, outcome.header_line, outcome.lines) == (["Name", "A,B"], 2, [3])


def test_a_sep_line_with_an_odd_delimiter_does_not_mislead() -> None:
    assert read_one("sep=:\r\nName;IP\r\nx;10.0.0.1\r\n").headers == ["Name", "IP"]


@pytest.mark.parametrize("header_line", [2, 5, 12, 20])
def test_lines_above_the_header_are_left_out_and_said(header_line: int) -> None:
    above = "".join(f"Remark {i} on this report\r\n" for i in range(1, header_line))
    outcome = read_one(above + as_csv(SERVERS * 3))
    assert outcome.header_line == header_line
    assert outcome.headers == SERVERS[0]
    assert outcome.lines[0] == header_line + 1
    assert any(note.endswith("above the header was left out.") or "above the header were" in note
               for note in outcome.reading.notes)  # fmt: skip


@pytest.mark.parametrize(
    "above",
    [
        ["Server inventory,,,,", ",,,,"],
        ["Exported by,Ann Smith,,,", "On,2024-01-05 10:00,,,", ""],
        ["General,,,Hardware,"],
        ["General,General,General,Hardware,Hardware"],
        ["Servers of all sites, as of May 2024", ""],
    ],
)
def test_titles_and_column_groups_are_no_header(above: list[str]) -> None:
    outcome = read_one("\r\n".join(above) + "\r\n" + as_csv(SERVERS))
    assert (outcome.headers, outcome.header_line) == (SERVERS[0], len(above) + 1)
    assert outcome.rows == SERVERS[1:]


@pytest.mark.parametrize(
    "rows",
    [
        SERVERS[1:],
        [["Payroll", "Finance", "High"], ["CRM", "Sales", "Low"], ["ERP", "Finance", "High"], ["HR", "Sales", "Low"]],
        [["PC0001", "Dell"], ["PC0002", "HP"], ["PC0003", "Dell"], ["PC0004", "HP"]],
        [["1", "10.0.0.1"], ["2", "10.0.0.2"], ["3", "10.0.0.3"]],
        [["srv-1"], ["srv-2"], ["srv-3"]],
    ],
)
def test_a_file_that_starts_with_data_gets_numbered_columns(rows: list[list[str]]) -> None:
    outcome = read_one(as_csv(rows))
    assert outcome.header_line is None
    assert outcome.headers == [f"Column {i + 1}" for i in range(len(rows[0]))]
    assert (outcome.rows, outcome.lines[0]) == (rows, 1)
    assert any("No header row" in note for note in outcome.reading.notes)


def test_headers_are_kept_as_they_stand() -> None:
    text = 'Name,Name,,"Memory\r\n(MiB)",  Owner ,  "Azure"\r\na,b,c,1,d,e\r\nf,g,h,2,i,j\r\n'
    outcome = read_one(text)
    assert outcome.headers == ["Name", "Name", "", "Memory\r\n(MiB)", "  Owner ", '  "Azure"']
    assert (outcome.header_line, outcome.lines) == (1, [3, 4])


def test_a_trailing_delimiter_on_every_row_makes_an_unnamed_column() -> None:
    outcome = read_one("Name,IP\r\na,10.0.0.1,\r\nb,10.0.0.2,\r\nc,10.0.0.3,\r\n")
    assert outcome.headers == ["Name", "IP", ""]
    assert [row[2] for row in outcome.rows] == ["", "", ""]
    assert any("no name" in note for note in outcome.reading.notes)


def test_a_trailing_delimiter_on_the_header_only_makes_none() -> None:
    outcome = read_one("Name,IP,\r\na,10.0.0.1\r\nb,10.0.0.2\r\n")
    assert (outcome.headers, outcome.reading.notes) == (["Name", "IP"], ())


def test_names_beyond_the_rows_are_left_out_and_said() -> None:
    outcome = read_one("Name,IP,Never filled\r\na,10.0.0.1\r\nb,10.0.0.2\r\n")
    assert outcome.headers == ["Name", "IP"]
    assert any("last names were left out" in note for note in outcome.reading.notes)


def test_a_line_of_dashes_below_the_header_is_no_row() -> None:
    outcome = read_one("Name,IP\r\n----,--\r\na,10.0.0.1\r\nb,10.0.0.2\r\n")
    assert (outcome.headers, outcome.lines) == (["Name", "IP"], [3, 4])


def test_a_header_repeated_among_the_rows_is_still_the_header() -> None:
    outcome = read_one(as_csv([*SERVERS, *SERVERS]))
    assert (outcome.headers, outcome.header_line, len(outcome.rows)) == (SERVERS[0], 1, 9)


def test_a_header_is_not_taken_from_the_midst_of_mixed_rows() -> None:
    mixed = [[name, value] for name, value in zip("abcdefgh", "12xy3zwv", strict=True)]
    dated = [[f"day {day}", f"2024-01-0{day}"] for day in range(1, 6)]
    rows = [["What", "Value"], *mixed, ["odd", "one two"], *dated]
    assert read_one(as_csv(rows)).headers == ["What", "Value"]


def test_one_column_needs_no_delimiter() -> None:
    outcome = read_one("Host name\nsrv-1\nsrv-2\n")
    assert (outcome.headers, outcome.rows) == (["Host name"], [["srv-1"], ["srv-2"]])


def test_an_analyst_can_choose_the_header_row() -> None:
    text = as_csv([["General", "Network"], *([row[0], row[1]] for row in SERVERS)])
    assert read_one(text, header_row=1).headers == ["General", "Network"]
    assert read_one(text, header_row=2).headers == ["Name", "IP address"]
    numbered = read_one(text, header_row=0)
    assert (numbered.headers, numbered.header_line, numbered.lines[0]) == (["Column 1", "Column 2"], None, 1)


def test_an_analyst_can_choose_the_delimiter() -> None:
    assert read_one(as_csv(SERVERS), delimiter=";", header_row=1).headers[0].startswith("Name,IP")


@pytest.mark.parametrize("line", [2, 3, 99, 10_000])
def test_a_header_row_where_no_row_begins_is_refused(line: int) -> None:
    with pytest.raises(BadInput, match="has no row beginning at line"):
        read_one('"Name\nand more",IP\n\na,1\nb,2\n', header_row=line)


@pytest.mark.parametrize("delimiter", ["", "x", ",,", '"', "\n"])
def test_only_delimiters_on_offer_can_be_chosen(delimiter: str) -> None:
    with pytest.raises(BadInput, match="delimiter"):
        read_one(as_csv(SERVERS), delimiter=delimiter)
