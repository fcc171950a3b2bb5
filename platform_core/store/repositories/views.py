"""Views of the inventory that somebody keeps under a name."""

from __future__ import annotations

from sqlalchemy import select

from platform_core.store.models import SavedViewRow
from platform_core.store.repositories.base import Repository


class Views(Repository):
    """The saved views of migrations."""

    def add(self, row: SavedViewRow) -> None:
        """Add a view."""
        self._session.add(row)

    def remove(self, row: SavedViewRow) -> None:
        """Delete a view."""
        self._session.delete(row)

    def of(self, migration_id: int) -> list[SavedViewRow]:
        """Return the views of a migration by name."""
        query = select(SavedViewRow).where(SavedViewRow.migration_id == migration_id)
        return self._rows(query.order_by(SavedViewRow.name, SavedViewRow.id))

    def get(self, migration_id: int, view_id: int) -> SavedViewRow:
        """Return one view; raises NotFound."""
        query = select(SavedViewRow).where(SavedViewRow.migration_id == migration_id, SavedViewRow.id == view_id)
        return self._one(self._session.scalar(query), "view")
