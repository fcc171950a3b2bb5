"""Kept sessions: a migration's state under a name, listed, compared, their mappings taken over."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from platform_core.api.answers import Written
from platform_core.api.dependencies import By, Opened, Work
from platform_core.api.failures import documented
from platform_core.api.schemas.building_blocks import LARGEST, After, Limit, NumberInPath, Page
from platform_core.api.schemas.discovery import Decided
from platform_core.api.schemas.sessions import ComparisonOut, Merge, OfferedOut, SessionNew, SessionOut
from platform_core.services import session_differences, session_merge, sessions

router = APIRouter(prefix="/sessions", tags=["sessions"], route_class=Written)

OtherSession = Annotated[int | None, Query(ge=1, le=LARGEST, description="Another session; now without it.")]


@router.get("", responses=documented(404))
def list_sessions(
    work: Work, migration_id: Annotated[int, Query(ge=1, le=LARGEST)], after: After = 0, limit: Limit = 50
) -> Page[SessionOut]:
    """List the kept sessions of a migration, newest first, a page at a time."""
    views, following = sessions.page(work, migration_id, after=after, limit=limit)
    return Page(items=[SessionOut.model_validate(view) for view in views], next=following)


@router.post("", status_code=HTTPStatus.CREATED, responses=documented(400, 404, 409))
def keep_session(store: Opened, by: By, wanted: SessionNew) -> SessionOut:
    """Keep a migration's mappings, inventory, strategies, policy and plan as they are now."""
    return SessionOut.model_validate(sessions.keep(store, wanted.migration_id, wanted.name, wanted.note, by))


@router.get("/{session_id}", responses=documented(404))
def read_session(work: Work, session_id: NumberInPath) -> SessionOut:
    """Read one kept session."""
    return SessionOut.model_validate(sessions.get(work, session_id))


@router.delete("/{session_id}", status_code=HTTPStatus.NO_CONTENT, responses=documented(404))
def remove_session(work: Work, by: By, session_id: NumberInPath) -> None:
    """Take a session off the list."""
    sessions.remove(work, session_id, by)


@router.get("/{session_id}/comparison", responses=documented(400, 404))
def compare(work: Work, session_id: NumberInPath, other_id: OtherSession = None) -> ComparisonOut:
    """Tell what changed since a session, until another one or now, and which recorded changes led to it."""
    return ComparisonOut.model_validate(session_differences.compare(work, session_id, other_id))


@router.get("/{session_id}/mappings", responses=documented(404))
def list_offered(work: Work, session_id: NumberInPath) -> list[OfferedOut]:
    """List every column in review now for which a session of the migration holds another accepted mapping."""
    migration_id = sessions.get(work, session_id).migration_id
    return [OfferedOut.model_validate(line) for line in session_merge.offered(work, session_id, migration_id)]


@router.post("/{session_id}/merge", responses=documented(400, 404, 409))
def merge(work: Work, by: By, session_id: NumberInPath, wanted: Merge) -> Decided:
    """Decide columns in review as the session has them; nothing reaches the inventory before the import is applied."""
    picks = [session_merge.Pick(**column.model_dump()) for column in wanted.columns]
    return Decided(changed=session_merge.take_over_picked(work, session_id, picks, by))
