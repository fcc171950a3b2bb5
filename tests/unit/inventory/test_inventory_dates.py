"""Dates: formats, the order of day and month, filler dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.inventory import IssueKind
from tests.unit.inventory.tables import build, findings, mapped, read_cells


@pytest.mark.parametrize(
    "cell",
    [
        "2024-05-13",
        "2024/05/13",
        "20240513",
        "2024-05-13 01:00:00",
        "2024-05-13T01:00:00.123+02:00",
        "2024-05-13T01:00:00Z",
        "13.05.2024",
        "13/5/24",
        "5/13/2024",
        "5/13/2024 3:00 PM",
        "13 May 2024",
        "13-MAY-24",
        "May 13, 2024",
        "Mon, 13 May 2024",
        "13. Mai 2024",
        "13 de mayo de 2024",
        "2024年5月13日",
        "45425",
        "1715558400",
        "1715558400000",
    ],
)
def test_a_day_is_read_however_it_is_written(cell: str) -> None:
    assert read_cells("install_date", cell) == [date(2024, 5, 13)]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (("3/4/2024", "13/4/2024"), [date(2024, 4, 3), date(2024, 4, 13)]),
        (("3/4/2024", "4/13/2024"), [date(2024, 3, 4), date(2024, 4, 13)]),
        (("3/4/2024", "4/13/2024", "13/4/2024"), [None, date(2024, 4, 13), date(2024, 4, 13)]),
        (("3/4/2024", "5/5/2024"), [None, date(2024, 5, 5)]),
        (("03.04.2024",), [date(2024, 4, 3)]),
    ],
)
def test_the_column_settles_what_comes_first_or_the_cell_stays_open(
    cells: tuple[str, ...], days: list[date | None]
) -> None:
    assert read_cells("install_date", *cells) == days


def test_an_analyst_can_say_what_comes_first() -> None:
    assert read_cells("install_date", "3/4/2024", day_first=True) == [date(2024, 4, 3)]
    assert read_cells("install_date", "3/4/2024", day_first=False) == [date(2024, 3, 4)]


@pytest.mark.parametrize("cell", ["2024-02-30", "31/02/2019", "Q4 2025", "May 2024", "soon", "31.12.2021,30.04.2021"])
def test_what_is_no_single_day_is_reported(cell: str) -> None:
    built = build(mapped(["hostname", "retirement_date"], ("web01", cell)))
    assert findings(built) == [(IssueKind.UNREADABLE, "retirement_date", 2, cell)]


@pytest.mark.parametrize("cell", ["0000-00-00", "1900-01-01", "01.01.1900", "31/12/9999", "never", "0"])
def test_filler_dates_mean_not_known(cell: str) -> None:
    built = build(mapped(["hostname", "warranty_expiry"], ("web01", cell)))
    assert built.assets[0].values == {"hostname": "web01"}
    assert built.issues == []


def test_a_year_outside_computing_is_implausible() -> None:
    built = build(mapped(["hostname", "install_date"], ("web01", "1066-10-14")))
    assert findings(built) == [(IssueKind.IMPLAUSIBLE, "install_date", 2, "1066-10-14")]


@given(
    st.dates(date(1981, 1, 1), date(2098, 12, 30)),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%Y%m%d", "%b %d, %Y", "%Y-%m-%d %H:%M:%S"]),
)
def test_a_day_reads_back_in_every_unambiguous_format(day: date, form: str) -> None:
    assert read_cells("install_date", day.strftime(form)) == [day]


@given(
    st.lists(st.dates(date(1981, 1, 1), date(2068, 12, 31)), min_size=1, max_size=8),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%y"]),
)
def test_a_slashed_day_is_never_read_wrongly(days: list[date], form: str) -> None:
    cells = [day.strftime(form) for day in days]
    assert all(read in {None, day} for read, day in zip(read_cells("install_date", *cells), days, strict=True))
