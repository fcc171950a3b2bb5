"""Signs of life: how long silence may last before a worker or a run counts as lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from platform_core.domain.runs import RunStatus
from platform_core.store.columns import now
from platform_core.store.models import RunRow
from platform_core.store.unit_of_work import UnitOfWork

HEARTBEAT_SECONDS = 5.0
"""How often a worker writes its sign of life."""

WORKER_LOST_AFTER = timedelta(seconds=30)
"""Six heartbeats: longer than any pause that a loaded machine or a long write of somebody else causes."""

REQUEST_LOST_AFTER = timedelta(seconds=90)
"""The same for work that a request does itself, which tells of itself only where its engine does."""

REQUEST_GIVEN_UP_AFTER = timedelta(hours=1)
"""After this long nobody is going to end the run of a request any more."""


def alive(work: UnitOfWork) -> set[str]:
    """Return the workers that gave a sign of life. Call inside an open block of `work`."""
    return {row.id for row in work.workers.alive(now() - WORKER_LOST_AFTER)}


def status_of(run: RunRow, workers: Collection[str]) -> RunStatus:
    """Return where a run stands, given the workers that are alive: one that nobody carries out any more is lost."""
    status = RunStatus(run.status)
    if status is not RunStatus.RUNNING:
        return status
    silence = now() - run.seen_at
    if run.worker is None:
        return RunStatus.LOST if silence > REQUEST_LOST_AFTER else status
    return RunStatus.LOST if run.worker not in workers and silence > WORKER_LOST_AFTER else status


def is_abandoned(run: RunRow, workers: Collection[str]) -> bool:
    """Tell whether a request died over a run, so that nobody will ever end it."""
    return run.worker is None and run.status == RunStatus.RUNNING and status_of(run, workers) is RunStatus.LOST
