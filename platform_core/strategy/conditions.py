"""Whether the value of one fact passes a test; what cannot be read passes none."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue

from platform_core.domain.answers import as_level, as_number, as_span, as_yes_no
from platform_core.strategy.policy import Reading, Threshold

TESTS: dict[str, Callable[[float, Threshold], bool]] = {
    "yes": lambda number, _: number == 1,
    "true": lambda number, _: number == 1,
    "no": lambda number, _: number == 0,
    "present": lambda number, _: number == 1,
    "at_least": lambda number, t: number >= t.low,
    "at_most": lambda number, t: number <= t.low,
    "above": lambda number, t: number > t.low,
    "between": lambda number, t: t.low <= number <= t.high,
    "level_at_least": lambda number, t: number >= t.low,
    "level_at_most": lambda number, t: number <= t.low,
    "level_between": lambda number, t: t.low <= number <= t.high,
}
"""Tests by name; each gets the value as a number (yes = 1, no = 0, a level = 0..4)."""

_AFFIRMED = {"yes", "present", "no"}


def passes(value: JsonValue, reading: Reading, threshold: Threshold) -> bool:
    """Tell whether `value`, read as `reading` says, passes the test of `threshold`."""
    number = _as_tested(value, reading, threshold.test)
    return number is not None and TESTS[threshold.test](number, threshold)


def _as_tested(value: JsonValue, reading: Reading, test: str) -> float | None:
    if test == "true":
        return (
            1.0 if value is True or (isinstance(value, str) and value.strip().lower() in {"yes", "y", "true"}) else None
        )
    if test in _AFFIRMED:
        answer = as_yes_no(value)
        return None if answer is None else float(answer)
    if test.startswith("level"):
        level = as_level(value)
        return None if level is None else float(level)
    return _number(value, reading)


def _number(value: JsonValue, reading: Reading) -> float | None:
    if reading is Reading.MONTHS:
        return as_span(value, "month")
    if reading is Reading.DAYS:
        return as_span(value, "day")
    number = as_number(value)
    if reading is Reading.SHARE and number is not None and number > 1:
        return number / 100
    return number
