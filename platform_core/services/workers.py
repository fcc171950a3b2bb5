"""Workers: what one knows how to do, the one that the launcher keeps beside itself, and who is alive."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import NoReturn

from platform_core.domain.base import Frozen
from platform_core.errors import Conflict
from platform_core.jobs import Lane, Room, WorkerChild, close_abandoned, yield_to_the_pages
from platform_core.logging import configure
from platform_core.services import pruning
from platform_core.services.bootstrap import store
from platform_core.services.handlers import HANDLERS
from platform_core.services.work import kinds
from platform_core.settings import PROJECT_ROOT, settings
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.liveness import WORKER_LOST_AFTER


class WorkerView(Frozen):
    """A worker process; `silent_seconds` since its last sign of life, `runs` = numbers of the runs it holds."""

    id: str
    host: str
    pid: int
    started_at: datetime
    silent_seconds: float
    is_alive: bool
    runs: tuple[int, ...]


def run_worker(*, child: bool) -> NoReturn:
    """Be a worker until asked to end; as a `child`, also until the process that started this one ends.

    A child leaves the schema to its parent: it must not put an empty database where one has been taken away.
    """
    from platform_core.jobs.worker import Worker  # noqa: PLC0415 - the queue is for the worker's process alone

    chosen = settings()
    configure(chosen.LOG_LEVEL, chosen.LOG_FORMAT, chosen.secrets)
    opened = store()
    if not child:
        opened.upgrade()
    rooms = {
        Lane.ENGINE: Room(chosen.RUNS_PER_WORKER, chosen.RUNS_AT_ONCE),
        Lane.AGENT: Room(chosen.AGENT_RUNS_PER_WORKER, chosen.AGENT_RUNS_AT_ONCE),
    }
    worker = Worker(opened.everywhere(), chosen.queue_url, HANDLERS, kinds(), rooms, partial(_prune, opened))
    if child:
        yield_to_the_pages(worker.ask_to_end)
    worker.run()


@contextmanager
def beside_the_pages() -> Iterator[None]:
    """Keep a worker running while the block lasts, if the settings say so; ended with it."""
    opened = store()
    if settings().is_one_process:
        close_abandoned(opened.everywhere())
        opened.close()  # a connection kept from before the first visitor would hide that the database is gone
    if not settings().EMBEDDED_WORKER:
        yield
        return
    child = WorkerChild(PROJECT_ROOT, partial(_bury, opened))
    child.start()
    try:
        yield
    finally:
        child.stop()


def listed(work: UnitOfWork) -> list[WorkerView]:
    """Return the workers that have not ended, the longest-serving first; a silent one is about to be declared dead."""
    with work.reading():
        rows = work.workers.open()
        return [
            WorkerView(
                id=row.id,
                host=row.host,
                pid=row.pid,
                started_at=row.started_at,
                silent_seconds=max(0.0, (now() - row.seen_at).total_seconds()),
                is_alive=now() - row.seen_at <= WORKER_LOST_AFTER,
                runs=tuple(run.id for run in work.runs.held_by(row.id)),
            )
            for row in rows
        ]


def _prune(opened: Store) -> None:
    """Delete what may go; leaves it to whichever worker is at it already."""
    with suppress(Conflict):
        pruning.prune(opened, settings().retention, pruning.WORKERS)


def _bury(opened: Store, pid: int) -> None:
    """End the worker whose process on this host is known to be gone; its runs go to the next one at once."""
    work = opened.everywhere().unit_of_work()
    with work:
        work.workers.end_process(socket.gethostname(), pid)
        work.commit()
