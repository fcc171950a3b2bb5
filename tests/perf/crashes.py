"""Kill workers at random while runs go on, and count what came of it: `python -m tests.perf.crashes --help`."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Literal

import typer

from platform_core.domain.organisations import DEFAULT
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from tests.harness import postgresql
from tests.harness.crashes import CrashTest
from tests.harness.workers import crew


def main(
    kills: Annotated[int, typer.Option(help="Workers to kill while they carry out a run.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the moments and the victims.")] = 1,
    database: Annotated[Literal["sqlite", "postgresql"], typer.Option(help="On which database.")] = "sqlite",
    unburied: Annotated[float, typer.Option(help="Share whose silence must be noticed (30 s each).")] = 0.05,
    frozen: Annotated[float, typer.Option(help="Share that is frozen and thawed instead.")] = 0.1,
) -> None:
    """Exit code 1 when a run was lost or an effect is missing, partial or there twice."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-crashes-")))
        url = f"sqlite:///{folder / 'workbench.db'}"
        if database == "postgresql":
            programs = postgresql.installed()
            if programs is None:
                raise typer.BadParameter("PostgreSQL is not installed: apt-get install postgresql")
            cluster = stack.enter_context(postgresql.running_cluster(programs))
            url = stack.enter_context(cluster.fresh_database())
        store = Store(create_store_engine(url), Files(str(folder / "files"))).of(DEFAULT)
        store.upgrade()
        made = stack.enter_context(crew(store, url, folder))
        toll = CrashTest(made, folder, seed=seed).run(kills, unburied_share=unburied, freeze_share=frozen)
        if database == "sqlite":
            toll.faults += [f"{name}: {answer}" for name, answer in _integrity(folder) if answer != "ok"]
        store.close()
    sys.stdout.write(
        f"{database}, seed {seed}: {toll.kills} workers killed in the middle of a run "
        f"({toll.freezes} frozen and thawed instead, {toll.unburied} left to be noticed); "
        f"at most {toll.most_workers} workers at once; {toll.runs} runs, "
        f"{toll.resumed} resumed, {toll.seconds:,.0f} s; faults: {len(toll.faults)}\n"
    )
    sys.stdout.writelines(f"  {fault}\n" for fault in toll.faults)
    raise typer.Exit(1 if toll.faults else 0)


def _integrity(folder: Path) -> list[tuple[str, str]]:
    """Return what SQLite says of its two files."""
    found = []
    for path in sorted(folder.glob("*.db")):
        connection = sqlite3.connect(path)
        found.append((path.name, str(connection.execute("PRAGMA integrity_check").fetchone()[0])))
        connection.close()
    return found


if __name__ == "__main__":
    typer.run(main)
