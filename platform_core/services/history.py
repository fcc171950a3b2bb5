"""What happened in a migration, and taking back one's own last change."""

from __future__ import annotations

from datetime import datetime

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.errors import NotFound
from platform_core.services import mappings, plans, strategies
from platform_core.store import UnitOfWork
from platform_core.store.models import AuditRow

MAPPING_DECIDED = "mapping.decided"
UNDOABLE = (MAPPING_DECIDED, "strategy.overridden", "plan.moved")


class Change(Frozen):
    """One entry of the trail."""

    id: int
    at: datetime
    author: str
    text: str
    why: str


def recent(work: UnitOfWork, migration_id: int, limit: int = 10) -> list[Change]:
    """Return the latest changes, newest first."""
    with work.reading():
        return [_change(row) for row in work.audit.recent(migration_id, limit)]


def last_change(work: UnitOfWork, migration_id: int) -> datetime | None:
    """Return the moment of the latest change."""
    with work.reading():
        return next((row.at for row in work.audit.recent(migration_id, 1)), None)


def undoable(work: UnitOfWork, migration_id: int, by: Identity) -> Change | None:
    """Return the person's latest change that can still be taken back."""
    with work.reading():
        entry = _last_undoable(work, migration_id, by)
        return _change(entry) if entry else None


def undo(work: UnitOfWork, migration_id: int, by: Identity) -> str:
    """Take back the person's latest change and return what was taken back; raises NotFound when there is none."""
    with work:
        entry = _last_undoable(work, migration_id, by)
        if entry is None:
            raise NotFound("There is nothing to undo.", hint="Only your own latest decisions can be taken back.")
        _restore(work, entry)
        work.audit.record(
            by,
            f"{entry.action}.undone",
            migration_id=migration_id,
            subject=entry.subject,
            text=f"Undid: {entry.text}",
            before=entry.after,
            after=entry.before,
            undoes=entry.id,
        )
        work.commit()
        return entry.text


def _last_undoable(work: UnitOfWork, migration_id: int, by: Identity) -> AuditRow | None:
    """Return the person's latest change that nothing was built on; a mapping in use is taken out of use first."""
    in_review = {str(row.id) for row in work.imports.of(migration_id, ImportState.REVIEW)}
    return next(
        (entry for entry in work.audit.not_undone(migration_id, by.name, UNDOABLE) if _is_free(entry, in_review)), None
    )


def _is_free(entry: AuditRow, in_review: set[str]) -> bool:
    return entry.action != MAPPING_DECIDED or entry.subject.split(":")[0] in in_review


def _restore(work: UnitOfWork, entry: AuditRow) -> None:
    match entry.action:
        case "mapping.decided":
            import_id, position = entry.subject.split(":")
            mappings.restore(work, int(import_id), int(position), entry.before)
        case "strategy.overridden":
            row = work.recommendations.get(entry.migration_id or 0, entry.subject)
            strategies.set_override(work, row, entry.before)
        case _:
            plans.restore(work, int(entry.subject), entry.before)


def _change(row: AuditRow) -> Change:
    return Change(id=row.id, at=row.at, author=row.author, text=row.text, why=row.why)
