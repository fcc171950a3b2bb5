"""Killing imports at random moments, and counting what of them is there afterwards."""

from __future__ import annotations

import itertools
import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import func, select

from platform_core.domain.identity import Identity
from platform_core.services import applying, migrations, receiving
from platform_core.store import Store
from platform_core.store.models import AssetRow, ColumnRow, ImportRow, IssueRow, MigrationRow
from tests.harness import databases
from tests.harness.forks import become, forks
from tests.harness.portfolio import store_at
from tests.harness.server_export import COLUMNS, write

ROWS = 3_000
MARGIN = 1.1
"""Kills fall within this many times the length of an import, so that some find it finished."""


@dataclass
class Losses:
    """How often a process was killed, in how many states imports were found, and what was wrong."""

    kills: int = 0
    states: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def kill_imports(folder: Path, kills: int, *, seed: int = 1) -> Losses:
    """Kill a process that imports one file after the other `kills` times, and look at every migration it began."""
    chance, losses = random.Random(seed), Losses()
    path = write(folder / "servers.csv", ROWS)
    store = store_at(folder)
    store.upgrade()
    seconds = _seconds_of_one(folder, path)
    while losses.kills < kills:
        with _importing(folder, path, str(losses.kills)) as begun:
            begun.recv()
            time.sleep(chance.uniform(0, MARGIN * seconds))
        losses.kills += 1
        losses.faults += _integrity(folder)
    _look(store, losses)
    store.close()
    return losses


def _seconds_of_one(folder: Path, path: Path) -> float:
    """Return how long the first import of a process takes, from its beginning to that of the next."""
    with _importing(folder, path, "first") as begun:
        begun.recv()
        began = time.monotonic()
        begun.recv()
    return time.monotonic() - began


@contextmanager
def _importing(folder: Path, path: Path, name: str) -> Iterator[Connection]:
    """Have a process import one file after the other; yields where it says that one begins, kills it at the end."""
    context = forks()
    hears, says = context.Pipe(duplex=False)
    process = context.Process(target=_import_forever, args=(folder, path, name, says), daemon=True)
    process.start()
    says.close()  # so that its end is noticed here
    try:
        yield hears
    finally:
        process.kill()
        process.join()
        hears.close()


def _import_forever(folder: Path, path: Path, name: str, says: Connection) -> None:
    become(os.environ, folder / "imports.log")
    store, by = store_at(folder), Identity(name="crash test")
    for number in itertools.count(1):
        migration = migrations.create(store.unit_of_work(), f"Import {name}-{number}", by)
        says.send(migration.id)
        with path.open("rb") as data:
            receiving.receive(store, migration.id, "servers.csv", data, by)
        applying.apply_all(store, migration.id, by)


def _integrity(folder: Path) -> list[str]:
    if databases.kind() != "sqlite":
        return []
    with sqlite3.connect(folder / "workbench.db") as database:
        answer = str(database.execute("PRAGMA integrity_check").fetchone()[0])
    return [] if answer == "ok" else [f"integrity_check: {answer}"]


def _look(store: Store, losses: Losses) -> None:
    """Count the states of all imports; whatever is neither nothing nor whole is a fault."""
    work = store.unit_of_work()
    with work.reading():
        session = work.runs._session  # the count looks at rows that no use case shows
        for migration in session.scalars(select(MigrationRow)):
            mine = migration.id
            imports = session.scalars(select(ImportRow).where(ImportRow.migration_id == mine)).all()
            assets = session.scalar(select(func.count(AssetRow.id)).where(AssetRow.migration_id == mine)) or 0
            issues = session.scalar(select(func.count(IssueRow.id)).where(IssueRow.migration_id == mine)) or 0
            servers = session.scalar(
                select(func.count(AssetRow.id)).where(AssetRow.migration_id == mine, AssetRow.kind == "server")
            )
            state = "nothing"
            if imports:
                (row,) = imports
                columns = session.scalar(select(func.count(ColumnRow.id)).where(ColumnRow.import_id == row.id))
                state = str(row.state)
                whole = row.rows_stored == ROWS and columns == len(COLUMNS)
                if not whole or not work.files.exists(row.table) or not work.files.exists(row.original):
                    losses.faults.append(f"migration {mine}: an import by half")
            losses.states[state] = losses.states.get(state, 0) + 1
            expected = (ROWS, 1) if state == "applied" else (0, 0)
            if (servers, migration.inventory_revision) != expected or (state != "applied" and assets + issues):
                losses.faults.append(f"migration {mine} ({state}): {servers} servers, {assets} assets")
