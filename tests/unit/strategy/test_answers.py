"""How open-ended answers are read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.answers import Level, as_date, as_level, as_number, as_span, as_texts, as_yes_no, shown

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (True, True),
        ("yes, since 2019", True),
        ("USB dongle", True),
        (1, True),
        ("No", False),
        ("none", False),
        ("never", False),
        (0, False),
        ("unknown", None),
        ("n/a", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        ([], None),
        (["x"], True),
        ("nobody", False),
        ("Norway", True),
    ],
)
def test_yes_and_no(value: Any, answer: bool | None) -> None:
    assert as_yes_no(value) is answer


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        ("12 servers", 12.0),
        ("$5,000,000", 5000000.0),
        ("5 million", 5000000.0),
        ("30 %", 0.3),
        ("six", 6.0),
        ("-2", -2.0),
        ("v2", None),
        (True, None),
        (None, None),
        ("many", None),
        (float("inf"), None),
        ("9" * 400, None),
    ],
)
def test_numbers(value: Any, number: float | None) -> None:
    assert as_number(value) == number


@pytest.mark.parametrize(
    ("value", "unit", "span"),
    [
        (6, "month", 6.0),
        ("6", "month", 6.0),
        ("2 years", "month", 24.0),
        ("3 months", "day", 91.3),
        ("two weeks", "day", 14.0),
    ],
)
def test_spans_of_time(value: Any, unit: str, span: float) -> None:
    assert as_span(value, unit) == pytest.approx(span, abs=0.1)


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("High", Level.HIGH),
        ("very high", Level.VERY_HIGH),
        ("mission critical", Level.VERY_HIGH),
        ("small", Level.LOW),
        ("medium", Level.MEDIUM),
        ("none", Level.NONE),
        (True, Level.HIGH),
        (False, Level.NONE),
        (250000, Level.HIGH),
        ("Tier 1", Level.VERY_HIGH),
        ("Tier 3", Level.MEDIUM),
        ("purple", None),
        ("unknown", None),
        (None, None),
    ],
)
def test_levels(value: Any, level: Level | None) -> None:
    assert as_level(value) is level


def test_dates() -> None:
    assert as_date("planned for 2027-01-31") == date(2027, 1, 31)
    assert as_date("2027-13-01") is None
    assert as_date("soon") is None


@given(JSON, st.sampled_from(["day", "month", "year"]))
def test_nothing_raises(value: Any, unit: str) -> None:
    as_yes_no(value)
    as_span(value, unit)
    as_level(value)
    as_date(value)
    assert len(as_texts(value)) <= 50
    assert len(shown(value)) <= 120
