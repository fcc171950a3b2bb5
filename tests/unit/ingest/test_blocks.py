"""Stretches cut into columns at once say exactly what the strict scan says record by record."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from platform_core.ingest import blocks
from platform_core.ingest.blocks import Block, records_and_blocks
from platform_core.ingest.encoding import UNDECODABLE
from platform_core.ingest.records import PhysicalLines, records
from tests.unit.ingest.reading import as_csv
from tests.unit.ingest.test_mutations import CHANGES, TEXTS, mutated

WIDTH = 3
CELLS = st.one_of(
    st.text(alphabet="ab\",;\n\r\t \x1c\x85\u2028\ufeffé\0'|=" + UNDECODABLE, max_size=8),
    st.sampled_from(["", "NA", "null", "x" * 40]),
)
TABLES = st.lists(st.lists(CELLS, min_size=WIDTH - 1, max_size=WIDTH + 1), max_size=12)

Said = tuple[int, list[str], str | None]


def scanned(text: str, delimiter: str) -> list[Said]:
    found = records(PhysicalLines(io.StringIO(text, newline=""), "x"), delimiter)
    return [(record.line, record.cells, record.fault) for record in found]


def cut(text: str, delimiter: str, width: int, longest: int = 1_000) -> Iterator[Said]:
    lines = PhysicalLines(io.StringIO(text, newline=""), "x")
    for each in records_and_blocks(lines, delimiter, width, longest):
        if isinstance(each, Block):
            columns = [column.to_pylist() for column in each.columns.columns]
            yield from ((line, list(cells), None) for line, *cells in zip(each.lines, *columns, strict=True))
        else:
            yield each.line, each.cells, each.fault


@pytest.fixture(autouse=True, params=[16, 200], ids=["small stretches", "larger stretches"])
def _stretches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "STRETCH", request.param)


@settings(max_examples=500, deadline=None)
@given(TABLES, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_tables_as_tools_write_them(table: list[list[str]], delimiter: str, end: str) -> None:
    text = as_csv(table, delimiter).replace("\r\n", end)
    assert list(cut(text, delimiter, WIDTH)) == scanned(text, delimiter)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet='ab",\n\r \ufeff', max_size=120))
@example('a,b\n"a","b"x\na,b\n')
@example('a,b"c\na,"b"\n')
@example('a,"b\nc"\na,b')
@example("a,b\n\na,b\n")
@example("a,b\ra,b\n")
@example("a,b\r\n\ufeffa,b\r\n")
def test_any_text(text: str) -> None:
    assert list(cut(text, ",", 2)) == scanned(text, ",")


@settings(max_examples=300, deadline=None)
@given(CHANGES)
def test_damaged_exports(changes: list[tuple[str, float, int, bytes]]) -> None:
    text = mutated(TEXTS[0], changes).decode("utf-8", errors="replace")
    assert list(cut(text, ";", 4)) == scanned(text, ";")


def test_sound_text_comes_in_blocks_and_only_the_stretch_with_a_bad_row_does_not() -> None:
    text = "".join(f"{i},b,c\n" for i in range(500)) + "bad\n" + "".join(f"{i},b,c\n" for i in range(500))
    found = list(records_and_blocks(PhysicalLines(io.StringIO(text, newline=""), "x"), ",", WIDTH, 100))
    assert sum(len(each.lines) for each in found if isinstance(each, Block)) > 900


def test_a_cell_beyond_the_limit_is_left_to_the_scan() -> None:
    text = "a,b,c\na," + "é" * 200 + ",c\n"
    found = list(records_and_blocks(PhysicalLines(io.StringIO(text, newline=""), "x"), ",", WIDTH, 100))
    assert not any(isinstance(each, Block) and 2 in each.lines for each in found)
    assert list(cut(text, ",", WIDTH, 100)) == scanned(text, ",")
