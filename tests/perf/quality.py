"""CPU time of every figure of the quality tab, of an edit and of a repair, on a store of any size.

.venv/bin/python -m tests.perf.quality [--assets 100000] [--share 0.005]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

from platform_core.domain.asset_decisions import AssetDecision, Rule, SetValue
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Inventory
from platform_core.domain.organisations import DEFAULT
from platform_core.domain.quality import Failing
from platform_core.inventory import Overlay
from platform_core.inventory.faults.conventions import environments_in_names
from platform_core.inventory.faults.finding import checked
from platform_core.inventory.faults.texts import fillers, repeated_marks, spellings
from platform_core.reference import catalogue
from platform_core.services import inventories, migrations, quality, quality_rows, repairs
from platform_core.services.asset_edits import CellEdit, save
from platform_core.services.knowledge import fault_knowledge
from platform_core.services.overlays import lay_values
from platform_core.services.quality import StoredLook
from platform_core.services.snapshots import snapshot_of
from platform_core.store import Files, Store
from platform_core.store.columns import now
from platform_core.store.database import create_store_engine
from platform_core.store.snapshots import figures
from platform_core.store.staging import staging
from tests.harness.faulty_inventory import ON, plant
from tests.harness.staged import stage_inventory, store_assets

BY = Identity(name="measurement")
REPEATS = 1


def timed(what: str, ask: Callable[[], object], repeats: int = REPEATS) -> None:
    """Write the least CPU time of some repeats; answers of a snapshot are kept, so once is the rule."""
    taken = []
    for _ in range(repeats):
        begun = time.process_time()
        ask()
        taken.append(time.process_time() - begun)
    sys.stdout.write(f"{what:60} {min(taken):8.3f} s\n")
    sys.stdout.flush()


def fill(folder: Path, assets: int, share: float) -> tuple[Store, int]:
    """Return a store that holds an inventory with planted faults, and its migration."""
    store = Store(create_store_engine(f"sqlite:///{folder / 'workbench.db'}"), Files(str(folder / "files"))).of(DEFAULT)
    store.upgrade()
    migration = migrations.create(store.unit_of_work(), "Measured", BY)
    work = store.unit_of_work()
    with work:
        store_assets(work, migration.id, *plant(assets, share, 1).assets)
        row = work.migrations.get(migration.id)
        row.inventory_revision, row.inventory_stamp = 1, uuid4().hex
        work.commit()
    return store, migration.id


def measure(store: Store, migration_id: int) -> None:
    """Write the time of each figure, then of an edit and of a repair with the assessment that follows."""
    work, known = store.unit_of_work(), fault_knowledge()

    timed("snapshot, written once after a rebuild", lambda: inventories.kinds(work, migration_id), 1)
    with work.reading():
        snapshot = snapshot_of(work, migration_id)
    look = StoredLook(snapshot)
    timed("completeness by kind and field", lambda: inventories.completeness(work, migration_id))
    timed("43 checks", lambda: checked(look, known.checks, ON))
    timed("fillers in 18 fields", lambda: list(fillers(look, known)))
    timed("marks that many share", lambda: list(repeated_marks(look)))
    timed("spellings in 10 fields", lambda: list(spellings(look)))
    timed("environments in names", lambda: list(environments_in_names(look, known.environment_marks)))
    timed("values there are", lambda: figures.filled(snapshot))
    timed("names that several have", lambda: figures.count_failing(snapshot, Failing(namesakes=True)))
    timed("the whole tab, first look", lambda: quality.view(store, migration_id), 1)
    timed("the whole tab, again", lambda: quality.view(store, migration_id))
    fault = next(each for each in quality.view(store, migration_id).faults if each.key == "memory-mib")
    page = lambda: quality_rows.rows(work, migration_id, fault.conditions, fault.rule, offset=0, limit=20)  # noqa: E731
    timed("a page of failing rows, before and after", page)
    first = page().rows[0]
    seen = first.before[
        quality_rows.rows(work, migration_id, fault.conditions, None, offset=0, limit=1).fields.index("memory_gb")
    ]
    edit = CellEdit(asset_key=first.key, field="memory_gb", text="64", seen=seen)
    timed("one value set by hand, its application assessed", lambda: save(work, migration_id, [edit], BY), 1)
    if fault.rule is not None:
        rule = fault.rule
        timed(
            f"a repair of {fault.count - 1:,} assets, assessed",
            lambda: repairs.apply(work, migration_id, [rule], "", BY),
            1,
        )


def measure_overlay(assets: int, share: float) -> None:
    """Write what ten values set by hand, and what one rule, add to a rebuild."""
    planted = plant(assets, share, 1).assets
    named = [decided(n, SetValue(field="location", value="Berlin"), planted[n].key) for n in range(1, 11)]
    check = next(each for each in fault_knowledge().checks if each.key == "memory-mib")
    assert check.change is not None
    rule = decided(11, Rule(title=check.title, conditions=check.conditions, change=check.change), None)
    for what, log in (("ten values set by hand", named), ("and a rule", [*named, rule])):
        with staging() as staged:
            stage_inventory(staged, Inventory(planted))
            overlay = Overlay(log, catalogue())
            timed(f"laid over a rebuild: {what}", partial(lay_values, staged, overlay))


def decided(number: int, content: SetValue | Rule, key: str | None) -> AssetDecision:
    """Return a standing decision."""
    return AssetDecision(id=number, asset_key=key, content=content, reason="", author=BY.name, at=now())


def main() -> None:
    """Fill a store and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--share", type=float, default=0.005)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        store, migration_id = fill(Path(home), chosen.assets, chosen.share)
        try:
            measure(store, migration_id)
        finally:
            store.close()
    measure_overlay(chosen.assets, chosen.share)


if __name__ == "__main__":
    main()
