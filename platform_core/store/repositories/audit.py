"""The trail of every change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from platform_core.domain.identity import Identity
from platform_core.store.models import AuditRow
from platform_core.store.repositories.base import Repository

FETCHED = 20
"""How many entries are read at once where the first ones mostly suffice."""


class Audit(Repository):
    """Append-only: entries are written in the transaction of the change they tell of."""

    def record(
        self,
        by: Identity,
        action: str,
        *,
        migration_id: int | None,
        text: str,
        subject: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        why: str = "",
        undoes: int | None = None,
    ) -> AuditRow:
        """Write one entry; `action` is "object.verb", `text` the sentence a person reads."""
        row = AuditRow(
            author=by.name,
            action=action,
            migration_id=migration_id,
            subject=subject,
            text=text,
            before=before or {},
            after=after or {},
            why=why,
            undoes=undoes,
        )
        self._session.add(row)
        return row

    def get(self, migration_id: int, number: int) -> AuditRow:
        """Return an entry of a migration; raises NotFound."""
        query = select(AuditRow).where(AuditRow.migration_id == migration_id, AuditRow.id == number)
        return self._one(self._session.scalar(query), "change")

    def recent(self, migration_id: int, limit: int = 20) -> list[AuditRow]:
        """Return the latest entries of a migration, newest first."""
        query = select(AuditRow).where(AuditRow.migration_id == migration_id)
        return self._rows(query.order_by(AuditRow.id.desc()).limit(limit))

    def between(self, migration_id: int, since: datetime, until: datetime) -> list[AuditRow]:
        """Return the entries after `since` up to `until`, oldest first."""
        query = select(AuditRow).where(AuditRow.migration_id == migration_id)
        return self._rows(query.where(AuditRow.at > since, AuditRow.at <= until).order_by(AuditRow.id))

    def not_undone(self, migration_id: int, author: str, actions: tuple[str, ...]) -> Iterator[AuditRow]:
        """Yield the author's changes among `actions` that were not taken back yet, newest first."""
        undone = select(AuditRow.undoes).where(AuditRow.undoes.is_not(None), AuditRow.migration_id == migration_id)
        query = select(AuditRow).where(
            AuditRow.migration_id == migration_id,
            AuditRow.author == author,
            AuditRow.action.in_(actions),
            AuditRow.undoes.is_(None),
            AuditRow.id.not_in(undone),
        )
        yield from self._session.scalars(query.order_by(AuditRow.id.desc()).execution_options(yield_per=FETCHED))
