"""How long a product is supported by its maker."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from platform_core.domain.base import Frozen

Milestone = date | bool | None
"""The last day of a phase of support: a date; True = over, day not published; False = not over and no day
published when the snapshot was taken; None = nothing known."""


class SupportStatus(StrEnum):
    """Which phase of support a product is in on a given day."""

    ACTIVE = "active"
    MAINTENANCE = "maintenance"  # active (mainstream) support is over, security fixes go on
    EXTENDED = "extended"  # fixes only for those who pay for extended support
    ENDED = "ended"
    UNKNOWN = "unknown"

    @property
    def is_out_of_support(self) -> bool:
        """Whether regular support is over."""
        return self in {SupportStatus.EXTENDED, SupportStatus.ENDED}


class SupportPhases(Frozen):
    """The first days of the later phases of support, None = never as far as known; `is_known` = so is the first phase.

    On a day of several phases the last of them counts: ended, extended, maintenance.
    """

    maintenance: date | None = None
    extended: date | None = None
    ended: date | None = None
    is_known: bool = False


class Support(Frozen):
    """The support dates of a product as recognised in a text.

    `version` is what the text says ("2014"), `cycle` the release cycle of the source it stands for ("12.0-sp3").
    When the text fits several cycles `exact` is False, `cycle` is None and the dates are those of the last of
    them: the latest that is possible. `category` is os, database,
    server-app, framework or lang. `as_of` is the day the source was read, `source` names it.
    """

    product: str
    title: str
    category: str
    version: str | None
    cycle: str | None
    exact: bool
    active_end: Milestone
    end: Milestone
    extended_end: Milestone
    as_of: date
    source: str

    @property
    def has_dates(self) -> bool:
        """Whether anything is known about the end of regular support."""
        return self.end is not None

    def status(self, on: date) -> SupportStatus:
        """Return the phase of support on the day `on`; the last day of a phase still belongs to it.

        Inexact dates are upper bounds: they can prove that support is over, not that it goes on.
        """
        if self.end is None:
            return SupportStatus.UNKNOWN
        if _is_over(self.end, on):
            paid = self.extended_end is False or (isinstance(self.extended_end, date) and on <= self.extended_end)
            return SupportStatus.EXTENDED if paid else SupportStatus.ENDED
        if not self.exact:
            return SupportStatus.UNKNOWN
        return SupportStatus.MAINTENANCE if _is_over(self.active_end, on) else SupportStatus.ACTIVE

    def phases(self) -> SupportPhases:
        """Return the days from which `status` gives each phase; an unknown day in the past is `date.min`."""
        over = _over_from(self.end)
        if self.end is None:
            return SupportPhases()
        maintenance = _over_from(self.active_end) if self.exact else None
        if self.extended_end is False:
            return SupportPhases(maintenance=maintenance, extended=over, is_known=self.exact)
        paid_until = _over_from(self.extended_end) if isinstance(self.extended_end, date) else None
        ended = max(over, paid_until) if over and paid_until else over
        extended = over if ended != over else None
        return SupportPhases(maintenance=maintenance, extended=extended, ended=ended, is_known=self.exact)

    def months_left(self, on: date) -> float | None:
        """Return months from `on` to the end of regular support (negative = past), None without an exact date."""
        if not self.exact or not isinstance(self.end, date):
            return None
        return (self.end - on).days / _DAYS_PER_MONTH


_DAYS_PER_MONTH = 30.44


def _over_from(milestone: Milestone) -> date | None:
    """Return the first day after a milestone; None = it does not end, or nothing is known."""
    if isinstance(milestone, date):
        return milestone + timedelta(days=1)
    return date.min if milestone is True else None


def _is_over(milestone: Milestone, on: date) -> bool:
    if isinstance(milestone, date):
        return on > milestone
    return milestone is True
