"""Workers and their heartbeats."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CursorResult, bindparam, delete, select, update

from platform_core.store.columns import now
from platform_core.store.models import WorkerRow
from platform_core.store.repositories.base import Repository, plain


class Workers(Repository):
    """The processes that carry out runs."""

    def add(self, row: WorkerRow) -> None:
        """Add a worker that is about to take runs."""
        self._session.add(row)

    def beat(self, worker: str) -> bool:
        """Write a worker's heartbeat; False = it was declared dead meanwhile and must not go on."""
        change = update(WorkerRow).where(WorkerRow.id == worker, WorkerRow.ended_at.is_(None)).values(seen_at=now())
        done = self._session.execute(change)
        return isinstance(done, CursorResult) and done.rowcount == 1

    def alive(self, since: datetime) -> list[WorkerRow]:
        """Return the workers with a heartbeat after `since` that have not ended, to be read only."""
        return self._asked(_ALIVE, since=since)

    def open(self) -> list[WorkerRow]:
        """Return the workers that have not ended, the longest-serving first."""
        return self._rows(select(WorkerRow).where(WorkerRow.ended_at.is_(None)).order_by(WorkerRow.started_at))

    def silent(self, since: datetime) -> list[WorkerRow]:
        """Return the workers that never ended and gave no heartbeat since `since`."""
        query = select(WorkerRow).where(WorkerRow.ended_at.is_(None), WorkerRow.seen_at < since)
        return self._rows(query.order_by(WorkerRow.id))

    def end(self, worker: str) -> None:
        """Let a worker hold nothing any more, for ever."""
        self._run(update(WorkerRow).where(WorkerRow.id == worker, WorkerRow.ended_at.is_(None)).values(ended_at=now()))

    def end_process(self, host: str, pid: int) -> None:
        """End the workers of a process that is gone."""
        gone = (WorkerRow.host == host, WorkerRow.pid == pid, WorkerRow.ended_at.is_(None))
        self._run(update(WorkerRow).where(*gone).values(ended_at=now()))

    def forget(self, before: datetime) -> None:
        """Delete the rows of workers that ended before `before`."""
        self._run(delete(WorkerRow).where(WorkerRow.ended_at < before))


_ALIVE = (
    plain(WorkerRow)
    .where(WorkerRow.ended_at.is_(None), WorkerRow.seen_at >= bindparam("since"))
    .order_by(WorkerRow.started_at)
)
