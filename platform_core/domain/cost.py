"""Cost by a rate card that the user supplies: prices with a range and a date, never made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from platform_core.domain.base import Frozen


class CostPhase(StrEnum):
    """What is paid for: running it a year today, running it a year afterwards, or moving it once."""

    TODAY = "today"
    AFTER = "after"
    MIGRATION = "migration"


class Rate(Frozen):
    """The price of one unit of an item, as low, likely and high, with where it comes from."""

    item: str
    low: float
    base: float
    high: float
    source: str


class RateCard(Frozen):
    """Prices in one currency as of one day."""

    name: str
    currency: str
    as_of: date
    rates: Mapping[str, Rate]


class RateProblem(Frozen):
    """A line of a rate card that was not taken, and why."""

    line: int
    text: str


class CostLine(Frozen):
    """One product of a quantity and rates; `quantity` is per year for run costs, once for the migration."""

    phase: CostPhase
    items: tuple[str, ...]
    quantity: float
    text: str
    source: str


class ApplicationCost(Frozen):
    """What an application costs: its lines, and the quantities or rates that are missing (so it is a lower bound)."""

    lines: tuple[CostLine, ...]
    unknown: tuple[str, ...]


class CostRange(Frozen):
    """The middle nine tenths of what may come out, and the middle, in the currency of the rate card."""

    low: float
    middle: float
    high: float


class SpanCost(Frozen):
    """What applications cost from `first` to `last`, their moves included, as a range in `currency`.

    `complete` of `applications` are those of which nothing is unknown; where it is not all, the range is too low.
    """

    total: CostRange
    currency: str
    first: date
    last: date
    applications: int
    complete: int


class CostForecast(Frozen):
    """Ranges for one or many applications. `after` and `today` are per year, `migration` once.

    `complete` counts the applications of which nothing is unknown; `saving` is today minus after of those alone, drawn
    together, and None when there are none: what is missing on one side would look like a saving.
    """

    currency: str
    as_of: date
    today: CostRange
    after: CostRange
    migration: CostRange
    saving: CostRange | None
    applications: int
    complete: int
