"""Every row is stored or set aside, with the line it stands on; nothing is padded, cut, typed or swallowed."""

from __future__ import annotations

import pytest

from platform_core.errors import BadInput
from platform_core.ingest import quarantine, records
from tests.unit.ingest.reading import as_csv, read_one

HEADER = "Name,IP,OS\n"
QUOTES = "A quote is not closed, or stands inside a quoted cell."


def rows(count: int, first: int = 1) -> str:
    return "".join(f"srv-{i:03},10.0.0.{i},Linux\n" for i in range(first, first + count))


def test_ragged_rows_are_set_aside_with_line_reason_and_text() -> None:
    outcome = read_one(HEADER + rows(3) + "short,10.0.0.9\n" + rows(1, 4) + "long,10.0.0.8,Linux,x,y\n" + rows(1, 5))
    assert [row[0] for row in outcome.rows] == ["srv-001", "srv-002", "srv-003", "srv-004", "srv-005"]
    assert outcome.lines == [2, 3, 4, 6, 8]
    assert outcome.set_aside == [(5, "short,10.0.0.9"), (7, "long,10.0.0.8,Linux,x,y")]
    assert [row.reason for row in outcome.reading.quarantine] == [
        "It has 2 cells, the table has 3 columns.",
        "It has 5 cells, the table has 3 columns.",
    ]
    assert (outcome.reading.rows_read, outcome.reading.rows_stored, outcome.reading.rows_quarantined) == (7, 5, 2)


@pytest.mark.parametrize(
    "broken",
    [
        'srv-x,"10.0.0.9,Linux',
        'srv-x,"10.0.0"9",Linux',
        '"srv-x,10.0.0.9,Linux',
        'srv-x,10.0.0.9,"Linux"!',
        'srv-x,10.0.0.9,"',
        '"""srv-x,10.0.0.9,Linux',
    ],
)
@pytest.mark.parametrize("after", [0, 1, 5, 3_000])
def test_a_stray_quote_costs_its_own_row_only(broken: str, after: int) -> None:
    quoted = 'srv-q,"10.0.0.7, 10.0.0.8",Linux\n' if after else ""
    outcome = read_one(HEADER + rows(4) + broken + "\n" + rows(after, 5) + quoted)
    assert outcome.set_aside == [(6, broken)]
    assert outcome.reading.quarantine[0].reason == QUOTES
    assert len(outcome.rows) == 4 + after + bool(after)
    assert outcome.lines[4:] == list(range(7, 7 + after + bool(after)))


def test_line_breaks_inside_quoted_cells_stay_and_lines_are_physical() -> None:
    text = 'Name,Note\r\na,"one\r\ntwo\nthree"\r\nb,x\r\nc\r\n"d\r\nd",y\r\ne,z\r\n'
    outcome = read_one(text)
    assert outcome.rows == [["a", "one\r\ntwo\nthree"], ["b", "x"], ["d\r\nd", "y"], ["e", "z"]]
    assert outcome.lines == [2, 5, 7, 9]
    assert outcome.set_aside == [(6, "c")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("closed", [True, False])
def test_any_line_end_will_do(end: str, closed: bool) -> None:
    text = as_csv([["Name", "IP"], ["a", "10.0.0.1"], ["b", "10.0.0.2"]], end=end)
    outcome = read_one(text if closed else text.removesuffix(end))
    assert (outcome.headers, outcome.lines) == (["Name", "IP"], [2, 3])
    assert outcome.rows == [["a", "10.0.0.1"], ["b", "10.0.0.2"]]


def test_text_is_never_turned_into_types_or_gaps() -> None:
    table = [["A", "B", "C", "D"], ["007", "NA", "null", ""], ["1.50", "NaN", "#N/A", " x "], ["1e5", "TRUE", "-", "'"]]
    assert read_one(as_csv(table)).rows == table[1:]


def test_blank_lines_are_no_rows_and_only_those_inside_are_mentioned() -> None:
    inside = read_one(HEADER + rows(2) + "\n   \n" + rows(1, 3) + "\n\n\n")
    assert (inside.reading.rows_read, inside.lines) == (3, [2, 3, 6])
    assert inside.reading.notes == ("2 blank lines between the rows were left out.",)
    assert read_one(HEADER + rows(2) + "\n\n").reading.notes == ()


def test_a_row_of_empty_cells_is_a_row() -> None:
    assert read_one(HEADER + rows(2) + ",,\n" + rows(1, 3)).rows[2] == ["", "", ""]


def test_nul_characters_are_taken_out_and_said() -> None:
    outcome = read_one(HEADER + "srv\0-001,10.0.0.1,Linux\0\0\n" + rows(2, 2))
    assert outcome.rows[0] == ["srv-001", "10.0.0.1", "Linux"]
    assert outcome.reading.notes == ("NUL characters were taken out of 1 line.",)


def test_a_file_torn_off_in_a_cell_keeps_all_rows_before() -> None:
    outcome = read_one(HEADER + rows(50) + 'srv-x,"10.0')
    assert (len(outcome.rows), outcome.set_aside) == (50, [(52, 'srv-x,"10.0')])


def test_half_of_the_rows_may_be_bad_but_not_more() -> None:
    half = HEADER + rows(1) + "bad\n" + rows(1, 2) + "bad\n"
    assert read_one(half, header_row=1).reading.rows_quarantined == 2
    with pytest.raises(BadInput, match=r"3 of its first 5 rows are bad, most often so: It has 1 cell, the table has 3"):
        read_one(HEADER + rows(1) + "bad\n1\n2\n" + rows(1, 2), header_row=1, delimiter=",")


def test_the_quarantine_keeps_the_first_rows_and_counts_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_KEPT", 3)
    outcome = read_one(HEADER + rows(20) + "bad\n" * 5)
    assert (outcome.reading.rows_quarantined, len(outcome.set_aside)) == (5, 3)
    assert "5 rows were set aside; the text of 3 of them was kept." in outcome.reading.notes


def test_the_text_kept_in_the_quarantine_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_TEXT", 100)
    outcome = read_one(HEADER + rows(20) + ("x" * 60 + "\n") * 3 + "y\n")
    assert outcome.reading.rows_quarantined == 4
    assert [line for line, _ in outcome.set_aside] == [22, 25]


def test_a_cell_may_span_a_thousand_lines_and_no_more() -> None:
    note = "\n" * (records.MOST_LINES - 1)
    assert read_one(HEADER + rows(3) + f'a,"{note}",c\n' + rows(1)).rows[3][1] == note
    longer = read_one(HEADER + rows(3) + f'a,"{note}\n",c\n' + rows(1))
    assert longer.set_aside[0] == (5, 'a,"')
    assert longer.rows[3][0] == "srv-001"


def test_quotes_that_would_cost_the_square_of_the_file_in_time_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_REREAD", 20_000)
    with pytest.raises(BadInput, match="quotes so broken"):
        read_one(HEADER + rows(200) + 'p",q,"r\n' * 3_000, delimiter=",", header_row=1)
