"""Numbers: grouping and decimal signs, units in cells and columns, plausible ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.inventory import IssueKind
from platform_core.domain.mapping import Combine
from tests.unit.inventory.tables import build, findings, mapped, only_asset, read_cells


@pytest.mark.parametrize(
    ("unit", "cell", "gb"),
    [
        ("MiB", "4096", 4.0),
        ("MB", "4096", 4.0),
        ("bytes", "17179869184", 16.0),
        ("KB", "1048576", 1.0),
        ("KiB", "1048576", 1.0),
        ("GB", "16", 16.0),
        ("GiB", "16", 16.0),
        ("TB", "1.5", 1536.0),
        ("TiB", "2", 2048.0),
        (None, "16", 16.0),
        (None, "16 GiB", 16.0),
        ("MiB", "16 GiB", 16.0),
        (None, "1,5 TB", 1536.0),
        (None, "512M", 0.5),
        (None, "8 Go", 8.0),
        (None, "2 x 16 GB", 32.0),
        (None, "500 GB + 1 TB", 1524.0),
        (None, "64 GB (ECC)", 64.0),
    ],
)
def test_sizes_become_gb_of_1024_mb_whatever_their_unit(unit: str | None, cell: str, gb: float) -> None:
    assert read_cells("memory_gb", cell, unit=unit) == [gb]


@pytest.mark.parametrize(
    "cell", ["50 MB/s", "2 x 500", "4 vCPU / 16 GB", "8-16", "GB", "lots", "1 2", "9" * 400, "1e999"]
)
def test_what_is_not_one_size_is_left_empty_and_reported(cell: str) -> None:
    built = build(mapped(["hostname", "memory_gb"], ("web01", cell)))
    assert "memory_gb" not in built.assets[0].values
    assert findings(built) == [(IssueKind.UNREADABLE, "memory_gb", 2, cell)]
    assert built.issues[0].asset_key == "server:web01"


def test_a_unit_nobody_knows_leaves_the_whole_column_empty() -> None:
    built = build(mapped(["hostname", ("memory_gb", "furlong")], ("web01", "16")))
    assert "memory_gb" not in built.assets[0].values
    assert "furlong" in built.issues[0].text


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("3,665", "699.99", "1,014.12"), [3665.0, 699.99, 1014.12]),
        (("3.665", "699,99", "1.014,12"), [3665.0, 699.99, 1014.12]),
        (("3,665", "12"), [3665.0, 12.0]),
        (("1.234", "0.5"), [1.234, 0.5]),
        (("1'200.-", "EUR 2 500,50"), [1200.0, 2500.5]),
        (("$12.58", "€ 3,000", "1.2k"), [12.58, 3000.0, 1200.0]),
        (("12,34,567", "1,000"), [1234567.0, 1000.0]),
    ],
)
def test_the_column_settles_what_its_signs_mean(cells: tuple[str, ...], values: list[float]) -> None:
    assert read_cells("cost", *cells) == values


def test_one_odd_cell_does_not_turn_grouping_into_decimals() -> None:
    grouped = [f"{n},384" for n in range(1, 41)]
    assert read_cells("cost", "1,5", *grouped) == [1.5, *(n * 1000 + 384.0 for n in range(1, 41))]


def test_a_column_that_writes_numbers_in_two_ways_leaves_open_cases_empty() -> None:
    assert read_cells("cost", "1.5", "1,5", "1,234", "1,234.5") == [1.5, 1.5, None, 1234.5]
    assert read_cells("cost", "1,5", "2,000") == [1.5, None]


def test_words_beside_a_number_do_not_speak_for_the_plain_numbers() -> None:
    assert read_cells("storage_gb", "1,5 TB", "2,000") == [1536.0, 2000.0]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1.200", "4.000"), [1200, 4000]),
        (("4.000", "8.000"), [4, 8]),
        (("3,665", "12"), [3665, 12]),
        (("8.0", "4"), [8, 4]),
        (("8 vCPU", "4 cores"), [8, 4]),
    ],
)
def test_whole_numbers_stay_whole(cells: tuple[str, ...], values: list[int]) -> None:
    read = read_cells("cpu_cores", *cells)
    assert read == values
    assert all(isinstance(value, int) for value in read)


def test_half_a_core_is_no_whole_number() -> None:
    assert read_cells("cpu_cores", "2.5") == [None]


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("4", 4.0),
        ("4h", 4.0),
        ("30 min", 0.5),
        ("2 days", 48.0),
        ("1 Woche", 168.0),
        ("< 4 hours", 4.0),
        ("ca. 8 h", 8.0),
    ],
)
def test_recovery_objectives_become_hours(cell: str, hours: float) -> None:
    assert read_cells("rto_hours", cell) == [hours]


def test_a_share_of_one_becomes_percent_only_when_the_unit_says_so() -> None:
    assert read_cells("cpu_utilization_pct", "0.45", unit="fraction") == [45.0]
    assert read_cells("cpu_utilization_pct", "45 %") == [45.0]


@pytest.mark.parametrize(
    ("field", "cell"), [("cpu_cores", "0"), ("memory_gb", "-4"), ("cpu_utilization_pct", "130"), ("user_count", "-1")]
)
def test_what_a_field_cannot_hold_is_implausible(field: str, cell: str) -> None:
    built = build(mapped(["hostname", field], ("web01", cell)))
    assert field not in built.assets[0].values
    assert findings(built) == [(IssueKind.IMPLAUSIBLE, field, 2, cell)]


def test_several_disk_columns_add_up_and_an_unreadable_one_leaves_the_total_unknown() -> None:
    disks = ("storage_gb", "GB", Combine.SUM)
    built = build(mapped(["hostname", disks, disks], ("a", "100", "50"), ("b", "100", ""), ("c", "100", "lots")))
    assert [asset.values.get("storage_gb") for asset in built.assets] == [150.0, 100.0, None]
    assert findings(built) == [(IssueKind.INCOMPLETE, "storage_gb", 4, "lots")]


@given(
    value=st.integers(0, 10**9).map(lambda n: n / 1000),
    point=st.sampled_from([".", ","]),
)
def test_a_grouped_number_reads_back_whatever_the_signs(value: float, point: str) -> None:
    text = f"{value:,.2f}"
    if point == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    assert read_cells("cost", text) == [float(f"{value:.2f}")]


@given(st.floats(0.05, 60_000))
def test_gb_and_mib_say_the_same(gb: float) -> None:
    in_gb, in_mib = read_cells("memory_gb", f"{gb:.6f}"), read_cells("memory_gb", f"{gb * 1024:.6f}", unit="MiB")
    assert in_gb == [pytest.approx(in_mib[0], abs=2e-6)]


def test_empty_cells_and_fillers_are_not_known_and_no_finding() -> None:
    built = build(
        mapped(["hostname", "memory_gb"], *((f"h{i}", c) for i, c in enumerate(("", " ", "N/A", "-", "#N/A"))))
    )
    assert [asset.values for asset in built.assets] == [{"hostname": f"h{i}"} for i in range(5)]
    assert built.issues == []


def test_zero_storage_is_a_value() -> None:
    assert only_asset(mapped(["hostname", "storage_gb"], ("web01", "0"))).values["storage_gb"] == 0.0
