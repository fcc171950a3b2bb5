"""Findings about the inventory's values."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from platform_core.store.models import IssueRow
from platform_core.store.publishing import publish_issues
from platform_core.store.repositories.base import Repository
from platform_core.store.staging import Staging


class Issues(Repository):
    """The findings of the last rebuild."""

    def replace_all(self, migration_id: int, staged: Staging) -> None:
        """Put staged findings in place of the former ones."""
        self._run(delete(IssueRow).where(IssueRow.migration_id == migration_id))
        publish_issues(self._session, migration_id, staged)

    def counts(self, migration_id: int) -> list[tuple[str, str | None, int]]:
        """Return (kind, field, number), most frequent first."""
        query = (
            select(IssueRow.kind, IssueRow.field, func.count())
            .where(IssueRow.migration_id == migration_id)
            .group_by(IssueRow.kind, IssueRow.field)
            .order_by(func.count().desc(), IssueRow.kind, IssueRow.field)
        )
        return [(kind, field, number) for kind, field, number in self._tuples(query)]

    def of(self, migration_id: int, kind: str, field: str | None, *, limit: int = 100) -> list[IssueRow]:
        """Return findings of one kind about one field, in file order."""
        query = select(IssueRow).where(
            IssueRow.migration_id == migration_id, IssueRow.kind == kind, IssueRow.field == field
        )
        return self._rows(query.order_by(IssueRow.import_id, IssueRow.line).limit(limit))

    def of_asset(self, migration_id: int, key: str) -> list[IssueRow]:
        """Return the findings about one asset."""
        query = select(IssueRow).where(IssueRow.migration_id == migration_id, IssueRow.asset_key == key)
        return self._rows(query.order_by(IssueRow.id).limit(100))
