"""What it costs to compare a newer export with the applied one, and to put two exports of the same machines together.

.venv/bin/python -m tests.perf.renewals compare|same [--rows 100000]

`compare` applies an export and tries out a newer one, of which one row in twenty is changed, one in a hundred gone and
one in a hundred new. `same` builds an inventory of two exports of different tools that list the same machines.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platform_core.services import applying, imports, migrations, receiving
from platform_core.store import Store
from tests.harness.portfolio import store_at
from tests.perf.portfolio import MEASURER, SYSTEMS

MEGABYTE = 1024
CMDB = "Server Name,IP Address,Operating System,RAM (MB),CPUs,Application Name,Environment,Support Group,Serial Number"
VCENTER = "VM,Powerstate,DNS Name,CPUs,Memory,Primary IP Address,Cluster,Host,OS according to the VMware Tools"


def cmdb(rows: int, *, newer: bool = False) -> str:
    """Return an export of a CMDB; `newer` is what it says a month later."""
    lines = (_server(number, newer=newer) for number in _numbers(rows, newer=newer))
    return "\n".join((CMDB, *lines)) + "\n"


def _numbers(rows: int, *, newer: bool) -> Iterator[int]:
    if not newer:
        yield from range(rows)
        return
    yield from (number for number in range(rows) if number % 100)
    yield from range(rows, rows + rows // 100)


def _server(number: int, *, newer: bool) -> str:
    memory = 1024 * 2 ** (number % 6) * (2 if newer and number % 20 == 3 else 1)
    return (
        f"srv-{number:07},10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255},{SYSTEMS[number % 5]},{memory},"
        f"{1 + number % 16},App {number // 6},{'PROD' if number % 3 else 'DEV'},Team {number % 40},SN{number:09}"
    )


def vcenter(rows: int) -> str:
    """Return an export of a vCenter that lists the machines of `cmdb` in another order."""
    numbers = list(range(rows))
    random.Random(3).shuffle(numbers)
    return "\n".join((VCENTER, *map(_machine, numbers))) + "\n"


def _machine(number: int) -> str:
    return (
        f"srv-{number:07},poweredOn,srv-{number:07}.corp.example,{1 + number % 16},{1024 * 2 ** (number % 6)},"
        f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255},cluster-{number % 50},esx-{number % 900},"
        f"{SYSTEMS[number % 5]}"
    )


def receive(store: Store, migration_id: int, name: str, text: str) -> int:
    """Read a file into a migration; return its import."""
    return receiving.receive(store, migration_id, name, io.BytesIO(text.encode()), MEASURER).imports[0]


def main() -> None:
    """Measure, and print CPU seconds, microseconds a row and the peak of the process before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("compare", "same"))
    parser.add_argument("--rows", type=int, default=100_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = store_at(Path(folder))
        store.upgrade()
        work = store.unit_of_work()
        number = migrations.create(work, "Measured", MEASURER).id
        first = receive(store, number, "cmdb.csv", cmdb(chosen.rows))
        if chosen.what == "compare":
            seen = imports.view(work, first).version
            applying.apply(store, first, MEASURER, undecided=True, seen_version=seen)
            second = receive(store, number, "cmdb.csv", cmdb(chosen.rows, newer=True))
        else:
            second = receive(store, number, "vcenter.csv", vcenter(chosen.rows))
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before, start = _peak(), time.process_time()
        if chosen.what == "compare":
            found = applying.try_out(work, second, undecided=True)
            assert found.renews is not None
            told = f"{found.created:,} created, {found.updated:,} known, {found.differences}"[:200]
        else:
            putting = _timed_staging()
            applying.apply_all(store, number, MEASURER)
            told = f"of it {putting[0]:.1f} s for putting the rows together"
        seconds = time.process_time() - start
        each = seconds / chosen.rows / 2 * 1e6
        sys.stdout.write(
            f"{chosen.what}, {chosen.rows:,} rows each: {seconds:.1f} s CPU, {each:.0f} µs a row, "
            f"peak {_peak():.0f} MB ({before:.0f} before); {told}\n"
        )
        store.close()


def _timed_staging() -> list[float]:
    """Have the CPU seconds of building the inventory, without assessing and storing it, added to the list returned."""
    stage, seconds = applying.stage, list[float]()

    def timed(*told: Any) -> None:
        start = time.process_time()
        stage(*told)
        seconds.append(time.process_time() - start)

    applying.stage = timed  # type: ignore[assignment]
    return seconds


def _peak() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / MEGABYTE


if __name__ == "__main__":
    main()
