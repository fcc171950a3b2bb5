"""Conditions on the value of a fact, as rule files state them: a way of reading, a test and its bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from platform_core.domain.answers import Level, as_level, as_number, as_span, as_texts, as_yes_no
from platform_core.errors import BadInput

_NEVER_SEEN: Any = object()
_REMEMBERED = 1_000
"""Values that a condition remembers at most; then it begins anew."""


class Reading(StrEnum):
    """How the value of a key is to be read."""

    YES_NO = "yes_no"
    NUMBER = "number"
    SHARE = "share"  # 0..1; larger numbers are percentages
    DAYS = "days"
    MONTHS = "months"
    LEVEL = "level"
    TEXT = "text"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on a value; `low` and `high` are its bounds (equal when it has one), `words` what a text must be."""

    reading: Reading
    test: str
    low: float = 0.0
    high: float = 0.0
    words: frozenset[str] = frozenset()
    memory: dict[tuple[type, JsonValue], Any] = field(default_factory=dict, compare=False, repr=False)
    """Plain values tested before: portfolios repeat them. Types are told apart: true is no number, 1 is one."""

    @property
    def bounds(self) -> tuple[float, ...]:
        """The numbers the value is compared with: none, one, or two that it must lie between."""
        if self.test not in _COMPARED:
            return ()
        return (self.low, self.high) if self.test in _BETWEEN else (self.low,)

    def holds(self, value: JsonValue) -> bool | None:
        """Tell whether `value` passes; None when it cannot be read as the test needs it."""
        if isinstance(value, list | dict):
            return _passes(self, value)
        memory, known = self.memory, (type(value), value)
        passes: bool | None = memory.get(known, _NEVER_SEEN)
        if passes is _NEVER_SEEN:
            if len(memory) >= _REMEMBERED:
                memory.clear()
            passes = memory[known] = _passes(self, value)
        return passes


def _passes(condition: Condition, value: JsonValue) -> bool | None:
    if condition.test == "is":
        texts = as_texts(value)
        return any(text.lower() in condition.words for text in texts) if texts else None
    number = _as_tested(value, condition.reading, condition.test)
    return None if number is None else _TESTS[condition.test](number, condition)


_TESTS: dict[str, Callable[[float, Condition], bool]] = {
    "yes": lambda number, _: number == 1,
    "true": lambda number, _: number == 1,
    "no": lambda number, _: number == 0,
    "present": lambda number, _: number == 1,
    "at_least": lambda number, c: number >= c.low,
    "at_most": lambda number, c: number <= c.low,
    "above": lambda number, c: number > c.low,
    "between": lambda number, c: c.low <= number <= c.high,
    "level_at_least": lambda number, c: number >= c.low,
    "level_at_most": lambda number, c: number <= c.low,
    "level_between": lambda number, c: c.low <= number <= c.high,
}
_BETWEEN = frozenset({"between", "level_between"})
_COMPARED = _BETWEEN | {"at_least", "at_most", "above", "level_at_least", "level_at_most"}
_ANSWERED = frozenset({"yes", "no", "present"})


def condition_of(reading: Reading, test: str, argument: str) -> Condition:
    """Build a condition from the cells of a rule file; raises BadInput for an unknown test or an odd bound.

    Tests: yes, no, present; true (a plain yes only); at_least, at_most, above, between; the same with levels;
    is (the text is one of the words given).
    """
    if test == "is":
        return Condition(reading, test, words=frozenset(argument.lower().split("|")))
    if test not in _TESTS:
        raise BadInput(f"There is no test named '{test}'.")
    bounds = [_bound(word) for word in argument.split()] or [0.0]
    return Condition(reading, test, bounds[0], bounds[-1])


def _bound(word: str) -> float:
    try:
        return float(Level[word.upper()]) if word.upper() in Level.__members__ else float(word)
    except ValueError as error:
        raise BadInput(f"'{word}' is neither a number nor a level.") from error


def _as_tested(value: JsonValue, reading: Reading, test: str) -> float | None:
    if test == "true":
        return 1.0 if _is_plain_yes(value) else None
    if test in _ANSWERED:
        answer = as_yes_no(value)
        return None if answer is None else float(answer)
    if test.startswith("level"):
        level = as_level(value)
        return None if level is None else float(level)
    return _number(value, reading)


def _is_plain_yes(value: JsonValue) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in {"yes", "y", "true"})


def _number(value: JsonValue, reading: Reading) -> float | None:
    if reading is Reading.MONTHS:
        return as_span(value, "month")
    if reading is Reading.DAYS:
        return as_span(value, "day")
    number = as_number(value)
    if reading is Reading.SHARE and number is not None and number > 1:
        return number / 100
    return number
