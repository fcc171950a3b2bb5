"""Runs whose events a test writes itself."""

from __future__ import annotations

from platform_core.domain.runs import EventKind, RunKind, RunStatus
from platform_core.store import Store
from platform_core.store.models import RunRow


def add_run(store: Store, migration_id: int | None = None) -> int:
    """Add a run that goes on, and return its number."""
    work = store.unit_of_work()
    with work:
        row = RunRow(migration_id=migration_id, kind=RunKind.IMPORT, status=RunStatus.RUNNING, started_by="test")
        work.runs.add(row)
        work.commit()
        return row.id


def tell(store: Store, run_id: int, *texts: str) -> list[int]:
    """Add events to a run in one transaction, and return their numbers."""
    work = store.unit_of_work()
    with work:
        run = work.runs.locked(run_id)
        rows = [work.runs.tell(run, text, EventKind.NOTE) for text in texts]
        work.flush()
        work.commit()
        return [row.id for row in rows]
