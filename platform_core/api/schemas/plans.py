"""Wave plans on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from platform_core.api.schemas.building_blocks import ONLY_NUMBERS, Asked, Name, Number, Schema, YesOrNo


def _day(value: object) -> object:
    if not isinstance(value, str) or len(value) != len("2027-01-04"):
        raise ValueError("Input should be a date such as 2027-01-04")
    return value


def _document(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Document = Annotated[dict[str, Any], BeforeValidator(_document)]


class PlanListed(Schema):
    """A scenario in a list."""

    id: int
    name: str


class MetricsOut(Schema):
    """How good a plan is: shares of dependency weight (0..1) that cross waves, rules broken, effort points."""

    cut_share: float
    first_fit_cut_share: float | None
    lower_bound_share: float | None
    violations: int
    effort_per_wave: list[float]
    critical_per_wave: list[int]


class ConflictOut(Schema):
    """Rules that cannot all hold, one sentence each."""

    rules: list[str]
    proven_minimal: bool
    reason: str


class BrokenOut(Schema):
    """A rule that the plan breaks."""

    kind: str
    text: str
    wave: int | None


class WaveOut(Schema):
    """One wave: its days, what it moves, load and capacity in effort points, risk 0..1."""

    number: int
    starts_on: date
    ends_on: date
    assets: int
    applications: int
    critical: int
    load: float
    capacity: float | None
    risk: float | None
    done: int


class PlanOut(Schema):
    """A scenario. `stale` = inventory or strategies changed since; without waves, `conflicts` says why."""

    id: int
    name: str
    rules: Document
    seed: int
    starts_on: date
    weeks_per_wave: int
    metrics: MetricsOut | None
    violations: list[BrokenOut]
    conflicts: list[ConflictOut]
    left_out: dict[str, str]
    waves: list[WaveOut]
    stale: bool
    changed_at: datetime
    version: int


class PlanWanted(Asked):
    """A plan to make. Without `rules` those that fit the portfolio are taken; `rules` are as a plan gives them."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"starts_on": "2027-01-04", "weeks_per_wave": 4, "name": "Base plan"}]},
    )

    starts_on: Day
    weeks_per_wave: Annotated[int, Field(ge=1, le=52), ONLY_NUMBERS] = 4
    name: Name = "Base plan"
    seed: Annotated[int, Field(ge=0, le=2**31 - 1), ONLY_NUMBERS] = 0
    rules: dict[str, Any] | None = None
    based_on: Number | None = None
    afresh: YesOrNo = False
    keep_by_hand: YesOrNo = False
    fewest: YesOrNo = False
    ranked: YesOrNo = False


class PlacementOut(Schema):
    """Where an application stands in a plan, and with what it travels."""

    application: str
    subject_key: str
    move_group: str
    wave: int
    assets: int
    effort: float
    critical: int
    risk: float
    by_hand: bool
