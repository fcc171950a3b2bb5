"""Kept sessions on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from platform_core.api.schemas.building_blocks import Asked, Name, Number, Schema, Words
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
