"""Runs: every engine's work on a migration is recorded while it happens, and can be watched and stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.errors import Cancelled
from platform_core.jobs import Hold, HoldLost, Order, hold_of, place, recorded
from platform_core.jobs import cancel as cancel_run
from platform_core.monitor import EVENTS, AgentFigures, AgentMonitor, Event, RunFigures
from platform_core.services.migrations import must_exist
from platform_core.services.paging import cut
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.liveness import alive, is_abandoned, status_of
from platform_core.store.models import RunRow

MAY_BE_LOST = (RunStatus.RUNNING, RunStatus.LOST)


class RunView(Frozen):
    """A run as pages show it.

    `seconds` is the time it took or has taken so far, `waited` the time before it began. `worker` holds it now or did
    so last; None where the page's own process did the work. `result` holds the ids and figures it came to.
    `is_open` = something more is going to happen: it waits, goes on, or a worker will take it up again.
    `reference` finds its lines in the log.
    """

    id: int
    migration_id: int | None
    kind: RunKind
    actor: str
    object: str
    job: str
    status: RunStatus
    progress: float
    text: str
    error: str | None
    started_at: datetime
    ended_at: datetime | None
    started_by: str
    seconds: float
    waited: float
    worker: str | None
    attempt: int
    reference: str
    result: dict[str, Any]
    is_open: bool

    @property
    def can_be_repeated(self) -> bool:
        """Whether it ended without a result and can be begun anew from its record.

        Of a file that was refused while it was uploaded nothing is kept, so it has to be uploaded anew.
        """
        is_kept = self.job != "read_file" or self.worker is not None
        return bool(self.job) and is_kept and not self.is_open and self.status is not RunStatus.COMPLETED


class Figures(Frozen):
    """Figures over the runs by kind, and over agents by name."""

    runs: tuple[RunFigures, ...]
    agents: tuple[AgentFigures, ...]


@contextmanager
def tracked(store: Store, kind: RunKind, about: str, by: Identity, *, migration_id: int | None) -> Iterator[Hold]:
    """Record the work of the block as a run of `kind` on the object `about`, whatever happens inside.

    Where the store is written under a hold already, the block is part of that run. It must not hold a writing unit of
    work open while it reports progress: a run's events are written in transactions of their own. Errors are recorded
    and raised again.
    """
    held = hold_of(store)
    if held is not None:
        yield held
        return
    order = Order(kind, about, by, migration_id)
    placed = place(store, order, at_once=True)
    hold = Hold(store, placed.run_id, attempt=1)
    try:
        with recorded(hold, order):
            yield hold
            hold.end(RunStatus.COMPLETED)
    except HoldLost as error:
        raise Cancelled("The run was ended meanwhile.", hint="What was not finished is not kept.") from error


def runs(
    work: UnitOfWork, migration_id: int, *, status: str = "", kind: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[RunView], int]:
    """Return one page of the runs of a migration, newest first, and how many there are in all."""
    with work.reading():
        workers = alive(work)
        if status in MAY_BE_LOST:  # a silent run is stored as running until somebody notices: look at each
            rows = work.runs.of(migration_id, statuses=MAY_BE_LOST, kind=kind, limit=None)
            found = [view for row in rows if (view := _view(row, workers)).status == status]
            return found[offset : offset + limit], len(found)
        statuses = [status] if status else []
        rows = work.runs.of(migration_id, statuses=statuses, kind=kind, offset=offset, limit=limit)
        total = work.runs.count(migration_id, statuses=statuses, kind=kind)
        return [_view(row, workers) for row in rows], total


def runs_after(
    work: UnitOfWork, migration_id: int, *, status: str = "", after: int = 0, limit: int
) -> tuple[list[RunView], int | None]:
    """Return the runs behind number `after` (0 = from the newest on), newest first, and where to go on.

    Raises NotFound.
    """
    with work.reading():
        workers = alive(work)
        if status in MAY_BE_LOST:
            rows = work.runs.before(migration_id, after, statuses=MAY_BE_LOST, limit=None)
        else:
            rows = work.runs.before(migration_id, after, statuses=[status] if status else [], limit=limit + 1)
        if not rows:
            must_exist(work, migration_id)
    views = [view for row in rows if (view := _view(row, workers)).status == (status or view.status)]
    return cut(views, limit, lambda view: view.id)


def run(work: UnitOfWork, run_id: int) -> RunView:
    """Return one run; raises NotFound."""
    with work.reading():
        return _view(work.runs.look(run_id), alive(work))


def active(work: UnitOfWork, migration_id: int) -> list[RunView]:
    """Return the runs of a migration that wait or go on now, or that a worker will take up again, oldest first."""
    with work.reading():
        workers = alive(work)
        views = [_view(row, workers) for row in work.runs.open(migration_id)]
    return [view for view in views if view.is_open]


def events(store: Store, run_id: int, *, after: int = 0) -> list[Event]:
    """Return everything that happened in a run after event number `after`, in order."""
    monitor = AgentMonitor(store)
    found = batch = monitor.events(run_id, after=after)
    while len(batch) == EVENTS:
        batch = monitor.events(run_id, after=batch[-1].id)
        found = [*found, *batch]
    return found


def events_after(work: UnitOfWork, run_id: int, *, after: int = 0, limit: int) -> tuple[list[Event], int | None]:
    """Return what happened in a run after event number `after`, in order, and where to go on; raises NotFound."""
    with work.reading():
        rows = work.runs.events(run_id, after=after, limit=limit + 1)
        if not rows:
            work.runs.look(run_id)
    return cut([Event.of(row) for row in rows], limit, lambda event: event.id)


def figures(store: Store, migration_id: int, *, days: int) -> Figures:
    """Return the figures over what ended in the last `days` days."""
    since, monitor = now() - timedelta(days=days), AgentMonitor(store)
    return Figures(
        runs=tuple(monitor.run_figures(since, migration_id)), agents=tuple(monitor.agent_figures(since, migration_id))
    )


def cancel(work: UnitOfWork, run_id: int, by: Identity) -> None:
    """Stop a run at once; what it had not finished is not kept."""
    cancel_run(work, run_id, by)


def _view(row: RunRow, workers: Collection[str]) -> RunView:
    status = status_of(row, workers)
    end = row.ended_at or (row.seen_at if status is RunStatus.LOST else now())
    begun = row.begun_at or (end if status is RunStatus.QUEUED else row.started_at)
    return RunView(
        id=row.id,
        migration_id=row.migration_id,
        kind=RunKind(row.kind),
        actor=row.actor,
        object=row.object,
        job=row.job,
        status=status,
        progress=row.progress,
        text=row.text,
        error=row.error,
        started_at=row.started_at,
        ended_at=row.ended_at,
        started_by=row.started_by,
        seconds=max(0.0, (end - begun).total_seconds()),
        waited=max(0.0, (begun - row.started_at).total_seconds()),
        worker=row.worker,
        attempt=row.attempt,
        reference=row.reference,
        result=row.result,
        is_open=row.ended_at is None and not is_abandoned(row, workers),
    )
