"""Dates as people and tools write them; the order of day and month is settled by the column, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum

from platform_core.domain.inventory import IssueKind
from platform_core.inventory.cells import LONGEST_VALUE, Read, Unfit

_TIME = (
    r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|[+-]\d{2}:?\d{2}|[A-Z]{2,5})?)?"
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII)
_CJK = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日", re.ASCII)
_COMPACT = re.compile(rf"((?:19|20)\d{{2}})(\d{{2}})(\d{{2}})(?:\d{{4}}|\d{{6}})?{_TIME}", re.ASCII)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}", re.ASCII)
_DAY_NAME_YEAR = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+)?(\d{{1,2}})(?:st|nd|rd|th|\.|º)?[\s/-]*(?:de\s+)?([^\W\d_]+)\.?[\s,/-]*(?:de\s+)?(\d{{4}}|\d{{2}}){_TIME}"
)
_NAME_DAY_YEAR = re.compile(
    rf"(?:[^\W\d_]+\.?,?\s+)?([^\W\d_]+)\.?[\s-]+(\d{{1,2}})(?:st|nd|rd|th)?,?[\s,-]+(\d{{4}}){_TIME}"
)
_UNIX = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?", re.ASCII)
_SHEET_DAY = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)

SHEET_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheet day numbers from March 1900 on (ECMA-376, 1900 date system)."""

CENTURY_PIVOT = 69
"""Years 69 to 99 written with two digits are 19xx, the others 20xx (POSIX strptime)."""


class DayOrder(Enum):
    """Which of two numbers before the year is the day."""

    UNKNOWN = "unknown"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    BOTH = "both"


@dataclass(slots=True)
class DayOrderEvidence:
    """Collects from the cells of a column whether day or month comes first: only numbers above 12 tell."""

    day_first: bool = False
    month_first: bool = False

    def note(self, cell: str) -> None:
        """Take in one cell."""
        match = _YEAR_LAST.fullmatch(cell.strip()) if len(cell) <= LONGEST_VALUE else None
        if match is not None and match[2] != ".":
            self.day_first |= int(match[1]) > 12
            self.month_first |= int(match[3]) > 12

    @property
    def order(self) -> DayOrder:
        """What the cells noted so far agree on."""
        if self.day_first and self.month_first:
            return DayOrder.BOTH
        if self.day_first:
            return DayOrder.DAY_FIRST
        return DayOrder.MONTH_FIRST if self.month_first else DayOrder.UNKNOWN


@dataclass(frozen=True)
class DateFormat:
    """How the dates of one column are read: month names to 1..12, and what comes first where both could."""

    months: Mapping[str, int]
    order: DayOrder = DayOrder.UNKNOWN
    fillers: frozenset[str] = field(default_factory=frozenset)


def read_date(cell: str, form: DateFormat) -> Read:
    """Return the day in `cell` (its time of day is left out), None for a filler date, or why there is none."""
    if len(cell) > LONGEST_VALUE:
        return Unfit(IssueKind.UNREADABLE, "This is not a date with a day")
    try:
        day = _day(cell.strip(), form)
    except (ValueError, OverflowError):
        return Unfit(IssueKind.UNREADABLE, "There is no such day")
    return None if isinstance(day, date) and day.isoformat() in form.fillers else day


def is_open(cell: str) -> bool:
    """Tell whether day and month of `cell` could be either way round ("3/4/2024", but not "3.4.2024")."""
    match = _YEAR_LAST.fullmatch(cell.strip()) if len(cell) <= LONGEST_VALUE else None
    return match is not None and match[2] != "." and match[1] != match[3] and max(int(match[1]), int(match[3])) <= 12


def date_rule(cell: str, form: DateFormat, *, said: bool) -> str:
    """Return in words how `cell`, which holds a day, was read; `said` = an analyst chose the order of the column."""
    text = cell.strip()
    if is_open(text):
        first = "day" if form.order is DayOrder.DAY_FIRST else "month"
        return f"{first} first, {'as chosen for the column' if said else 'as other dates of the column show'}"
    if _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text) or _CJK.fullmatch(text):
        return "year, month, day"
    if match := _YEAR_LAST.fullmatch(text):
        day_first = match[2] == "." or int(match[1]) > 12
        return "day, month, year" if day_first else "month, day, year"
    if _UNIX.fullmatch(text):
        return "seconds or milliseconds since 1970 (UTC)"
    return "day number of a spreadsheet" if _SHEET_DAY.fullmatch(text) else "month by its name"


def _day(cell: str, form: DateFormat) -> date | Unfit:
    if match := _YEAR_FIRST.fullmatch(cell):
        return date(int(match[1]), int(match[3]), int(match[4]))
    if match := _YEAR_LAST.fullmatch(cell):
        return _year_last(int(match[1]), int(match[3]), _year(match[4]), _order(match[2], form.order))
    if match := _CJK.fullmatch(cell) or _COMPACT.fullmatch(cell):
        return date(int(match[1]), int(match[2]), int(match[3]))
    return _named(cell, form.months) or _counted(cell) or Unfit(IssueKind.UNREADABLE, "This is not a date with a day")


def _order(sign: str, order: DayOrder) -> DayOrder:
    """Dates with points are written day first wherever they are used (de, fi, no, pl, ru, tr, …)."""
    return DayOrder.DAY_FIRST if sign == "." else order


def _year_last(first: int, second: int, year: int, order: DayOrder) -> date | Unfit:
    if first == second:
        return date(year, first, second)
    if first <= 12 and second <= 12 and order not in {DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST}:
        return Unfit(IssueKind.UNREADABLE, "Day and month could be either way round and the column does not tell")
    day_first = order is DayOrder.DAY_FIRST if first <= 12 and second <= 12 else first > 12
    return date(year, second, first) if day_first else date(year, first, second)


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return year + (1900 if year >= CENTURY_PIVOT else 2000)


def _named(cell: str, months: Mapping[str, int]) -> date | None:
    if match := _DAY_NAME_YEAR.fullmatch(cell):
        day, name, year = match[1], match[2], match[3]
    elif match := _NAME_DAY_YEAR.fullmatch(cell):
        name, day, year = match[1], match[2], match[3]
    else:
        return None
    month = months.get(name.casefold())
    return date(_year(year), month, int(day)) if month else None


def _counted(cell: str) -> date | None:
    """Read a count of seconds or milliseconds since 1970 (ten or thirteen digits) or a spreadsheet day (five)."""
    if match := _UNIX.fullmatch(cell):
        return datetime.fromtimestamp(int(match[1]), UTC).date()
    if match := _SHEET_DAY.fullmatch(cell):
        return SHEET_EPOCH + timedelta(days=int(match[1]))
    return None
