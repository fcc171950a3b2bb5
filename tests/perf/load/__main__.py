"""The API on PostgreSQL under load: `python -m tests.perf.load --assets 1000000`.

Fills a cluster of its own (settings as in production, nothing forgotten), compares each kind of request with its own
SQL straight through psycopg, then serves the store as in production and asks 50 times a second. Prints one JSON
document; the figures of docs/benchmarks.md come from here. `--database URL --folder FOLDER` fill an empty database of
one's own, and find it filled the next time.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from platform_core.api import create_api
from platform_core.domain.organisations import DEFAULT, EVERY
from platform_core.settings import Settings
from platform_core.store import Files, Store
from platform_core.store.database import beginning, create_store_engine
from tests.harness import postgresql
from tests.harness.server import Workbench, running_workbench
from tests.perf.load.filling import Filled, fill
from tests.perf.load.pacing import churn, pace
from tests.perf.load.questions import Question, questions
from tests.perf.load.ratio import compare
from tests.perf.websocket import cpu_of, memory_of

SERVER = (
    "shared_buffers=1GB",
    "effective_cache_size=4GB",
    "random_page_cost=1.1",
    "max_wal_size=4GB",
    "listen_addresses=127.0.0.1",
)
"""What docs/deploy.md would have an operator set; the disk is waited for, as everywhere but in tests."""

NO_LIMIT = "1000000000"
WARM = 400
FILLED = "filled.json"


def main(
    assets: Annotated[int, typer.Option(help="Number of made assets.")] = 100_000,
    per_second: Annotated[float, typer.Option(help="Requests a second.")] = 50.0,
    requests: Annotated[int, typer.Option(help="Requests of the paced part; 0 leaves it out.")] = 6_000,
    rounds: Annotated[int, typer.Option(help="How often each request is compared with its SQL; 0 leaves it out.")] = 30,
    churned: Annotated[int, typer.Option(help="Requests over which memory is watched; 0 leaves it out.")] = 0,
    database: Annotated[str, typer.Option(help="Use what an earlier run filled at this address, with --folder.")] = "",
    folder: Annotated[Path | None, typer.Option(help="Files of the store, and how it was filled.")] = None,
    seed: Annotated[int, typer.Option(help="Of the portfolio and the order of requests.")] = 1,
) -> None:
    """Measure and print the figures as JSON."""
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-load-")))
        url = database or stack.enter_context(_own_database())
        filled = _filled(url, place, assets, seed)
        conninfo = url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(beginning(EVERY))
            asked = questions(connection, filled, seed)
        found: dict[str, Any] = {"assets": filled.assets}
        if rounds:
            found |= _compared(url, conninfo, place, filled, asked, rounds)
        if requests:
            found["paced"] = _paced(url, place, filled, asked, per_second, requests, seed)
        if churned:
            found["memory"] = _watched(url, place, filled, asked, churned, seed)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


@contextmanager
def _own_database() -> Iterator[str]:
    programs = postgresql.installed()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed.")
    with postgresql.running_cluster(programs, settings=SERVER) as cluster, cluster.fresh_database() as url:
        yield url


def _filled(url: str, place: Path, assets: int, seed: int) -> Filled:
    """Fill the store, or tell how it was filled by an earlier run."""
    told = place / FILLED
    if told.exists():
        return Filled(**json.loads(told.read_text(encoding="utf-8")))
    engine = create_store_engine(url)
    store = Store(engine, Files(str(place / "files"))).of(DEFAULT)
    store.upgrade()
    filled = fill(store, engine, assets, seed)
    store.close()
    told.write_text(json.dumps(asdict(filled)), encoding="utf-8")
    return filled


def _compared(
    url: str, conninfo: str, place: Path, filled: Filled, asked: list[Question], rounds: int
) -> dict[str, Any]:
    settings = Settings(DATABASE_URL=url, FILES_URL=str(place / "files"), API_REQUESTS_PER_MINUTE=int(NO_LIMIT))
    api, engine = create_api(settings), create_store_engine(url)
    api.state.store = Store(engine, Files(str(place / "files")))
    lines, empty = compare(api, engine, conninfo, filled.secret, asked, rounds)
    engine.dispose()
    return {"empty_ms": empty, "compared": [asdict(line) | {"ratio": round(line.ratio, 2)} for line in lines]}


def _paced(
    url: str, place: Path, filled: Filled, asked: list[Question], per_second: float, requests: int, seed: int
) -> dict[str, Any]:
    """Serve the store and ask; CPU seconds and megabytes are the server's and the database's own."""
    with _served(url, place) as workbench:
        address = f"{workbench.url}/api/v1"
        warm = asyncio.run(pace(address, filled.secret, asked, per_second, WARM, seed + 1))[-1]
        before, cpu, database = memory_of(workbench), cpu_of(workbench), _database_cpu(url)
        lines = asyncio.run(pace(address, filled.secret, asked, per_second, requests, seed))
        return {
            "warming": asdict(warm),
            "lines": [asdict(line) for line in lines],
            "server_cpu_ms_a_request": round(1000 * (cpu_of(workbench) - cpu) / requests, 2),
            "database_cpu_ms_a_request": round(1000 * (_database_cpu(url) - database) / requests, 2),
            "memory_mb": [round(before / 1024, 1), round(memory_of(workbench) / 1024, 1)],
        }


def _watched(url: str, place: Path, filled: Filled, asked: list[Question], requests: int, seed: int) -> dict[str, Any]:
    """Return the server's megabytes after each tenth of the requests, four of which are under way all the time."""
    with _served(url, place) as workbench:
        address, tenth = f"{workbench.url}/api/v1", requests // 10
        failed, memory = 0, []
        for part in range(10):
            failed += asyncio.run(churn(address, filled.secret, asked, tenth, 4, seed + part))
            memory.append(round(memory_of(workbench) / 1024, 1))
        return {"requests": 10 * tenth, "failed": failed, "memory_mb": memory}


@contextmanager
def _served(url: str, place: Path) -> Iterator[Workbench]:
    """Serve the store as in production: the workbench's own process, without a limit of requests."""
    environment = {"DATABASE_URL": url, "FILES_URL": str(place / "files"), "API_REQUESTS_PER_MINUTE": NO_LIMIT}
    with tempfile.TemporaryDirectory() as home, running_workbench(Path(home), environment) as workbench:
        yield workbench


def _database_cpu(url: str) -> float:
    """Return the CPU seconds of the database server and all its sessions so far, those that ended included."""
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
        (session,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
        parent = _stat(session)[1]
        children = [_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    ticks = sum(sum(each[11:13]) for each in children if each[1] == parent) + sum(_stat(parent)[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[int]:
    """Return the fields of a process behind its name, the state as 0; of one that is gone only zeros."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return [0] * 40
    return [0, *map(int, text.rsplit(")", 1)[1].split()[1:])]


if __name__ == "__main__":
    typer.run(main)
