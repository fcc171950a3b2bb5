"""Measure a whole import of a made server export, phase by phase, and the bare minimum in the same run.

    python -m tests.perf.imports --rows 100000 1000000

Each size runs in processes of its own. Read, mapped and built is the import as the analyst's upload and "Apply" do
it, on SQLite; the assessment of strategies, which follows it, is told apart. The peer reads the same file with DuckDB
and puts the same typed columns into a bare SQLite table by `executemany`, without and with as many indexes.
Seconds are CPU seconds (user and system), memory is the peak of the process within the phase.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import duckdb

from platform_core.domain.identity import Identity
from platform_core.domain.organisations import DEFAULT
from platform_core.reference import catalogue
from platform_core.services import applying, migrations, receiving
from platform_core.services.knowledge import mapping_knowledge, noise, policy, products, risk_drivers, vocabularies
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from tests.harness.server_export import write

PEER_INDEXES = ("c0", "c28, c0", "c1", "c38")
"""As many indexes as the asset table has, on columns with as many different values."""


class Phases:
    """CPU seconds and peak memory by phase."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, float]] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure what happens in the block."""
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts anew from here
        before = _cpu()
        yield
        self.found[name] = {"cpu_s": round(_cpu() - before, 2), "peak_mb": _peak_mb()}


def ours(path: Path, folder: Path) -> dict[str, Any]:
    """Import the file into a fresh store."""
    by, phases = Identity(name="measurement"), Phases()
    store = Store(create_store_engine(f"sqlite:///{folder / 'workbench.db'}"), Files(str(folder / "files"))).of(DEFAULT)
    store.upgrade()
    migration = migrations.create(store.unit_of_work(), "Measurement", by)
    for load in (catalogue, mapping_knowledge, noise, policy, products, risk_drivers, vocabularies):
        load()  # what every process reads once is no part of an import
    with phases.phase("read and map"), path.open("rb") as data:
        receiving.receive(store, migration.id, path.name, data, by)
    for name, phase in (("stage", "normalise"), ("lay_down", "assess"), ("keep", "store and index")):
        setattr(applying, name, _measured(getattr(applying, name), phases, phase))
    before = _cpu()
    done = applying.apply_all(store, migration.id, by)
    whole = _cpu() - before
    named = sum(phases.found[phase]["cpu_s"] for phase in ("normalise", "assess", "store and index"))
    phases.found["rest of applying"] = {"cpu_s": round(whole - named, 2), "peak_mb": 0}
    with store.unit_of_work() as work:
        (read,) = work.imports.of(migration.id)
        rows = {"read": read.rows_read, "stored": read.rows_stored, "set_aside": read.rows_quarantined}
    store.close()
    size = round((folder / "workbench.db").stat().st_size / 1e6)
    return {"rows_found": rows, "assets": done.assets, "database_mb": size, "phases": phases.found}


def peer(path: Path, folder: Path) -> dict[str, Any]:
    """Read the file with DuckDB and insert its columns as they are typed there."""
    phases = Phases()
    for name, indexed in (("bare", False), ("with indexes", True)):
        with phases.phase(name):
            found = duckdb.connect().execute("SELECT * FROM read_csv(?)", [str(path)])
            columns = [f"c{at}" for at in range(len(found.description))]
            database = sqlite3.connect(folder / f"{indexed}.db", isolation_level=None)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA cache_size=-131072")
            database.execute("BEGIN IMMEDIATE")
            database.execute(f"CREATE TABLE asset (id INTEGER PRIMARY KEY, {', '.join(columns)})")
            if indexed:
                for number, column in enumerate(PEER_INDEXES):
                    database.execute(f"CREATE INDEX i{number} ON asset ({column})")
            insert = f"INSERT INTO asset ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            while rows := found.fetchmany(20_000):
                database.executemany(insert, rows)
            database.execute("COMMIT")
            database.close()
    return {"phases": phases.found}


def _measured(work: Callable[..., Any], phases: Phases, name: str) -> Callable[..., Any]:
    @wraps(work)
    def measured(*args: Any, **options: Any) -> Any:
        with phases.phase(name):
            return work(*args, **options)

    return measured


def _cpu() -> float:
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def _peak_mb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def _in_a_process(what: str, path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-W", "ignore", "-m", "tests.perf.imports", "--child", what, str(path), folder]
        found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def _figures(rows: int, folder: Path) -> dict[str, Any]:
    path = write(folder / f"servers-{rows}.csv", rows)
    mine, bare = _in_a_process("ours", path), _in_a_process("peer", path)
    import_s = sum(each["cpu_s"] for name, each in mine["phases"].items() if name != "assess")
    size = path.stat().st_size
    path.unlink()
    return {
        "rows": rows,
        "file_mb": round(size / 1e6),
        **mine,
        "peer": bare["phases"],
        "import_cpu_s": round(import_s, 1),
        "import_peak_mb": max(each["peak_mb"] for name, each in mine["phases"].items() if name != "assess"),
        "ratio": round(import_s / bare["phases"]["bare"]["cpu_s"], 2),
        "ratio_indexed": round(import_s / bare["phases"]["with indexes"]["cpu_s"], 2),
    }


def main() -> None:
    """Print one line of JSON a size, and how the import grows from the first to the last."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--child", nargs=3, metavar=("WHAT", "FILE", "FOLDER"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        what, path, folder = chosen.child
        print(json.dumps({"ours": ours, "peer": peer}[what](Path(path), Path(folder))))  # noqa: T201
        return
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in chosen.rows:
            found.append(_figures(rows, Path(folder)))
            print(json.dumps(found[-1]), flush=True)  # noqa: T201
    print(json.dumps({"growth": round(found[-1]["import_cpu_s"] / found[0]["import_cpu_s"], 2)}))  # noqa: T201


if __name__ == "__main__":
    main()
