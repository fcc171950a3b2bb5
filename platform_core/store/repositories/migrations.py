"""Migrations."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select, update

from platform_core.store.models import MigrationRow, SessionRow
from platform_core.store.repositories.base import LARGEST, Repository, expect, plain


class Migrations(Repository):
    """All programmes of work."""

    def add(self, row: MigrationRow) -> None:
        """Add a migration; its number is known after a flush."""
        self._session.add(row)

    def get(self, migration_id: int, *, expected: int | None = None) -> MigrationRow:
        """Return a migration; raises NotFound, or Conflict when it is not at version `expected` any more."""
        row = self._one(self._session.get(MigrationRow, migration_id), "migration")
        expect(row.version, expected, f"migration {row.name!r}", None)
        return row

    def hold(self, migration_id: int) -> MigrationRow:
        """Return a migration that nobody else changes anything derived from until this transaction ends.

        Whoever works out what to write from what is stored (edits of assets, rules, verdicts) begins with it: what it
        then reads is what the one before it left. On SQLite one writer at a time is the rule. Raises NotFound.
        """
        query = select(MigrationRow).where(MigrationRow.id == migration_id)
        alone = query.with_for_update(key_share=True).execution_options(populate_existing=True)
        return self._one(self._session.scalar(alone), "migration")

    def look(self, migration_id: int) -> MigrationRow:
        """Return a migration to be read only; raises NotFound."""
        row: MigrationRow = self._line(_ONE, "migration", number=migration_id)
        return row

    def find(self, name: str) -> MigrationRow | None:
        """Return the migration called `name`, whatever the case."""
        return self._session.scalar(select(MigrationRow).where(func.lower(MigrationRow.name) == name.lower()))

    def all(self) -> list[MigrationRow]:
        """Return all migrations, the latest changed first."""
        return self._rows(select(MigrationRow).order_by(MigrationRow.changed_at.desc(), MigrationRow.id.desc()))

    def count_dependency_change(self, migration_id: int) -> None:
        """Count one change of what analysts say of dependencies, without a claim on the rest of the migration."""
        more = MigrationRow.dependency_revision + 1
        self._run(update(MigrationRow).where(MigrationRow.id == migration_id).values(dependency_revision=more))

    def count_strategy_change(self, migration_id: int) -> None:
        """Count one change of strategies, risks or efforts that planning goes by, as for dependencies."""
        more = MigrationRow.strategy_revision + 1
        self._run(update(MigrationRow).where(MigrationRow.id == migration_id).values(strategy_revision=more))

    def after(self, number: int, limit: int, status: str | None = None) -> list[MigrationRow]:
        """Return the first `limit` migrations with a number above `number`, by number; `status` None = of any."""
        if status is not None:
            return self._asked(_AFTER_OF, number=number, status=status, most=limit)
        return self._asked(_AFTER, number=number, most=limit)

    def remove(self, row: MigrationRow) -> None:
        """Delete a migration with everything in it."""
        self._session.delete(row)

    def add_session(self, row: SessionRow) -> None:
        """Add a sitting or a kept session."""
        self._session.add(row)

    def kept_sessions(self, migration_id: int) -> list[SessionRow]:
        """Return the sessions whose whole state was kept, newest first."""
        query = select(SessionRow).where(SessionRow.migration_id == migration_id, SessionRow.document.is_not(None))
        return self._rows(query.order_by(SessionRow.id.desc()))

    def sessions_before(self, migration_id: int, number: int, limit: int) -> list[SessionRow]:
        """Return the first `limit` kept sessions with a number below `number` (0 = all), newest first."""
        return self._asked(_KEPT_BEFORE, mine=migration_id, number=number or LARGEST, most=limit)

    def look_at_session(self, session_id: int) -> SessionRow:
        """Return a kept session to be read only; raises NotFound."""
        row: SessionRow = self._line(_KEPT, "session", number=session_id)
        return row

    def kept_session(self, session_id: int) -> SessionRow:
        """Return one of them; raises NotFound."""
        query = select(SessionRow).where(SessionRow.id == session_id, SessionRow.document.is_not(None))
        return self._one(self._session.scalar(query), "session")

    def remove_session(self, row: SessionRow) -> None:
        """Take a session off the list."""
        self._session.delete(row)

    def sessions(self, migration_id: int, limit: int = 20) -> list[SessionRow]:
        """Return the sittings of a migration, newest first."""
        query = select(SessionRow).where(SessionRow.migration_id == migration_id, SessionRow.document.is_(None))
        return self._rows(query.order_by(SessionRow.id.desc()).limit(limit))


_ONE = plain(MigrationRow).where(MigrationRow.id == bindparam("number"))
_BEHIND = plain(MigrationRow).where(MigrationRow.id > bindparam("number"))
_AFTER = _BEHIND.order_by(MigrationRow.id).limit(bindparam("most"))
_AFTER_OF = _BEHIND.where(MigrationRow.status == bindparam("status")).order_by(MigrationRow.id).limit(bindparam("most"))
_SESSIONS = plain(SessionRow).where(SessionRow.document.is_not(None))
_KEPT = _SESSIONS.where(SessionRow.id == bindparam("number"))
_KEPT_BEFORE = (
    _SESSIONS.where(SessionRow.migration_id == bindparam("mine"), SessionRow.id < bindparam("number"))
    .order_by(SessionRow.id.desc())
    .limit(bindparam("most"))
)
