"""What happened to one application over time: recommendations that changed, overrides, answers, its register entry."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.strategy import Strategy
from platform_core.store import UnitOfWork
from platform_core.store.models import ApplicationEventRow, RecommendationRow

LATEST = 50


class EventKind(StrEnum):
    """What kind of thing happened."""

    RECOMMENDED = "recommended"
    OVERRIDDEN = "overridden"
    ANSWERED = "answered"
    RISK_SETTLED = "risk settled"
    DEPENDENCY = "dependency"


class Event(Frozen):
    """One line of an application's history; `before` and `after` are strategies where one changed (None = none)."""

    at: datetime
    author: str
    kind: EventKind
    text: str
    before: Strategy | None
    after: Strategy | None


def note(
    work: UnitOfWork,
    row: RecommendationRow,
    by: Identity,
    kind: EventKind,
    text: str,
    *,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Add a line to the history of an application. Call inside an open block of `work`."""
    event = ApplicationEventRow(
        migration_id=row.migration_id,
        subject_key=row.subject_key,
        author=by.name,
        kind=kind,
        text=text[:1_000],
        before=before,
        after=after,
    )
    work.recommendations.tell(event)


def note_dependencies(work: UnitOfWork, migration_id: int, subject_key: str, by: Identity, text: str) -> None:
    """Add what was decided about dependencies to an application's history. Call inside an open block of `work`."""
    kind = EventKind.DEPENDENCY
    event = ApplicationEventRow(
        migration_id=migration_id, subject_key=subject_key, author=by.name, kind=kind, text=text[:1_000]
    )
    work.recommendations.tell(event)


def note_change(work: UnitOfWork, row: RecommendationRow, by: Identity, cause: str, *, before: str | None) -> None:
    """Add a line when the engine's answer is another one than `before`; `cause` says what led to it."""
    if row.strategy != before:
        note(work, row, by, EventKind.RECOMMENDED, cause, before=before, after=row.strategy)


def of_application(work: UnitOfWork, migration_id: int, subject_key: str) -> list[Event]:
    """Return the latest 50 events of an application, newest first."""
    with work.reading():
        return [_event(row) for row in work.recommendations.events(migration_id, subject_key, limit=LATEST)]


def _event(row: ApplicationEventRow) -> Event:
    return Event(
        at=row.at,
        author=row.author,
        kind=EventKind(row.kind),
        text=row.text,
        before=Strategy(row.before) if row.before else None,
        after=Strategy(row.after) if row.after else None,
    )
