"""Feedback."""

from __future__ import annotations

from sqlalchemy import select

from platform_core.store.models import FeedbackRow
from platform_core.store.repositories.base import Repository, expect


class FeedbackEntries(Repository):
    """Ratings and comments of analysts."""

    def add(self, row: FeedbackRow) -> None:
        """Add an entry."""
        self._session.add(row)

    def get(self, feedback_id: int, *, expected: int | None = None) -> FeedbackRow:
        """Return an entry; raises NotFound or Conflict."""
        row = self._one(self._session.get(FeedbackRow, feedback_id), "feedback")
        expect(row.version, expected, "this feedback", None)
        return row

    def of(self, migration_id: int) -> list[FeedbackRow]:
        """Return the entries of a migration, newest first."""
        query = select(FeedbackRow).where(FeedbackRow.migration_id == migration_id)
        return self._rows(query.order_by(FeedbackRow.id.desc()))

    def after(self, migration_id: int, number: int, limit: int) -> list[FeedbackRow]:
        """Return the first `limit` entries of a migration with a number above `number`, by number."""
        query = select(FeedbackRow).where(FeedbackRow.migration_id == migration_id, FeedbackRow.id > number)
        return self._plain(FeedbackRow, query.order_by(FeedbackRow.id).limit(limit))
