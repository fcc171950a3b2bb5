"""Many clients on the live view: does each get every event once, however often it is cut off, and does memory hold?

`python -m tests.perf.websocket` starts a workbench, opens 200 sockets, writes 10,000 events, and cuts every socket off
20 times without a goodbye while it happens. Each client goes on from the last number it has. Some read slowly on
purpose until they are dropped. Ends with 1 when an event was lost or doubled, or when the server's memory grew by more
than 5 % between the first tenth of the events and the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from platform_core.domain.access import Scope
from platform_core.domain.identity import Identity
from platform_core.services import access
from platform_core.store import Store
from tests.harness import databases
from tests.harness.portfolio import store_at
from tests.harness.runs import add_run, tell
from tests.harness.server import Workbench, running_workbench

A_TRANSACTION = 10
A_FRAME = 250
"""More than one message holds: nobody is cut off behind it, where there may be nothing more to read."""

ALLOWED_GROWTH = 0.05
WARM = 0.1
"""Share of the events after which the server's memory is first measured."""

QUIET_SECONDS = 60


@dataclass
class Client:
    """One reader: the numbers it got, and how often it was cut off so far."""

    address: str
    token: str
    breaks_at: list[int]
    got: list[int] = field(default_factory=list)
    doubled: int = 0
    cuts: int = 0

    async def read(self, is_whole: Callable[[list[int]], bool]) -> None:
        """Read until every event is there, cutting the line where it is due."""
        last: int | None = None
        while not is_whole(self.got):
            try:
                async with connect(self.address, compression=None, max_queue=4) as socket:
                    await socket.send(json.dumps({"token": self.token, "after": last}))
                    last = await self._listen(socket, last, is_whole)
            except (ConnectionClosed, OSError):
                continue

    async def _listen(
        self, socket: ClientConnection, last: int | None, is_whole: Callable[[list[int]], bool]
    ) -> int | None:
        seen = set(self.got[-2_000:])
        async with asyncio.timeout(QUIET_SECONDS):
            while not is_whole(self.got):
                message = json.loads(await socket.recv())
                last = message["last_id"] if last is None or message["type"] == "events" else last
                for event in message.get("events", ()):
                    self.doubled += event["id"] in seen
                    seen.add(event["id"])
                    self.got.append(event["id"])
                if self.cuts < len(self.breaks_at) and len(self.got) >= self.breaks_at[self.cuts]:
                    self.cuts += 1
                    socket.transport.abort()
                    return last
        return last


def write(store: Store, events: int, pause: float) -> list[int]:
    """Write events, some in each transaction, over three runs; returns their numbers."""
    runs, numbers = [add_run(store) for _ in range(3)], list[int]()
    while len(numbers) < events:
        some = min(A_TRANSACTION, events - len(numbers))
        numbers += tell(store, runs[len(numbers) % 3], *(f"event {len(numbers) + n}" for n in range(some)))
        time.sleep(pause)
    return numbers


def memory_of(workbench: Workbench) -> int:
    """Return the resident memory of the server in kB."""
    status = Path(f"/proc/{workbench.process.pid}/status").read_text(encoding="utf-8")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def cpu_of(workbench: Workbench) -> float:
    """Return the CPU seconds of the server so far."""
    fields = Path(f"/proc/{workbench.process.pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def measure(workbench: Workbench, store: Store, chosen: argparse.Namespace) -> int:
    """Run everything and tell what came of it."""
    token = access.create(store.unit_of_work(), "clients", Scope.READ, Identity(name="operator"))[1]
    address = workbench.url.replace("http", "ws", 1) + "/api/v1/ws/agent-monitor"
    chance = random.Random(chosen.seed)
    written: list[int] = []
    done = asyncio.Event()
    clients = [
        Client(address, token, sorted(chance.sample(range(1, chosen.events - A_FRAME), chosen.breaks)))
        for _ in range(chosen.clients)
    ]

    def is_whole(got: list[int]) -> bool:
        return done.is_set() and len(got) >= len(written)

    readers = [asyncio.create_task(client.read(is_whole)) for client in clients]
    await asyncio.sleep(chosen.clients / 50)
    first = int(chosen.events * WARM)
    written += await asyncio.to_thread(write, store, first, chosen.pause)
    before, started = memory_of(workbench), time.monotonic()
    written += await asyncio.to_thread(write, store, chosen.events - first, chosen.pause)
    done.set()
    await asyncio.to_thread(write, store, 1, 0.0)
    await asyncio.gather(*readers)
    after, expected = memory_of(workbench), set(written)
    lost = sum(len(expected - set(client.got)) for client in clients)
    doubled = sum(client.doubled + len(client.got) - len(set(client.got)) for client in clients)
    ordered = all(client.got == sorted(client.got) for client in clients)
    cuts, growth = sum(client.cuts for client in clients), after / before - 1
    sys.stdout.write(
        f"{chosen.clients} clients, {len(written):,} events, {cuts:,} cuts in {time.monotonic() - started:.0f} s: "
        f"{lost} lost, {doubled} doubled, {'in order' if ordered else 'out of order'}; "
        f"server memory {before / 1024:.0f} → {after / 1024:.0f} MB ({growth:+.1%}), {cpu_of(workbench):.0f} CPU s\n"
    )
    return int(bool(lost or doubled) or not ordered or growth > ALLOWED_GROWTH or cuts < chosen.clients * chosen.breaks)


def main() -> int:
    """Start the workbench and measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--clients", type=int, default=200)
    asked.add_argument("--events", type=int, default=10_000)
    asked.add_argument("--breaks", type=int, default=20)
    asked.add_argument("--pause", type=float, default=0.02, help="seconds between two transactions of the writer")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = asked.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with (
        databases.running(chosen.database),
        tempfile.TemporaryDirectory() as folder,
        running_workbench(Path(folder)) as workbench,
    ):
        store = store_at(workbench.var)
        try:
            return asyncio.run(measure(workbench, store, chosen))
        finally:
            store.close()


if __name__ == "__main__":
    raise SystemExit(main())
