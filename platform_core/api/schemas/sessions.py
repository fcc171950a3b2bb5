"""Kept sessions on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field

from platform_core.api.schemas.building_blocks import Asked, Name, Number, Schema, Whole, Words
from platform_core.api.schemas.migrations import FiguresOut
from platform_core.domain.sessions import Part


class SessionNew(Asked):
    """A session to keep: the migration as it is now, under a name."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"migration_id": 1, "name": "After the review", "note": "Second upload"}]},
    )

    migration_id: Number
    name: Name
    note: Words = ""


class SessionOut(Schema):
    """A kept session with the overview's figures of that moment."""

    id: int
    migration_id: int
    name: str
    note: str
    figures: FiguresOut
    at: datetime
    by: str


class BecauseOut(Schema):
    """A recorded change that led to a difference."""

    at: datetime
    by: str
    text: str
    why: str


class DifferenceOut(Schema):
    """One thing that is otherwise later, and because of what."""

    part: Part
    subject: str
    before: str
    after: str
    because: list[BecauseOut]


class AssetDifferencesOut(Schema):
    """How many assets are only in one of the two, differ, or are the same; in how many each field differs."""

    created: int
    removed: int
    updated: int
    unchanged: int
    by_field: list[tuple[str, int]]


class ComparisonOut(Schema):
    """A session beside another one, or (`other` null) beside the migration as it is now."""

    one: SessionOut
    other: SessionOut | None
    differences: list[DifferenceOut]
    assets: AssetDifferencesOut


class OfferedOut(Schema):
    """A column in review that the session maps otherwise; `open` = nobody decided about it yet."""

    import_id: int
    file_name: str
    position: int
    header: str
    field: str | None
    unit: str | None
    kept_field: str
    kept_unit: str | None
    kept_by: str
    open: bool
    version: int


class PickGiven(Asked):
    """A column to be decided as the session has it; `version` is the one it was offered at."""

    import_id: Number
    position: Whole
    version: Number


class Merge(Asked):
    """What to take over of a session; all of it is decided, or none."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"columns": [{"import_id": 2, "position": 1, "version": 1}]}]}
    )

    columns: list[PickGiven] = Field(min_length=1, max_length=2_000)
