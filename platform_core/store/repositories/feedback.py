"""Feedback."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from platform_core.store.models import FeedbackRow
from platform_core.store.repositories.base import Repository, expect, plain


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
        return self._asked(_AFTER, mine=migration_id, number=number, most=limit)


_AFTER = (
    plain(FeedbackRow)
    .where(FeedbackRow.migration_id == bindparam("mine"), FeedbackRow.id > bindparam("number"))
    .order_by(FeedbackRow.id)
    .limit(bindparam("most"))
)
