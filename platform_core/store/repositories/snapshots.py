"""Snapshots of inventories: the newest of a migration, written when it is first needed and opened once a process."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from platform_core.domain.software import SoftwareReader
from platform_core.store.files import Files
from platform_core.store.models import AssetRow, IssueRow, MigrationRow
from platform_core.store.repositories.assets import CHANGING
from platform_core.store.repositories.base import Repository, plain
from platform_core.store.snapshots.opening import Outdated, Snapshot
from platform_core.store.snapshots.places import snapshot_key
from platform_core.store.snapshots.shape import STORED
from platform_core.store.snapshots.writing import Drafting, write

OPEN_AT_ONCE = 4
FETCHED = 10_000
KEYS_AT_ONCE = 500
SAMPLED = 20_000
"""So many assets tell how the values of each column lie: forty a mark, which is two in five more or less at a place."""

_opened: OrderedDict[str, Snapshot] = OrderedDict()
_opening = threading.Lock()


@cache
def _nothing() -> Snapshot:
    """Return the snapshot of an inventory that was never built."""
    return Snapshot()


class Snapshots(Repository):
    """The snapshots of migrations, as of this transaction."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__(session)
        self._files = files

    def of(self, migration_id: int, software: SoftwareReader, day: date) -> Snapshot:
        """Return the snapshot of a migration's inventory with every change up to now; writes it where there is none.

        `day` is today: which support has ended depends on it.
        """
        key, edition = self._state(migration_id)
        if not key:
            return _nothing()
        if CHANGING in self._session.info and not self._files.exists(key):
            snapshot = self._of_ones_own(migration_id, edition, software)
        else:
            snapshot = self._shared(migration_id, key, edition, software)
        drafting = Drafting(software, snapshot.marks)
        snapshot.bring_up_to(edition, day, lambda: self._changed(migration_id, snapshot.written_at, drafting))
        return snapshot

    def at_hand(self, migration_id: int, software: SoftwareReader, day: date) -> Snapshot | None:
        """Return the snapshot as `of` does, None where it would have to be written first."""
        key, _ = self._state(migration_id)
        return self.of(migration_id, software, day) if key and self._files.exists(key) else None

    def _shared(self, migration_id: int, key: str, edition: int, software: SoftwareReader) -> Snapshot:
        address = self._files.address(key)
        with _opening:
            snapshot = _opened.get(address) or self._open(migration_id, key, edition, software)
            _opened.move_to_end(address)
        return snapshot

    def prepare(self, migration_id: int, software: SoftwareReader) -> None:
        """Write the snapshot of a migration's inventory, so that the first visitor need not wait for it.

        What stands in the way (a full disk) is left to that visit: the inventory itself is stored by now.
        """
        key, edition = self._state(migration_id)
        if key:
            with suppress(duckdb.Error, OSError):
                self._write(migration_id, key, edition, software)

    def state(self, migration_id: int) -> tuple[str, int] | None:
        """Return what every change of a migration's inventory changes, None where none was built; raises NotFound."""
        row = self._line(_STATE, "migration", mine=migration_id)
        return (self._files.address(snapshot_key(migration_id, row[0])), row[1]) if row[0] else None

    def _state(self, migration_id: int) -> tuple[str, int]:
        """Return the file key of a migration's snapshot ("" when nothing was built) and its count of changes."""
        columns = (MigrationRow.inventory_stamp, MigrationRow.inventory_edition)
        ((stamp, edition),) = self._tuples(select(*columns).where(MigrationRow.id == migration_id))
        return snapshot_key(migration_id, stamp) if stamp else "", edition

    def _open(self, migration_id: int, key: str, edition: int, software: SoftwareReader) -> Snapshot:
        with ExitStack() as local:
            try:
                self._write(migration_id, key, edition, software)
                snapshot = Snapshot(local.enter_context(self._files.local(key)), software.mark)
            except (duckdb.Error, Outdated):  # damaged, or of another version
                self._files.remove(key)
                self._write(migration_id, key, edition, software)
                snapshot = Snapshot(local.enter_context(self._files.local(key)), software.mark)
            weakref.finalize(snapshot, local.pop_all().close)
        _opened[self._files.address(key)] = snapshot
        while len(_opened) > OPEN_AT_ONCE:
            _opened.popitem(last=False)
        return snapshot

    def _of_ones_own(self, migration_id: int, edition: int, software: SoftwareReader) -> Snapshot:
        """Return a snapshot for this transaction alone: what it holds may yet be rolled back."""
        with ExitStack() as local:
            path = Path(local.enter_context(tempfile.TemporaryDirectory(prefix="snapshot-"))) / "inventory.duckdb"
            self._write_at(path, migration_id, edition, software)
            snapshot = Snapshot(path, software.mark)
            weakref.finalize(snapshot, local.pop_all().close)
        return snapshot

    def _write(self, migration_id: int, key: str, edition: int, software: SoftwareReader) -> None:
        """Write the snapshot under `key` unless it is there, and let go of those of former rebuilds."""
        if self._files.exists(key):
            return
        with tempfile.TemporaryDirectory(prefix="snapshot-") as folder:
            path = Path(folder) / "inventory.duckdb"
            self._write_at(path, migration_id, edition, software)
            self._files.publish(path, key)
        self._files.remove_others(key)

    def _write_at(self, path: Path, migration_id: int, edition: int, software: SoftwareReader) -> None:
        first, last = self._ends(migration_id)
        drafting = Drafting.after(self._sample(migration_id, first, last), software)
        write(path, self._all(migration_id, first, last), self._findings(migration_id), edition, drafting)

    def _ends(self, migration_id: int) -> tuple[int, int]:
        """Return the ids of the first and the last asset; (0, -1) where there is none."""
        ends = select(func.min(AssetRow.id), func.max(AssetRow.id)).where(AssetRow.migration_id == migration_id)
        ((first, last),) = self._tuples(ends)
        return (0, -1) if first is None else (first, last)

    def _sample(self, migration_id: int, first: int, last: int) -> list[tuple[Any, ...]]:
        """Return assets from all over the inventory."""
        numbers = range(first, last + 1, max(1, (last + 1 - first) // SAMPLED))
        found: list[tuple[Any, ...]] = []
        for start in range(0, len(numbers), KEYS_AT_ONCE):
            some = ", ".join(f"{number:d}" for number in numbers[start : start + KEYS_AT_ONCE])
            for rows in self._batches(f"id IN ({some}) AND +migration_id = {migration_id:d}"):
                found += rows
        return found

    def _all(self, migration_id: int, first: int, last: int) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Yield the assets in the order of the build, as plain values."""
        # The plus keeps databases from going by an index of the migration and ordering all rows in memory afterwards.
        return self._batches(f"id BETWEEN {first:d} AND {last:d} AND +migration_id = {migration_id:d}")

    def _batches(self, mine: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        named = ", ".join(f'"{name}"' for name in STORED)
        connection = self._session.connection()
        driver: Any = connection.connection  # its own tuples: rows of ours would take as long again
        cursor = driver.cursor(name="snapshot") if connection.dialect.name == "postgresql" else driver.cursor()
        with closing(cursor):
            cursor.execute(f"SELECT {named} FROM asset WHERE {mine} ORDER BY id")  # noqa: S608
            while some := cursor.fetchmany(FETCHED):
                yield some

    def _findings(self, migration_id: int, keys: list[str] | None = None) -> dict[str, str]:
        """Return the findings (of the assets `keys` only) as a snapshot keeps them, by asset key."""
        query = select(IssueRow.asset_key, IssueRow.kind, IssueRow.field).where(
            IssueRow.migration_id == migration_id, IssueRow.asset_key.is_not(None)
        )
        if keys is not None:
            query = query.where(IssueRow.asset_key.in_(keys))
        found: dict[str, set[str]] = {}
        for key, kind, field in self._session.execute(query.distinct().execution_options(yield_per=FETCHED)):
            found.setdefault(str(key), set()).add(f"{kind}:{field or ''}")
        texts: dict[str, str] = {}
        return {key: texts.setdefault(text, text) for key, each in found.items() if (text := "\n".join(sorted(each)))}

    def _changed(self, migration_id: int, since: int, drafting: Drafting) -> pa.RecordBatch:
        mine = f"migration_id = {migration_id:d} AND edition > {since:d}"
        rows = [row for some in self._batches(mine) for row in some]
        place = list(STORED).index("key")
        keys = [row[place] for row in rows]
        findings: dict[str, str] = {}
        for start in range(0, len(keys), KEYS_AT_ONCE):
            findings |= self._findings(migration_id, keys[start : start + KEYS_AT_ONCE])
        return drafting.batch(rows, findings)


_STATE = plain(MigrationRow, ["inventory_stamp", "inventory_edition"]).where(MigrationRow.id == bindparam("mine"))
