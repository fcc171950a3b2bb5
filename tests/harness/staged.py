"""Assets of a test's own in a store or in a staged inventory, without files."""

from __future__ import annotations

from platform_core.domain.inventory import Asset, Inventory, Part
from platform_core.store import UnitOfWork
from platform_core.store.staging import Staging, staging


def stage_inventory(staged: Staging, built: Inventory) -> None:
    """Put an inventory that was made in memory into an empty staged one."""
    staged.add(Part(built, list(range(len(built.assets)))))


def store_assets(work: UnitOfWork, migration_id: int, *assets: Asset) -> None:
    """Make `assets` the inventory of a migration. Call inside an open block of `work`, then commit."""
    with staging() as staged:
        stage_inventory(staged, Inventory(list(assets)))
        work.assets.replace_all(migration_id, staged)
