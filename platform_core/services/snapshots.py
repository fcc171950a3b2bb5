"""The snapshot of an inventory as it is today: what every question about all assets is asked of."""

from __future__ import annotations

from platform_core.services.software_columns import software_reader
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.snapshots.opening import Snapshot


def snapshot_of(work: UnitOfWork, migration_id: int) -> Snapshot:
    """Return the snapshot of a migration's inventory; written now where there is none."""
    return work.snapshots.of(migration_id, software_reader(), now().date())


def prepare(work: UnitOfWork, migration_id: int) -> None:
    """Write the snapshot of a rebuilt inventory, so that nobody has to wait for it on the page."""
    with work.reading():
        work.snapshots.prepare(migration_id, software_reader())
