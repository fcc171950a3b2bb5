"""Feedback in words: what is understood of it becomes corrections once it is confirmed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from platform_core.api.answers import Written
from platform_core.api.dependencies import By, Work, existing
from platform_core.api.failures import documented
from platform_core.api.schemas.building_blocks import LARGEST, After, Limit, NumberInPath, Page
from platform_core.api.schemas.feedback import FeedbackGiven, FeedbackOut, LearnedOut, Seen
from platform_core.services import feedback

router = APIRouter(prefix="/feedback", tags=["feedback"], route_class=Written)

PLACE = "api"
"""Where a comment was made that no page asked for."""


@router.post("/process", status_code=HTTPStatus.CREATED, responses=documented(400, 404))
def process(work: Work, by: By, said: FeedbackGiven) -> FeedbackOut:
    """Keep a comment and tell what was understood of it; confirm it to let it count."""
    existing(work, said.migration_id)
    view = feedback.give(
        work, said.migration_id, by, page=PLACE, subject=said.subject or "", rating=said.rating, text=said.text
    )
    return FeedbackOut.model_validate(view)


@router.get("", responses=documented(404))
def list_feedback(
    work: Work, migration_id: Annotated[int, Query(ge=1, le=LARGEST)], after: After = 0, limit: Limit = 50
) -> Page[FeedbackOut]:
    """List the feedback of a migration by number, a page at a time."""
    views, following = feedback.page(work, migration_id, after=after, limit=limit)
    return Page(items=[FeedbackOut.model_validate(view) for view in views], next=following)


@router.post("/{feedback_id}/confirm", responses=documented(400, 404, 409))
def confirm(work: Work, by: By, feedback_id: NumberInPath, seen: Seen) -> LearnedOut:
    """Let what was understood count, for every file in review and those to come; 400 when nothing was understood."""
    return LearnedOut.model_validate(feedback.confirm(work, feedback_id, by, seen_version=seen.version))


@router.post("/{feedback_id}/close", status_code=HTTPStatus.NO_CONTENT, responses=documented(400, 404, 409))
def close(work: Work, by: By, feedback_id: NumberInPath, seen: Seen) -> None:
    """Mark a comment as read, with nothing to change."""
    feedback.close(work, feedback_id, by, seen_version=seen.version)
