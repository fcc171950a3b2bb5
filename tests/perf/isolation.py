"""Mixed requests of two organisations through a pool of five connections to a real PostgreSQL: what leaks?

    python -m tests.perf.isolation [--requests 10000] [--seed 1] [--locks both|database|application|none]

The role is an ordinary one that owns the tables. `--locks` leaves PostgreSQL's lock alone, or the application's (then
the role is a superuser), or none: the last must find leaks, or the check would be worth nothing.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from platform_core.logging import configure
from tests.harness.mixed_requests import Tally, at_work, locks, rows_in_wrong_hands, run_mixed, told
from tests.harness.postgresql import as_administrator, installed, running_cluster


def measure(requests: int, seed: int, which: str) -> tuple[Tally, list[str]]:
    """Send the requests to a workbench on a PostgreSQL of our own; return what came of them and the rows astray."""
    programs = installed()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with (
        tempfile.TemporaryDirectory(prefix="isolation-") as folder,
        running_cluster(programs) as cluster,
        cluster.fresh_database() as ours,
        locks(which) as is_bound,
    ):
        above = as_administrator(ours)
        with at_work(ours if is_bound else above, str(Path(folder) / "files")) as two:
            tally = run_mixed(two, requests, seed)
        return tally, rows_in_wrong_hands(above, two)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; exit 1 where something leaked or failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--locks", choices=("both", "database", "application", "none"), default="both")
    chosen = parser.parse_args(arguments)
    configure("ERROR")
    started = time.monotonic()
    tally, wrong = measure(chosen.requests, chosen.seed, chosen.locks)
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    sys.stdout.write("\n".join(told(tally, wrong)) + "\n")
    sys.stdout.write(f"{used:.0f} CPU seconds of this process, {time.monotonic() - started:.0f} s in all\n")
    return int(bool(tally.leaks or wrong or tally.failures))


if __name__ == "__main__":
    sys.exit(main())
