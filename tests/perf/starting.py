"""Start ten processes at once on empty and on old databases, and count what fails: `python -m tests.perf.starting`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from tests.harness.databases import FILE
from tests.harness.postgresql import Cluster, installed, running_cluster
from tests.harness.starting import make_old, start_on


def main(
    rounds: Annotated[int, typer.Option(help="Rounds on an empty and on an old database each.")] = 20,
    processes: Annotated[int, typer.Option(help="Replicas of the pages and workers, in turns.")] = 10,
    database: Annotated[Literal["sqlite", "postgresql"] | None, typer.Option(help="One of the two only.")] = None,
) -> None:
    """Exit code 1 when a process did not start or end, or an old database lost something."""
    failed = 0
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-starting-")))
        kinds: dict[str, Cluster | None] = {"sqlite": None}
        if database != "sqlite":
            programs = installed()
            if programs is None:
                raise typer.BadParameter("PostgreSQL is not installed: apt-get install postgresql")
            kinds["postgresql"] = stack.enter_context(running_cluster(programs))
        for kind in [database] if database else kinds:
            for is_old in (False, True):
                failed += _told(kind, kinds[kind], home, rounds, processes, is_old=is_old)
    raise typer.Exit(1 if failed else 0)


def _told(kind: str, cluster: Cluster | None, home: Path, rounds: int, processes: int, *, is_old: bool) -> int:
    """Start processes on a fresh copy in each round; say, and return, in how many something went wrong."""
    faults: list[str] = []
    failed = 0
    with _database(cluster, home / f"{kind}-template", "") as url:
        kept = make_old(url) if is_old else None
        template = url.rsplit("/", 1)[1] if cluster else url.removeprefix("sqlite:///")
        for number in range(rounds):
            folder = home / f"{kind}-{is_old}-{number}"
            with _database(cluster, folder, template) as copy:
                found = start_on(copy, folder, processes, kept)
            failed += bool(found)
            faults += [f"  round {number}: {fault}\n" for fault in found]
    age = "old" if is_old else "empty"
    sys.stdout.write(f"{kind}, {age} database: {rounds} rounds of {processes} processes at once, {failed} failed\n")
    sys.stdout.writelines(faults)
    sys.stdout.flush()
    return failed


@contextmanager
def _database(cluster: Cluster | None, folder: Path, template: str) -> Iterator[str]:
    """Give the address of a fresh copy of `template`, a file or a database on `cluster`; "" = an empty one."""
    folder.mkdir(parents=True, exist_ok=True)
    if cluster is not None:
        with cluster.fresh_database(template) as url:
            yield url
    else:
        if template and Path(template).exists():
            shutil.copyfile(template, folder / FILE)
        yield f"sqlite:///{folder / FILE}"
        shutil.rmtree(folder)


if __name__ == "__main__":
    typer.run(main)
