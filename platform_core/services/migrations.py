"""Migrations: open, create, rename, delete."""

from __future__ import annotations

from datetime import datetime

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.migration import MigrationPhase, MigrationStatus
from platform_core.errors import BadInput, Conflict
from platform_core.services.paging import cut
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import MigrationRow

NAME_LENGTH = 200
FIRST_NAME = "First migration"


class MigrationView(Frozen):
    """A migration as pages show it."""

    id: int
    name: str
    description: str
    status: MigrationStatus
    phase: MigrationPhase
    inventory_revision: int
    changed_at: datetime
    version: int


def opened(work: UnitOfWork, migration_id: int | None, by: Identity) -> MigrationView:
    """Return the migration to work on: `migration_id` if it exists, else the latest changed, else a first one."""
    every = listed(work) or _first(work, by)
    return next((view for view in every if view.id == migration_id), every[0])


def _first(work: UnitOfWork, by: Identity) -> list[MigrationView]:
    """Return the first migration, made here or, at the same moment, by somebody else."""
    try:
        return [create(work, FIRST_NAME, by)]
    except Conflict:
        return listed(work)


def listed(work: UnitOfWork) -> list[MigrationView]:
    """Return all migrations, the latest changed first."""
    with work.reading():
        return [_view(row) for row in work.migrations.all()]


def view(work: UnitOfWork, migration_id: int) -> MigrationView:
    """Return one migration; raises NotFound."""
    with work.reading():
        return _view(work.migrations.look(migration_id))


def must_exist(work: UnitOfWork, migration_id: int) -> None:
    """Raise NotFound where there is no such migration: an empty list would say that it is there and holds nothing.

    Call inside an open block of `work`.
    """
    work.migrations.look(migration_id)


def page(
    work: UnitOfWork, *, after: int = 0, limit: int, status: MigrationStatus | None = None
) -> tuple[list[MigrationView], int | None]:
    """Return the migrations whose number is above `after`, by number, and where the next page begins (None = last).

    What others add or change meanwhile neither hides nor repeats a line.
    """
    with work.reading():
        rows = work.migrations.after(after, limit + 1, status)
    return cut([_view(row) for row in rows], limit, lambda view: view.id)


def create(work: UnitOfWork, name: str, by: Identity, *, description: str = "") -> MigrationView:
    """Start a migration. Raises BadInput when the name is empty or too long, Conflict when it is taken."""
    wanted = _checked(name)
    with work:
        if work.migrations.find(wanted):
            raise _taken(wanted)
        row = MigrationRow(name=wanted, description=description.strip(), created_by=by.name)
        work.migrations.add(row)
        work.flush()
        work.audit.record(by, "migration.created", migration_id=row.id, text=f"Created migration {wanted}")
        work.commit()
        return _view(row)


def change(
    work: UnitOfWork,
    migration_id: int,
    by: Identity,
    *,
    seen_version: int,
    name: str,
    description: str,
    status: MigrationStatus,
    phase: MigrationPhase,
) -> MigrationView:
    """Change a migration's own facts.

    Raises BadInput for a bad name, Conflict for a taken one, or when somebody else was faster.
    """
    wanted = _checked(name)
    with work:
        row = work.migrations.get(migration_id, expected=seen_version)
        other = work.migrations.find(wanted)
        if other is not None and other.id != row.id:
            raise _taken(wanted)
        before = _facts(row)
        row.name, row.description, row.status, row.phase = wanted, description.strip(), status, phase
        row.changed_at = now()
        text = f"Changed the facts of migration {wanted}"
        work.audit.record(by, "migration.changed", migration_id=row.id, text=text, before=before, after=_facts(row))
        work.commit()
        return _view(row)


def move_on(
    work: UnitOfWork,
    migration_id: int,
    by: Identity,
    *,
    seen_version: int,
    status: MigrationStatus | None = None,
    phase: MigrationPhase | None = None,
) -> MigrationView:
    """Change status or phase (None = as it is); raises NotFound, Conflict when somebody else was faster."""
    with work:
        row = work.migrations.get(migration_id, expected=seen_version)
        before = _facts(row)
        row.status, row.phase = status or row.status, phase or row.phase
        after = _facts(row)
        if after != before:
            row.changed_at = now()
            steps = [f"{before[fact]} → {after[fact]}" for fact in ("status", "phase") if before[fact] != after[fact]]
            text = f"Moved migration {row.name} on: {', '.join(steps)}".replace("_", " ")
            work.audit.record(by, "migration.changed", migration_id=row.id, text=text, before=before, after=after)
        work.commit()
        return _view(row)


def delete(work: UnitOfWork, migration_id: int, by: Identity) -> None:
    """Delete a migration with its imports, inventory, decisions and plans; the audit trail stays."""
    with work:
        row = work.migrations.get(migration_id)
        work.audit.record(by, "migration.deleted", migration_id=row.id, text=f"Deleted migration {row.name}")
        work.migrations.remove(row)
        work.commit()


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a migration called {name!r} already.", hint="Choose another name.")


def _checked(name: str) -> str:
    wanted = " ".join(name.split())
    if not wanted:
        raise BadInput("A migration needs a name.", hint="Type one, for example 'Data centre exit 2027'.")
    if len(wanted) > NAME_LENGTH:
        raise BadInput(f"The name is longer than {NAME_LENGTH} characters.", hint="Shorten it.")
    return wanted


def _facts(row: MigrationRow) -> dict[str, str]:
    return {"name": row.name, "description": row.description, "status": row.status, "phase": row.phase}


def _view(row: MigrationRow) -> MigrationView:
    return MigrationView(
        id=row.id,
        name=row.name,
        description=row.description,
        status=MigrationStatus(row.status),
        phase=MigrationPhase(row.phase),
        inventory_revision=row.inventory_revision,
        changed_at=row.changed_at,
        version=row.version,
    )
