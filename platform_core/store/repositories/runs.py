"""Runs and their events."""

from __future__ import annotations

from sqlalchemy import select

from platform_core.domain.runs import RunStatus
from platform_core.store.models import RunEventRow, RunRow
from platform_core.store.repositories.base import Repository


class Runs(Repository):
    """What ran and what is running."""

    def add(self, row: RunRow) -> None:
        """Add a run; its number is known after a flush."""
        self._session.add(row)

    def get(self, run_id: int) -> RunRow:
        """Return a run; raises NotFound."""
        return self._one(self._session.get(RunRow, run_id), "run")

    def of(self, migration_id: int | None, *, status: str = "", kind: str = "", limit: int = 50) -> list[RunRow]:
        """Return runs of a migration (None = of all), newest first."""
        query = select(RunRow)
        if migration_id is not None:
            query = query.where(RunRow.migration_id == migration_id)
        if status:
            query = query.where(RunRow.status == status)
        if kind:
            query = query.where(RunRow.kind == kind)
        return self._rows(query.order_by(RunRow.id.desc()).limit(limit))

    def active(self, migration_id: int | None = None) -> list[RunRow]:
        """Return the runs that have not ended, oldest first."""
        query = select(RunRow).where(RunRow.status.in_([RunStatus.QUEUED, RunStatus.RUNNING]))
        if migration_id is not None:
            query = query.where(RunRow.migration_id == migration_id)
        return self._rows(query.order_by(RunRow.id))

    def add_event(self, row: RunEventRow) -> None:
        """Append an event."""
        self._session.add(row)

    def events(self, run_id: int, *, after: int = 0, limit: int = 200) -> list[RunEventRow]:
        """Return the events of a run with a number above `after`, in order."""
        query = select(RunEventRow).where(RunEventRow.run_id == run_id, RunEventRow.id > after)
        return self._rows(query.order_by(RunEventRow.id).limit(limit))
