"""Phases of support on a given day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.lifecycle import Milestone, Support, SupportStatus
from platform_core.lifecycle import load_products, support_of
from platform_core.reference import DATA

PRODUCTS = load_products(DATA)


def support(active_end: Milestone, end: Milestone, extended_end: Milestone, *, exact: bool = True) -> Support:
    return Support(
        product="p",
        title="P",
        category="os",
        version="1",
        cycle="1" if exact else None,
        exact=exact,
        active_end=active_end,
        end=end,
        extended_end=extended_end,
        as_of=date(2026, 8, 22),
        source="test",
    )


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2018, 10, 9), SupportStatus.ACTIVE),
        (date(2018, 10, 10), SupportStatus.MAINTENANCE),
        (date(2023, 10, 10), SupportStatus.MAINTENANCE),
        (date(2023, 10, 11), SupportStatus.EXTENDED),
        (date(2026, 10, 14), SupportStatus.ENDED),
    ],
)
def test_windows_server_2012_r2_passes_through_all_phases(day: date, status: SupportStatus) -> None:
    found = support_of("Windows Server 2012 R2", PRODUCTS)
    assert found is not None
    assert found.status(day) is status


def test_ended_without_a_published_day_is_ended() -> None:
    assert support(None, True, None).status(date(2026, 9, 1)) is SupportStatus.ENDED


def test_not_ended_without_a_published_day_is_active() -> None:
    assert support(None, False, None).status(date(2026, 9, 1)) is SupportStatus.ACTIVE


def test_without_any_end_the_status_is_unknown() -> None:
    assert support(None, None, None).status(date(2026, 9, 1)) is SupportStatus.UNKNOWN


def test_inexact_dates_prove_an_end_but_not_that_support_goes_on() -> None:
    inexact = support(None, date(2024, 7, 9), None, exact=False)
    assert inexact.status(date(2024, 7, 10)) is SupportStatus.ENDED
    assert inexact.status(date(2024, 7, 9)) is SupportStatus.UNKNOWN
    assert inexact.months_left(date(2024, 1, 1)) is None


def test_months_left_are_negative_after_the_end() -> None:
    exact = support(None, date(2026, 1, 1), None)
    left = exact.months_left(date(2026, 7, 1))
    assert left is not None
    assert left == pytest.approx(-5.95, abs=0.01)


@given(st.dates(date(1995, 1, 1), date(2045, 1, 1)), st.integers(0, 4000))
def test_support_never_comes_back(day: date, later: int) -> None:
    order = list(SupportStatus)
    found = support(date(2018, 1, 1), date(2022, 1, 1), date(2025, 1, 1))
    assert order.index(found.status(day)) <= order.index(found.status(day + timedelta(days=later)))


def test_a_snapshot_grows_stale_after_half_a_year() -> None:
    assert not PRODUCTS.is_stale(PRODUCTS.as_of + timedelta(days=180))
    assert PRODUCTS.is_stale(PRODUCTS.as_of + timedelta(days=181))


MILESTONES = st.none() | st.booleans() | st.dates(date(2020, 1, 1), date(2020, 1, 9))


@given(MILESTONES, MILESTONES, MILESTONES, st.booleans(), st.dates(date(2019, 12, 30), date(2020, 1, 12)))
def test_the_first_days_of_the_phases_say_what_the_status_says(
    active: Milestone, end: Milestone, extended: Milestone, exact: bool, day: date
) -> None:
    asked = support(active, end, extended, exact=exact)
    phases = asked.phases()
    begun = (
        (phases.ended, SupportStatus.ENDED),
        (phases.extended, SupportStatus.EXTENDED),
        (phases.maintenance, SupportStatus.MAINTENANCE),
        (date.min if phases.is_known else None, SupportStatus.ACTIVE),
    )
    told = next((status for first, status in begun if first is not None and first <= day), SupportStatus.UNKNOWN)
    assert told is asked.status(day)
