"""Feedback on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from platform_core.api.schemas.building_blocks import ONLY_NUMBERS, SOME_TEXT, Asked, Name, Number, Schema
from platform_core.domain.feedback import FeedbackStatus

EXAMPLE: dict[str, JsonValue] = {
    "migration_id": 1,
    "text": "RAM_GB should map to Memory (GB)",
    "subject": "servers.csv",
}


class FeedbackGiven(Asked):
    """A comment in words, on anything (`subject`); 0 = bad, 1 = good."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    migration_id: Number
    text: str = Field(pattern=SOME_TEXT, max_length=4_000)
    subject: Name | None = None
    rating: Annotated[int, Field(ge=0, le=1), ONLY_NUMBERS] | None = None


class CorrectionOut(Schema):
    """A correction read out of a comment; `field` null = leave the column out, `is_refusal` = anything but `field`."""

    header: str
    field: str | None
    is_refusal: bool


class FeedbackOut(Schema):
    """A comment with what was understood; nothing of it counts before it is confirmed."""

    id: int
    page: str
    subject: str
    rating: int | None
    text: str
    corrections: list[CorrectionOut]
    not_understood: list[str]
    status: FeedbackStatus
    at: datetime
    author: str
    version: int


class Seen(Asked):
    """The version of the comment that was looked at."""

    version: Number


class ChangedOut(Schema):
    """A suggestion that came out otherwise."""

    file_name: str
    header: str
    before: str | None
    after: str | None


class LearnedOut(Schema):
    """What came of confirming: suggestions that changed; headers whose correction counts for their own file only."""

    corrections: int
    changed: list[ChangedOut]
    held_back: list[str]
