"""The events of all runs as one stream, and which of them may still be preceded by others."""

from __future__ import annotations

from sqlalchemy import func, select, text

from platform_core.store.models import RunEventRow, RunRow
from platform_core.store.repositories.base import Repository

LOOKED_BACK = 1_000
"""Numbers before the newest among which a missing one may still come."""


class Events(Repository):
    """What happened in all runs."""

    def after(
        self, number: int, *, up_to: int | None, migration_id: int | None, limit: int
    ) -> list[tuple[RunEventRow, int, int | None]]:
        """Return events with a number above `number` in order, each with organisation and migration of its run."""
        query = select(RunEventRow, RunRow.organisation_id, RunRow.migration_id).join(
            RunRow, RunRow.id == RunEventRow.run_id
        )
        query = query.where(RunEventRow.id > number)
        if up_to is not None:
            query = query.where(RunEventRow.id <= up_to)
        if migration_id is not None:
            query = query.where(RunRow.migration_id == migration_id)
        found = self._session.execute(query.order_by(RunEventRow.id).limit(limit))
        return [(row, owner, migration) for row, owner, migration in found]

    def newest(self) -> int:
        """Return the highest number of an event there is, 0 without any."""
        return self._count(select(func.max(RunEventRow.id)))

    def settled(self) -> int:
        """Return a number close to the newest below which no event can appear any more."""
        newest = self.newest()
        if not self.may_be_filled:
            return newest
        floor = max(0, newest - LOOKED_BACK)
        query = select(RunEventRow.id).where(RunEventRow.id > floor, RunEventRow.id <= newest)
        present = set(self._session.scalars(query))
        return next((number - 1 for number in range(floor + 1, newest) if number not in present), newest)

    @property
    def may_be_filled(self) -> bool:
        """Whether a missing number can still come: where several transactions write at once."""
        return self._session.get_bind().dialect.name == "postgresql"

    def horizon(self) -> int:
        """Return the number of the transaction that would begin next (PostgreSQL)."""
        return self._count(select(text("pg_snapshot_xmax(pg_current_snapshot())::text::bigint")))

    def all_ended_before(self, horizon: int) -> bool:
        """Tell whether every transaction below `horizon` has ended (PostgreSQL)."""
        return self._count(select(text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))) >= horizon
