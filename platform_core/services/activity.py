"""Runs: every engine's work on a migration is recorded while it happens, and can be watched and stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from platform_core.domain.base import Frozen, Progress, silent
from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.errors import Cancelled, WorkbenchError
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import RunEventRow, RunRow

BEAT_SECONDS = 0.5
"""At most one event and one cancel check in this time, so that watching costs nothing."""

LOST_AFTER = timedelta(seconds=90)
"""A run that gave no sign of life for this long is shown as lost, never as running for ever."""


class RunView(Frozen):
    """A run as the activity page shows it; `seconds` is the time it took or has taken so far."""

    id: int
    kind: RunKind
    actor: str
    object: str
    status: RunStatus
    progress: float
    text: str
    error: str | None
    started_at: datetime
    started_by: str
    seconds: float


class RunEvent(Frozen):
    """Something that happened in a run."""

    id: int
    at: datetime
    progress: float
    text: str


class Tracked:
    """A run in progress: call `progress` to tell how far it is, `note` to say what came out."""

    def __init__(self, store: Store, run_id: int, watch: Progress) -> None:
        self.run_id = run_id
        self._store = store
        self._watch = watch
        self._last = 0.0

    def progress(self, share: float, text: str) -> None:
        """Record how far the run is; raises Cancelled when somebody asked it to stop."""
        self._watch(share, text)
        if time.monotonic() - self._last < BEAT_SECONDS:
            return
        self._last = time.monotonic()
        if self._beat(share, text):
            raise Cancelled("The run was cancelled.", hint="Nothing of it was kept.")

    def note(self, text: str) -> None:
        """Record an event whatever the time since the last one."""
        self._beat(None, text)

    def _beat(self, share: float | None, text: str) -> bool:
        with self._store.unit_of_work() as work:
            run = work.runs.get(self.run_id)
            run.progress = run.progress if share is None else min(1.0, max(0.0, share))
            run.text, run.seen_at = text, now()
            work.runs.add_event(RunEventRow(run_id=run.id, progress=run.progress, text=text))
            asked = run.cancel_asked
            work.commit()
        return asked


@contextmanager
def tracked(
    store: Store, kind: RunKind, about: str, by: Identity, *, migration_id: int | None, watch: Progress = silent
) -> Iterator[Tracked]:
    """Record a run of kind `kind` on the object `about` from start to end, whatever happens inside the block.

    The block must not hold a writing unit of work open while it reports progress: a run's events are written in
    transactions of their own. Errors of the block are recorded and raised again.
    """
    run = Tracked(store, _start(store, kind, about, by, migration_id), watch)
    try:
        yield run
    except Cancelled as error:
        _end(store, run.run_id, RunStatus.CANCELLED, error.message)
        raise
    except WorkbenchError as error:
        _end(store, run.run_id, RunStatus.FAILED, str(error))
        raise
    except BaseException as error:
        _end(store, run.run_id, RunStatus.FAILED, f"An unexpected error ({type(error).__name__}) stopped the run.")
        raise
    else:
        _end(store, run.run_id, RunStatus.COMPLETED, None)


def _start(store: Store, kind: RunKind, about: str, by: Identity, migration_id: int | None) -> int:
    with store.unit_of_work() as work:
        row = RunRow(kind=kind, object=about, migration_id=migration_id, started_by=by.name, status=RunStatus.RUNNING)
        work.runs.add(row)
        work.flush()
        work.runs.add_event(RunEventRow(run_id=row.id, progress=0.0, text="Started"))
        work.commit()
        return row.id


def _end(store: Store, run_id: int, status: RunStatus, error: str | None) -> None:
    with store.unit_of_work() as work:
        row = work.runs.get(run_id)
        row.status, row.error, row.ended_at, row.seen_at = status, error, now(), now()
        row.progress = 1.0 if status is RunStatus.COMPLETED else row.progress
        work.runs.add_event(RunEventRow(run_id=run_id, progress=row.progress, text=error or "Completed"))
        work.commit()


def runs(work: UnitOfWork, migration_id: int, *, status: str = "", kind: str = "", limit: int = 50) -> list[RunView]:
    """Return the latest runs of a migration, newest first."""
    with work.reading():
        return [_view(row) for row in work.runs.of(migration_id, status=status, kind=kind, limit=limit)]


def active(work: UnitOfWork, migration_id: int) -> list[RunView]:
    """Return the runs of a migration that go on now."""
    with work.reading():
        views = [_view(row) for row in work.runs.open(migration_id)]
    return [view for view in views if not view.status.is_over]


def events(work: UnitOfWork, run_id: int, *, after: int = 0) -> list[RunEvent]:
    """Return what happened in a run after event number `after`, in order."""
    with work.reading():
        rows = work.runs.events(run_id, after=after)
        return [RunEvent(id=row.id, at=row.at, progress=row.progress, text=row.text) for row in rows]


def cancel(work: UnitOfWork, run_id: int, by: Identity) -> None:
    """Ask a run to stop; it does so at its next sign of life and keeps nothing it did."""
    with work:
        row = work.runs.get(run_id)
        row.cancel_asked = True
        work.audit.record(by, "run.cancel_asked", migration_id=row.migration_id, text=f"Asked run {run_id} to stop")
        work.commit()


def _view(row: RunRow) -> RunView:
    status = RunStatus(row.status)
    if not status.is_over and now() - row.seen_at > LOST_AFTER:
        status = RunStatus.LOST
    end = row.ended_at or (row.seen_at if status is RunStatus.LOST else now())
    return RunView(
        id=row.id,
        kind=RunKind(row.kind),
        actor=row.actor,
        object=row.object,
        status=status,
        progress=row.progress,
        text=row.text,
        error=row.error,
        started_at=row.started_at,
        started_by=row.started_by,
        seconds=(end - row.started_at).total_seconds(),
    )
