"""Runs, their events and steps, and who may still write for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func, select, update

from platform_core.domain.runs import EventKind, RunStatus
from platform_core.store.columns import now
from platform_core.store.models import RunEventRow, RunRow, RunStepRow
from platform_core.store.repositories.base import LARGEST, Repository, plain

Selected = TypeVar("Selected")


class Runs(Repository):
    """What ran and what is running."""

    def add(self, row: RunRow) -> None:
        """Add a run; its number is known after a flush."""
        self._session.add(row)

    def get(self, run_id: int) -> RunRow:
        """Return a run; raises NotFound."""
        return self._one(self._session.get(RunRow, run_id), "run")

    def peek(self, run_id: int) -> RunRow | None:
        """Return a run, None if it is gone."""
        return self._session.get(RunRow, run_id)

    def find(self, run_id: int) -> RunRow | None:
        """Return a run as it is now, and let nobody else change it before this transaction ends; None if it is gone.

        Whoever adds an event does it under this lock, so that event numbers become visible in their order.
        """
        query = select(RunRow).where(RunRow.id == run_id).with_for_update()
        return self._session.scalar(query.execution_options(populate_existing=True))

    def locked(self, run_id: int) -> RunRow:
        """Return what `find` returns; raises NotFound."""
        return self._one(self.find(run_id), "run")

    def of(
        self,
        migration_id: int | None,
        *,
        statuses: Collection[str] = (),
        kind: str = "",
        offset: int = 0,
        limit: int | None = 50,
    ) -> list[RunRow]:
        """Return runs of a migration (None = of all), newest first; no `statuses` = of any."""
        query = _matching(select(RunRow), migration_id, statuses, kind)
        return self._rows(query.order_by(RunRow.id.desc()).offset(offset).limit(limit))

    def before(
        self, migration_id: int, number: int, *, statuses: Collection[str] = (), limit: int | None
    ) -> list[RunRow]:
        """Return the first `limit` runs of a migration with a number below `number` (0 = all), newest first."""
        given = {"mine": migration_id, "number": number or LARGEST, "most": LARGEST if limit is None else limit}
        return self._asked(_BEFORE_OF, statuses=list(statuses), **given) if statuses else self._asked(_BEFORE, **given)

    def look(self, run_id: int) -> RunRow:
        """Return a run to be read only; raises NotFound."""
        row: RunRow = self._line(_ONE, "run", number=run_id)
        return row

    def count(self, migration_id: int | None, *, statuses: Collection[str] = (), kind: str = "") -> int:
        """Return how many runs `of` has to choose from."""
        return self._count(_matching(select(func.count(RunRow.id)), migration_id, statuses, kind))

    def open(self, migration_id: int | None = None) -> list[RunRow]:
        """Return the runs that have not ended, oldest first."""
        query = select(RunRow).where(RunRow.ended_at.is_(None))
        if migration_id is not None:
            query = query.where(RunRow.migration_id == migration_id)
        return self._rows(query.order_by(RunRow.id))

    def open_with_key(self, deduplication_key: str) -> RunRow | None:
        """Return the open run that holds a deduplication key."""
        query = select(RunRow).where(RunRow.deduplication_key == deduplication_key, RunRow.ended_at.is_(None))
        return self._session.scalar(query)

    def latest_with_key(self, migration_id: int, deduplication_key: str) -> RunRow | None:
        """Return the latest run of a migration that was asked for with a deduplication key, open or over."""
        query = select(RunRow).where(RunRow.migration_id == migration_id, RunRow.deduplication_key == deduplication_key)
        return self._session.scalar(query.order_by(RunRow.id.desc()).limit(1))

    def to_dispatch(self, limit: int = 100) -> list[RunRow]:
        """Return open runs whose present attempt the queue does not have yet, oldest first."""
        query = select(RunRow).where(
            RunRow.ended_at.is_(None),
            RunRow.status.in_([RunStatus.QUEUED, RunStatus.LOST]),
            RunRow.dispatched < RunRow.attempt,
        )
        return self._rows(query.order_by(RunRow.id).limit(limit))

    def dispatched_before(self, moment: datetime) -> list[RunRow]:
        """Return open runs that the queue has had since before `moment` and that no worker took up."""
        query = select(RunRow).where(
            RunRow.ended_at.is_(None),
            RunRow.status.in_([RunStatus.QUEUED, RunStatus.LOST]),
            RunRow.dispatched == RunRow.attempt,
            RunRow.dispatched_at < moment,
        )
        return self._rows(query.order_by(RunRow.id))

    def mark_dispatched(self, run_id: int, attempt: int) -> None:
        """Note that the queue has an attempt; does nothing when the run moved on meanwhile."""
        change = update(RunRow).where(RunRow.id == run_id, RunRow.attempt == attempt)
        self._run(change.values(dispatched=attempt, dispatched_at=now()))

    def held_by(self, worker: str) -> list[RunRow]:
        """Return the open runs that a worker holds."""
        return self._rows(select(RunRow).where(RunRow.worker == worker, RunRow.ended_at.is_(None)))

    def held_by_others(self, workers: Collection[str]) -> list[RunRow]:
        """Return the open runs held by a worker that is not among `workers`."""
        query = select(RunRow).where(RunRow.ended_at.is_(None), RunRow.worker.is_not(None))
        return self._rows(query.where(RunRow.worker.not_in(workers)).order_by(RunRow.id))

    def overdue(self, since: datetime) -> list[RunRow]:
        """Return open runs of workers whose deadline passed before `since`."""
        query = select(RunRow).where(RunRow.ended_at.is_(None), RunRow.worker.is_not(None), RunRow.deadline_at < since)
        return self._rows(query)

    def silent_requests(self, since: datetime) -> list[RunRow]:
        """Return runs that a request carries out itself and that gave no sign of life since `since`."""
        query = select(RunRow).where(
            RunRow.ended_at.is_(None),
            RunRow.worker.is_(None),
            RunRow.status == RunStatus.RUNNING,
            RunRow.seen_at < since,
        )
        return self._rows(query)

    def ended_since(self, since: datetime, migration_id: int | None) -> list[tuple[Any, ...]]:
        """Return (kind, status, asked, begun, ended) of the runs that ended after `since`, of one or all migrations."""
        query = select(RunRow.kind, RunRow.status, RunRow.started_at, RunRow.begun_at, RunRow.ended_at)
        query = query.where(RunRow.ended_at >= since)
        if migration_id is not None:
            query = query.where(RunRow.migration_id == migration_id)
        return self._tuples(query)

    def tell(
        self,
        run: RunRow,
        text: str,
        kind: EventKind = EventKind.STATE,
        *,
        task_id: int | None = None,
        data: dict[str, Any] | None = None,
    ) -> RunEventRow:
        """Append an event to a run that this transaction has locked."""
        row = RunEventRow(
            run_id=run.id, task_id=task_id, kind=kind, progress=run.progress, text=text, data=data or {}, at=now()
        )
        self._session.add(row)
        return row

    def events(self, run_id: int, *, after: int = 0, limit: int = 200) -> list[RunEventRow]:
        """Return the events of a run with a number above `after`, in order."""
        return self._asked(_EVENTS, run=run_id, number=after, most=limit)

    def has_step(self, run_id: int, name: str) -> bool:
        """Tell whether the effect of a step of a run is in the database already."""
        query = select(RunStepRow.id).where(RunStepRow.run_id == run_id, RunStepRow.name == name)
        return self._session.scalar(query) is not None

    def count_steps(self, run_id: int) -> int:
        """Return how many steps of a run have their effect in the database."""
        return self._count(select(func.count(RunStepRow.id)).where(RunStepRow.run_id == run_id))

    def add_step(self, run: RunRow, name: str) -> None:
        """Note that the effect of a step comes with this transaction; does nothing when it was noted before."""
        if not self.has_step(run.id, name):
            self._session.add(RunStepRow(run_id=run.id, name=name, attempt=run.attempt))
            run.losses = 0


def _matching(
    query: Select[Selected], migration_id: int | None, statuses: Collection[str], kind: str
) -> Select[Selected]:
    if migration_id is not None:
        query = query.where(RunRow.migration_id == migration_id)
    if statuses:
        query = query.where(RunRow.status.in_(statuses))
    return query.where(RunRow.kind == kind) if kind else query


_TOLD = (
    "id",
    "migration_id",
    "kind",
    "actor",
    "object",
    "job",
    "status",
    "progress",
    "text",
    "error",
    "started_at",
    "begun_at",
    "seen_at",
    "ended_at",
    "started_by",
    "worker",
    "attempt",
    "reference",
    "result",
)
"""What is told of a run: all but what carries it out."""

_ONE = plain(RunRow, _TOLD).where(RunRow.id == bindparam("number"))
_MINE = plain(RunRow, _TOLD).where(RunRow.migration_id == bindparam("mine"), RunRow.id < bindparam("number"))
_BEFORE = _MINE.order_by(RunRow.id.desc()).limit(bindparam("most"))
_BEFORE_OF = (
    _MINE.where(RunRow.status.in_(bindparam("statuses", expanding=True)))
    .order_by(RunRow.id.desc())
    .limit(bindparam("most"))
)
_EVENTS = (
    plain(RunEventRow)
    .where(RunEventRow.run_id == bindparam("run"), RunEventRow.id > bindparam("number"))
    .order_by(RunEventRow.id)
    .limit(bindparam("most"))
)
