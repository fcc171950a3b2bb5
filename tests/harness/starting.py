"""Processes that start at the same moment on one store: replicas of the pages and workers, as they start in earnest.

All of them are forked from a process that imported everything and let go at once, so that they meet where real ones,
which import for seconds, would meet by chance.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Engine, Float, Integer, MetaData, Table, insert, select

from platform_core.api import create_api
from platform_core.domain.identity import Identity
from platform_core.domain.organisations import DEFAULT
from platform_core.services import bootstrap, migrations, workers
from platform_core.settings import settings
from platform_core.store import Files, Store, upgrade
from platform_core.store.database import EVERYWHERE, WRITES, create_store_engine
from platform_core.store.schema import upgrade_engine
from tests.harness.forks import become, forks

READY, TROUBLE = "ready", "trouble"
EARLY = "0004"
"""An early revision of the schema: migrations, imports, an inventory and a trail, and nothing behind them."""

ASSETS = 200
PATIENCE_SECONDS = 90.0
Told = tuple[int, str, str]
"""Number of a process, whether it is ready or in trouble, and what about."""


def start_on(url: str, folder: Path, processes: int, kept: Kept | None = None) -> list[str]:
    """Start processes at once on the database at `url`, empty or with what is `kept` in it; return what went wrong."""
    environment = {
        "VAR_DIR": str(folder),
        "DATABASE_URL": url,
        "FILES_URL": str(folder / "files"),
        "EMBEDDED_WORKER": "false",
        "LOG_LEVEL": "INFO",
    }
    faults = start_at_once(environment, processes)
    store = Store(create_store_engine(url), Files(str(folder / "files"))).of(DEFAULT)
    if not store.is_up_to_date():
        faults.append("the schema is not the newest")
    if kept is None and len(migrations.listed(store.unit_of_work())) != 1:
        faults.append("there is not one first migration")
    if workers.listed(store.unit_of_work()):
        faults.append("a worker that ended is listed")
    store.close()
    return faults + (kept.changes(url) if kept else [])


def start_at_once(environment: Mapping[str, str], processes: int) -> list[str]:
    """Start replicas and workers in turns, `processes` in all, on the store of `environment`; returns what went wrong.

    Returns once all are ready, or one is in trouble, and all have ended again.
    """
    context = forks()
    barrier, told = context.Barrier(processes), context.SimpleQueue()
    everything = dict(os.environ) | dict(environment)
    started = [
        context.Process(target=_start, args=(n, barrier, told, everything), daemon=True) for n in range(processes)
    ]
    for process in started:
        process.start()
    said = _listen(started, told)
    _end(started)
    said += list(_waiting(told))
    faults = [f"process {number}: {what}" for number, word, what in said if word == TROUBLE]
    ready = {number for number, word, _ in said if word == READY}
    faults += [f"process {number} was never ready" for number in range(processes) if number not in ready]
    return faults + [
        f"process {number} ended with {each.exitcode}" for number, each in enumerate(started) if each.exitcode
    ]


@dataclass(frozen=True)
class Kept:
    """The rows of an early database: the columns of each table, and its rows in the order of their numbers."""

    columns: Mapping[str, list[str]]
    rows: Mapping[str, list[tuple[Any, ...]]]

    def changes(self, url: str) -> list[str]:
        """Return which tables of the database at `url` do not hold these rows any more."""
        engine = create_store_engine(url)
        try:
            after = _rows(engine, self.columns)
        finally:
            engine.dispose()
        return [f"the rows of {name} are not as they were" for name in self.rows if after[name] != self.rows[name]]


def make_old(url: str) -> Kept:
    """Bring the empty database at `url` to an early revision with data in it, and return these."""
    engine = create_store_engine(url)
    try:
        upgrade_engine(engine, EARLY)
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect().execution_options(**WRITES) as connection, connection.begin():
            for name, rows in _early_rows().items():
                connection.execute(insert(tables.tables[name]), [_filled(tables.tables[name], row) for row in rows])
        columns = {name: [column.name for column in tables.tables[name].columns] for name in _early_rows()}
        return Kept(columns, _rows(engine, columns))
    finally:
        engine.dispose()


def _rows(engine: Engine, columns: Mapping[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    tables = MetaData()
    tables.reflect(engine, only=list(columns))
    found = {}
    with engine.connect().execution_options(**EVERYWHERE) as connection:
        for name, wanted in columns.items():
            of = tables.tables[name].columns
            found[name] = [
                tuple(row) for row in connection.execute(select(*(of[n] for n in wanted)).order_by(of["id"]))
            ]
    return found


def _early_rows() -> dict[str, list[dict[str, Any]]]:
    """Return what stands in an early database: two migrations, an import with its mapping, an inventory, a trail."""
    assets = [
        {"migration_id": 1, "key": f"server:s{n}", "kind": "server", "name": f"s{n}", "subject_key": "application:shop"}
        for n in range(ASSETS)
    ]
    flows = [
        {
            "migration_id": 1,
            "source_name": f"s{n}",
            "target_name": f"s{n + 1}",
            "source_key": f"server:s{n}",
            "port": 443,
        }
        for n in range(ASSETS)
    ]
    columns = [{"import_id": 1, "position": n, "header": f"Column {n}"} for n in range(20)]
    return {
        "migration": [
            {"name": "Exit 2027", "status": "in_progress", "phase": "assessment", "inventory_revision": 3},
            {"name": "Café Süd", "status": "planning", "phase": "discovery"},
        ],
        "session": [{"migration_id": 1, "session_name": "one", "session_display_name": "The first sitting"}],
        "import": [
            {"migration_id": 1, "number": 1, "file_name": "servers.csv", "sha256": "0" * 64, "state": "applied"}
        ],
        "import_column": columns,
        "mapping": [{**each, "state": "accepted", "source": "rules", "field": "hostname"} for each in columns],
        "asset": assets,
        "dependency": flows,
        "audit": [{"migration_id": 1, "action": "mapping.applied", "text": f"Entry {n}"} for n in range(50)],
        "correction": [{"migration_id": 1, "kind": "mapping", "scope": "source", "subject": "Column 1"}],
        "feedback": [{"migration_id": 1, "page": "mapping", "text": "Fits", "status": "open"}],
    }


def _filled(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with something in every column that must hold something."""
    needed = [column for column in table.columns if not column.nullable and not column.primary_key]
    return {**{column.name: _something(column) for column in needed}, **row}


def _something(column: Column[Any]) -> Any:
    if isinstance(column.type, DateTime):
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, JSON):
        return {}
    return 0 if isinstance(column.type, Integer | Float) else ""


def _listen(started: Sequence[BaseProcess], told: SimpleQueue[Told]) -> list[Told]:
    """Return what the processes say until each is ready, in trouble or gone, or patience has ended."""
    said: list[Told] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        said += _waiting(told)
        heard = {number for number, _, _ in said}
        if all(number in heard or each.exitcode is not None for number, each in enumerate(started)):
            break
        time.sleep(0.01)
    return said


def _end(started: Sequence[BaseProcess]) -> None:
    """Ask the workers to end, which the others do by themselves; who does not is killed."""
    for worker in started[1::2]:
        if worker.is_alive():
            worker.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in started:
        process.join(max(0.0, deadline - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()


def _waiting(told: SimpleQueue[Told]) -> Iterator[Told]:
    while not told.empty():
        yield told.get()


class _Listener(logging.Handler):
    """Tells what a worker's own log says of it."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "worker ready":
            self._tell(READY, "")
        elif record.levelno >= logging.WARNING:
            self._tell(TROUBLE, f"{record.getMessage()} {record.exc_info[1] if record.exc_info else ''}")


def _start(number: int, barrier: Barrier, told: SimpleQueue[Told], environment: dict[str, str]) -> None:
    """Be a replica of the pages, or every second time a worker."""

    def tell(word: str, what: str) -> None:
        told.put((number, word, what))

    become(environment, Path(environment["VAR_DIR"], "starts.log"))
    logging.getLogger("platform_core").addHandler(_Listener(tell))
    barrier.wait(PATIENCE_SECONDS)
    try:
        if number % 2:
            workers.run_worker(child=False)
        _be_a_replica(number)
        tell(READY, "")
    except Exception as error:
        tell(TROUBLE, repr(error))
        raise


def _be_a_replica(number: int) -> None:
    """Do what the launcher and the first page do: schema, web interface, runs left behind, a migration to work on."""
    upgrade(settings().DATABASE_URL)
    api = create_api(settings())
    with workers.beside_the_pages():
        store = bootstrap.store()
        assert store.is_up_to_date()
        migrations.opened(store.of(DEFAULT).unit_of_work(), None, Identity(name=f"Analyst {number}"))
    store.close()
    api.state.store.close()
