"""Corrections: the log that learning is a fold over."""

from __future__ import annotations

from sqlalchemy import select

from platform_core.domain.learning import CorrectionKind
from platform_core.store.models import CorrectionRow
from platform_core.store.repositories.base import Repository


class Corrections(Repository):
    """Append-only, except that an event can be marked as undone."""

    def add(self, row: CorrectionRow) -> None:
        """Append an event."""
        self._session.add(row)

    def get(self, correction_id: int) -> CorrectionRow:
        """Return one event; raises NotFound."""
        return self._one(self._session.get(CorrectionRow, correction_id), "correction")

    def of(self, migration_id: int, kind: CorrectionKind | None = None, *, undone: bool = False) -> list[CorrectionRow]:
        """Return the events of a migration in the order they happened; undone ones only on request."""
        query = select(CorrectionRow).where(CorrectionRow.migration_id == migration_id)
        if kind is not None:
            query = query.where(CorrectionRow.kind == kind)
        if not undone:
            query = query.where(CorrectionRow.undone_at.is_(None))
        return self._rows(query.order_by(CorrectionRow.id))

    def words(self) -> list[CorrectionRow]:
        """Return what all migrations said of headers and nobody undid, in the order it was said."""
        query = select(CorrectionRow).where(
            CorrectionRow.kind == CorrectionKind.MAPPING, CorrectionRow.undone_at.is_(None)
        )
        return self._rows(query.order_by(CorrectionRow.id))
