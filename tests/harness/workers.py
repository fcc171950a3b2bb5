"""Workers of the test's own: real processes on the test's store, to be killed, frozen and thawed.

They are forked from a process that imported everything; the tests of the embedded worker start theirs from scratch.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from platform_core.errors import WorkbenchError
from platform_core.jobs import StepsInRequest, Turn, carry_out
from platform_core.jobs.desk import take
from platform_core.jobs.tickets import Ticket
from platform_core.services import activity, work, workers
from platform_core.services.activity import RunView
from platform_core.services.handlers import HANDLERS
from platform_core.store import Store
from tests.harness.forks import become, forks

PATIENCE_SECONDS = 90


@dataclass
class WorkerProcess:
    """A worker that was started here."""

    process: BaseProcess
    log_file: Path

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self.process.pid is not None
        return self.process.pid

    @property
    def is_there(self) -> bool:
        """Whether it has not ended, frozen ones included."""
        return self.process.is_alive()

    def kill(self) -> None:
        """End it as a crash does, without a word."""
        self.process.kill()
        self.process.join()

    def freeze(self) -> None:
        """Stop its clock: it does nothing and knows nothing of it."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had happened."""
        os.kill(self.pid, signal.SIGCONT)

    def wait(self, seconds: float) -> int | None:
        """Return its exit code as soon as it ends by itself; None when it does not in time."""
        self.process.join(seconds)
        return self.process.exitcode

    def end(self) -> int | None:
        """Ask it to end and return its exit code."""
        if self.is_there:
            self.thaw()
            self.process.terminate()
            if self.wait(10) is None:
                self.kill()
        return self.process.exitcode

    def log(self) -> str:
        """Return what it has written so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""


@dataclass
class Crew:
    """The workers of one store."""

    store: Store
    environment: dict[str, str]
    folder: Path
    members: list[WorkerProcess] = field(default_factory=list)

    def start(self, *, ready: bool = True) -> WorkerProcess:
        """Start another worker; returns once it gives signs of life, if it is to be `ready`."""
        log_file = self.folder / f"worker-{len(self.members)}.log"
        process = forks().Process(
            target=_be_a_worker, args=(dict(os.environ) | self.environment, log_file), daemon=True
        )
        process.start()
        started = WorkerProcess(process, log_file)
        self.members.append(started)
        wait_until(lambda: log_file.exists() or not started.is_there)
        if ready:
            wait_until(lambda: process.pid in self.at_work() or not started.is_there)
        assert started.is_there, started.log()
        return started

    def at_work(self) -> dict[int, workers.WorkerView]:
        """Return the living workers by the number of their process."""
        return {view.pid: view for view in workers.listed(self.store.unit_of_work()) if view.is_alive}

    def running(self) -> int:
        """Return how many processes started here are still there, frozen ones included."""
        return sum(member.is_there for member in self.members)

    def bury(self, dead: WorkerProcess) -> None:
        """Say that a worker is gone, as the launcher does of its child, so that nobody waits for its sign of life."""
        work = self.store.everywhere().unit_of_work()
        with work:
            work.workers.end_process(socket.gethostname(), dead.pid)
            work.commit()

    def run(self, run_id: int) -> RunView:
        """Return a run as it stands."""
        return activity.run(self.store.unit_of_work(), run_id)

    def wait_for(self, run_id: int, until: Callable[[RunView], bool] = lambda run: not run.is_open) -> RunView:
        """Return a run as soon as it is over, or as `until` wants it."""
        wait_until(lambda: until(self.run(run_id)), tell=lambda: self._why(run_id))
        return self.run(run_id)

    def _why(self, run_id: int) -> str:
        """Return what there is to see when a run does not come to where it should."""
        events = [f"{event.at:%H:%M:%S} {event.text}" for event in activity.events(self.store, run_id)]
        return "\n".join([repr(self.run(run_id)), *events, *(member.log() for member in self.members)])


@contextmanager
def crew(store: Store, database_url: str, folder: Path, **settings: object) -> Iterator[Crew]:
    """Give workers on `store`, whose files lie in `folder`/files; those started are ended afterwards."""
    environment = {
        "VAR_DIR": str(folder),
        "DATABASE_URL": database_url,
        "FILES_URL": str(folder / "files"),
        "LOG_LEVEL": "INFO",
        "OMP_NUM_THREADS": "1",
        **{name: str(value) for name, value in settings.items()},
    }
    made = Crew(store, environment, folder)
    try:
        yield made
    finally:
        for member in made.members:
            member.end()


def _be_a_worker(environment: Mapping[str, str], log_file: Path) -> None:
    become(environment, log_file)
    workers.run_worker(child=False)


def _nothing() -> str:
    return ""


def wait_until(
    holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS, tell: Callable[[], str] = _nothing
) -> None:
    """Wait until something holds; fails, with what there is to `tell`, when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"It did not come to that in time. {tell()}"
        time.sleep(0.02)


def carry_out_waiting(store: Store) -> list[int]:
    """Carry out every run that waits, in this process, as worker "w1" would; returns their numbers."""
    unit = store.unit_of_work()
    with unit.reading():
        tickets = [Ticket.of(run) for run in unit.runs.to_dispatch()]
    for ticket in tickets:
        taken = take(store, ticket, "w1", work.kinds())
        if taken is not None:
            hold, order = taken
            with suppress(WorkbenchError):
                carry_out(Turn(hold, order, StepsInRequest()), HANDLERS[order.job])
    return [ticket.run_id for ticket in tickets]
