"""Migrations: open, create, rename, delete."""

from __future__ import annotations

from datetime import datetime

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.migration import MigrationPhase, MigrationStatus
from platform_core.errors import BadInput
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
    every = listed(work) or [create(work, FIRST_NAME, by)]
    return next((view for view in every if view.id == migration_id), every[0])


def listed(work: UnitOfWork) -> list[MigrationView]:
    """Return all migrations, the latest changed first."""
    with work.reading():
        return [_view(row) for row in work.migrations.all()]


def create(work: UnitOfWork, name: str, by: Identity, *, description: str = "") -> MigrationView:
    """Start a migration. Raises BadInput when the name is empty, too long or taken."""
    wanted = _checked(name)
    with work:
        if work.migrations.find(wanted):
            raise BadInput(f"There is a migration called {wanted!r} already.", hint="Choose another name.")
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
    """Change a migration's own facts. Raises BadInput for a bad name, Conflict when somebody else was faster."""
    wanted = _checked(name)
    with work:
        row = work.migrations.get(migration_id, expected=seen_version)
        other = work.migrations.find(wanted)
        if other is not None and other.id != row.id:
            raise BadInput(f"There is a migration called {wanted!r} already.", hint="Choose another name.")
        before = _facts(row)
        row.name, row.description, row.status, row.phase = wanted, description.strip(), status, phase
        row.changed_at = now()
        text = f"Changed the facts of migration {wanted}"
        work.audit.record(by, "migration.changed", migration_id=row.id, text=text, before=before, after=_facts(row))
        work.commit()
        return _view(row)


def delete(work: UnitOfWork, migration_id: int, by: Identity) -> None:
    """Delete a migration with its imports, inventory, decisions and plans; the audit trail stays."""
    with work:
        row = work.migrations.get(migration_id)
        work.audit.record(by, "migration.deleted", migration_id=row.id, text=f"Deleted migration {row.name}")
        work.migrations.remove(row)
        work.commit()


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
