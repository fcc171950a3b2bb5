"""The risk register: who looks after a risk, how far it is, and what was learned from finished work."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from platform_core.domain.base import Frozen


class RegisterStatus(StrEnum):
    """How far a risk is dealt with."""

    OPEN = "open"
    MITIGATING = "mitigating"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class RegisterEntry(Frozen):
    """What was decided about the risk of one application; `chosen` names the mitigations that lower it."""

    subject_key: str
    owner: str = ""
    status: RegisterStatus = RegisterStatus.OPEN
    chosen: tuple[str, ...] = ()
    note: str = ""
    due: date | None = None


class Actual(Frozen):
    """A finished piece of work (a wave or an application): the effort points estimated and the days it took."""

    name: str
    points: float
    days: float


class EffortCalibration(Frozen):
    """Days that one effort point took in `count` finished pieces of work, with a 90 % interval."""

    count: int
    days_per_point: float
    low: float
    high: float
