"""How many analysts one replica carries: `python -m tests.perf.analysts --analysts 60`.

A made portfolio is served by one process. Each analyst has a page of their own open and does something on it every so
many seconds, at random moments; the pages are shared out evenly. Told are the CPU a run of a page costs, what share of
a core all of them take, how long they wait, and what memory each of them holds. Ends with 1 when a page shows an error.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from pages._pages import PAGES
from tests.harness.server import Workbench, running_workbench
from tests.harness.stream import visit
from tests.perf.page_metrics import failed
from tests.perf.portfolio import fill
from tests.perf.websocket import cpu_of, memory_of


@dataclass
class Seen:
    """What all analysts saw: how long each run took from the click to the last message, in ms, and how many failed."""

    waits: list[float] = field(default_factory=list)
    errors: int = 0
    open: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def analyst(url: str, page: str, seed: int, think: float, over: threading.Event, seen: Seen) -> None:
    """Open a page and do something on it every `think` seconds on average, until it is over."""
    chance = random.Random(seed)
    with visit(url, page, "migration=1") as opened:
        first = opened.run()
        with seen.lock:
            seen.open += 1
            seen.errors += failed(first)
        while not over.wait(chance.uniform(0, 2 * think)):
            run = opened.run()
            with seen.lock:
                seen.waits.append(run.round_trip_ms)
                seen.errors += failed(run)


def measure(workbench: Workbench, chosen: argparse.Namespace) -> int:
    """Let the analysts work and tell what it took."""
    for entry in PAGES:  # what every process computes once
        with visit(workbench.url, entry.url_path, "migration=1") as opened:
            opened.run()
    seen, over = Seen(), threading.Event()
    before = memory_of(workbench)
    people = [
        threading.Thread(
            target=analyst,
            args=(workbench.url, PAGES[number % len(PAGES)].url_path, number, chosen.think, over, seen),
            daemon=True,
        )
        for number in range(chosen.analysts)
    ]
    for person in people:
        person.start()
    while seen.open < chosen.analysts and any(person.is_alive() for person in people):
        time.sleep(0.1)
    seen.waits.clear()
    began, cpu = time.monotonic(), cpu_of(workbench)
    time.sleep(chosen.seconds)
    took, cpu, memory = time.monotonic() - began, cpu_of(workbench) - cpu, memory_of(workbench)
    over.set()
    waits = sorted(seen.waits)
    for person in people:
        person.join(60)
    late = waits[round(0.95 * (len(waits) - 1))]
    sys.stdout.write(
        f"{chosen.analysts} analysts, a run each {chosen.think:g} s: {len(waits):,} runs in {took:.0f} s, "
        f"{cpu / len(waits) * 1000:.0f} ms CPU a run, {cpu / took:.2f} of a core; "
        f"waits in ms: median {statistics.median(waits):.0f}, 95 % {late:.0f}; "
        f"memory {before / 1024:.0f} → {memory / 1024:.0f} MB "
        f"({(memory - before) / 1024 / chosen.analysts:.2f} MB an analyst), {seen.errors} errors\n"
    )
    return int(seen.errors > 0 or seen.open < chosen.analysts)


def main() -> int:
    """Make the portfolio, serve it, and measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--analysts", type=int, default=60)
    asked.add_argument("--assets", type=int, default=10_000)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--think", type=float, default=10.0, help="seconds between two clicks of an analyst, on average")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder) / "var", chosen.assets)
        with running_workbench(Path(folder)) as workbench:
            return measure(workbench, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
