"""A file damaged anywhere is refused or read, never a crash; every row read is stored or set aside, each once."""

from __future__ import annotations

import io
import itertools
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.errors import BadInput
from tests.unit.ingest.packages import SHEET_XML, repacked, sheet_of
from tests.unit.ingest.reading import FILES, Outcome, as_csv, read_all

TABLE = [
    ["Name", "Note", "Größe", "IP"],
    *([f"srv-{i}", f'say "{i}",\nthen go' if i % 3 else "plain", f"{i},5", f"10.0.0.{i}"] for i in range(40)),
]
TEXTS = [as_csv(TABLE, ";").encode(encoding) for encoding in ("utf-8", "utf-16", "cp1252")]
SHEET = sheet_of([list(row) for row in TABLE])
OLD_WORKBOOK = (FILES / "inventory.xls").read_bytes()

CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["cut", "copy", "put", "flip"]),
        st.floats(0, 1, exclude_max=True),
        st.integers(1, 60),
        st.sampled_from([b'"', b"\n", b"\r", b";", b",", b"\0", b"\xff", b'"";', b"\xc3", bytes(20), b'";"']),
    ),
    min_size=1,
    max_size=8,
)


def mutated(content: bytes, changes: list[tuple[str, float, int, bytes]]) -> bytes:
    """Return `content` with pieces cut out, doubled, put in or overwritten."""
    for kind, place, length, piece in changes:
        at = int(place * len(content))
        before, here, after = content[:at], content[at : at + length], content[at + length :]
        content = {
            "cut": before + after,
            "copy": before + here + here + after,
            "put": before + piece + here + after,
            "flip": before + piece + here[len(piece) :] + after,
        }[kind]
    return content


def read_or_refuse(content: bytes) -> list[Outcome]:
    try:
        return read_all(content)
    except BadInput:
        return []


def assert_every_row_is_accounted_for(outcome: Outcome) -> None:
    places = sorted([*outcome.lines, *(line for line, _ in outcome.set_aside)])
    assert len(places) == outcome.reading.rows_read
    assert all(earlier < later for earlier, later in itertools.pairwise(places))
    assert places[0] > (outcome.header_line or 0)
    assert all(len(row) == len(outcome.headers) for row in outcome.rows)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TEXTS), CHANGES)
def test_a_damaged_text_is_read_or_refused(content: bytes, changes: list[tuple[str, float, int, bytes]]) -> None:
    for outcome in read_or_refuse(mutated(content, changes)):
        assert_every_row_is_accounted_for(outcome)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for outcome in read_or_refuse(content):
        assert_every_row_is_accounted_for(outcome)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([SHEET, OLD_WORKBOOK]), CHANGES)
def test_a_damaged_workbook_is_read_or_refused(content: bytes, changes: list[tuple[str, float, int, bytes]]) -> None:
    for outcome in read_or_refuse(mutated(content, changes)):
        assert_every_row_is_accounted_for(outcome)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([SHEET_XML, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]), CHANGES)
def test_a_workbook_with_a_damaged_part_is_read_or_refused(
    part: str, changes: list[tuple[str, float, int, bytes]]
) -> None:
    with zipfile.ZipFile(io.BytesIO(SHEET)) as package:
        damaged = mutated(package.read(part), changes)
    for outcome in read_or_refuse(repacked(SHEET, {part: damaged})):
        assert_every_row_is_accounted_for(outcome)
