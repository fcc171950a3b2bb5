"""What changes of a large inventory cost in CPU: a name set by hand, a rule over most assets, many duplicates merged.

.venv/bin/python -m tests.perf.edits [--assets 100000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition, Rule
from platform_core.domain.duplicates import Evidence, Pair
from platform_core.services import asset_edits, duplicates, history, repairs, snapshots
from platform_core.services.asset_edits import CellEdit
from platform_core.store import Store
from tests.harness.portfolio import store_at
from tests.perf.portfolio import MEASURER, fill


def timed(what: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    what()
    return time.process_time() - start


def decide(store: Store, migration_id: int) -> None:
    """Say of all servers where they stand."""
    only = (Condition(field="kind", test=Comparison.IS, value="server"),)
    rule = Rule(title="Moved", conditions=only, change=Change(kind=ChangeKind.SET, field="location", value="Leeds"))
    repairs.apply_in_run(store, store, migration_id, [rule], "", MEASURER)


def take_back(store: Store, migration_id: int) -> None:
    """Undo the latest change."""
    last = history.undoable(store.unit_of_work(), migration_id, MEASURER)
    assert last is not None
    history.undo_in_run(store, migration_id, MEASURER, seen=last.id)


def merge(store: Store, migration_id: int, keys: list[str]) -> None:
    """Merge every second server into the one before it."""
    unit, going = store.unit_of_work(), min(20_000, len(keys) // 2)
    with unit:
        pairs = zip(keys[: 2 * going : 2], keys[1 : 2 * going : 2], strict=True)
        evidence = (Evidence("name", "same", 9.0),)
        unit.duplicates.replace_all(migration_id, [Pair(*pair, 9.0, evidence, str(n)) for n, pair in enumerate(pairs)])
        unit.commit()
    assert duplicates.merge_all(unit, migration_id, 0.9, MEASURER) == going


def main() -> None:
    """Fill a store, rename servers one after the other, and print medians and extremes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        migration_id = fill(Path(folder), chosen.assets)
        store = store_at(Path(folder))
        unit = store.unit_of_work()
        snapshots.prepare(unit, migration_id)
        with unit.reading():
            servers = sorted(key for key in unit.assets.keys(migration_id) if key.startswith("server:"))

        def rename(place: int) -> None:
            edit = CellEdit(asset_key=servers[place * 7], field="hostname", text=f"renamed-{place}", seen=None)
            saved = asset_edits.save(unit, migration_id, [edit], MEASURER)
            assert saved.cells == 1

        told = {
            "a host name set by hand": [timed(lambda p=place: rename(p)) for place in range(chosen.repeats)],
            "it taken back": [timed(lambda: history.undo(unit, migration_id, MEASURER)) for _ in range(chosen.repeats)],
            f"a rule over {len(servers):,} servers": [timed(lambda: decide(store, migration_id))],
            "the rule taken back": [timed(lambda: take_back(store, migration_id))],
            "merging duplicates": [timed(lambda: merge(store, migration_id, servers))],
            "the merging taken back": [timed(lambda: take_back(store, migration_id))],
        }
        for what, seconds in told.items():
            sys.stdout.write(f"{what}: {median(seconds):.3f} s CPU ({min(seconds):.3f} to {max(seconds):.3f})\n")
        store.close()


if __name__ == "__main__":
    main()
