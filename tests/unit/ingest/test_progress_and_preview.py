"""Long reading can be watched and stopped, and a first look agrees with the reading."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyarrow.parquet import ParquetFile

from platform_core.domain.reading import ReadChoices
from platform_core.errors import Cancelled
from platform_core.ingest import blocks, preview, read, storing
from tests.unit.ingest.packages import sheet_of, workbook, write_rows
from tests.unit.ingest.reading import as_csv

TABLE = [["Name", "IP", "CPUs"], *([f"srv-{i}", f"10.0.{i // 250}.{i % 250}", str(i % 64)] for i in range(4_000))]


@pytest.fixture(params=["text", "workbook"])
def upload(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "original"
    path.write_bytes(as_csv(TABLE).encode() if request.param == "text" else sheet_of([list(row) for row in TABLE]))
    return path


@pytest.fixture
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "CELLS_AT_ONCE", 300)
    monkeypatch.setattr(blocks, "STRETCH", 1_000)


@pytest.mark.usefixtures("_small_batches")
def test_progress_rises_to_one_and_counts_rows(upload: Path, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    (reading,) = read(upload, name="x", into=tmp_path / "into", progress=lambda share, text: told.append((share, text)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert len(shares) > 30
    assert 0 <= shares[0] < shares[-1] == 1.0
    assert told[-1][1] == "4,000 rows read"
    assert reading.table.row_count == 4_000


@pytest.mark.usefixtures("_small_batches")
@pytest.mark.parametrize("when", [0.0, 0.5, 0.9, 1.0])
def test_a_stopped_reading_leaves_nothing_behind(upload: Path, tmp_path: Path, when: float) -> None:
    def stop(share: float, text: str) -> None:
        if share >= when:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        read(upload, name="x", into=tmp_path / "into", progress=stop)
    assert list((tmp_path / "into").iterdir()) == []


@pytest.mark.usefixtures("_small_batches")
def test_rows_keep_their_order_across_batches(upload: Path, tmp_path: Path) -> None:
    (reading,) = read(upload, name="x", into=tmp_path / "into")
    lines = [line for batch in reading.table.batches() for line in batch.lines]
    assert lines == list(range(2, 4_002))
    assert reading.table.head(2) == [(2, TABLE[1]), (3, TABLE[2])]


def test_reading_again_replaces_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "original"
    for cell in ("first", "second"):
        path.write_text(f"Name,IP\n{cell},10.0.0.1\n")
        (reading,) = read(path, name="x", into=tmp_path / "into")
    assert reading.table.head() == [(2, ["second", "10.0.0.1"])]
    assert len(list((tmp_path / "into").iterdir())) == 1


def test_the_original_is_never_touched(upload: Path, tmp_path: Path) -> None:
    before = upload.read_bytes()
    read(upload, name="../../original", into=tmp_path / "into")
    assert upload.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["into", "original"]


def test_a_preview_agrees_with_the_reading(upload: Path, tmp_path: Path) -> None:
    (first,) = preview(upload, name="x", rows=3)
    (reading,) = read(upload, name="x", into=tmp_path / "into")
    assert (first.dialect, first.headers, first.sheet) == (reading.dialect, reading.table.headers, reading.sheet)
    assert [(line, list(cells)) for line, cells in first.rows] == reading.table.head(3)


def test_a_preview_shows_what_stands_above_the_header_and_rows_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_text("Servers of Rome\n\nName,IP\na,10.0.0.1\nbad\nb,10.0.0.2\n")
    (first,) = preview(path, name="x")
    assert first.above == ((1, ("Servers of Rome",)),)
    assert first.rows == ((4, ("a", "10.0.0.1")), (5, ("bad",)), (6, ("b", "10.0.0.2")))
    (again,) = preview(path, name="x", choices=ReadChoices(header_row=4))
    assert again.headers == ("a", "10.0.0.1")
    assert [line for line, _ in again.above] == [1, 3]


def test_a_preview_of_a_workbook_shows_each_table(tmp_path: Path) -> None:
    def fill(book: object) -> None:
        write_rows(book, "One", [["Name", "IP"], ["a", "10.0.0.1"]])  # type: ignore[arg-type]
        write_rows(book, "Two", [["Host", "Cores"], ["b", 8]])  # type: ignore[arg-type]

    path = tmp_path / "original"
    path.write_bytes(workbook(fill))
    assert [(table.sheet, table.rows) for table in preview(path, name="x")] == [
        ("One", ((2, ("a", "10.0.0.1")),)),
        ("Two", ((2, ("b", "8")),)),
    ]


@pytest.mark.usefixtures("_small_batches")
def test_rows_are_stored_in_few_groups_of_many_pages(
    upload: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "ROWS_IN_A_GROUP", 1_500)
    (reading,) = read(upload, name="x", into=tmp_path / "into")
    with ParquetFile(reading.table.source) as file:
        groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
        told = file.read()
    assert [group.num_rows >= 1_500 for group in groups] == [True, True, False]
    assert all(group.column(1).has_offset_index for group in groups)
    assert [*zip(*(told.column(f"c{place}").to_pylist() for place in range(3)), strict=True)] == [
        *map(tuple, TABLE[1:])
    ]
