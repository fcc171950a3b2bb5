"""The worker: a process that takes runs from the queue and carries them out, each in a thread of its own."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import NoReturn

from platform_core.errors import BadInput
from platform_core.jobs import upkeep
from platform_core.jobs.desk import Order, take
from platform_core.jobs.durable import DurableQueue, DurableSteps
from platform_core.jobs.hold import Hold, HoldLost, is_outage
from platform_core.jobs.kinds import JobKind, Lane, Room
from platform_core.jobs.tickets import Ticket
from platform_core.jobs.turn import CarryOut, Turn, carry_out
from platform_core.logging import report, saying
from platform_core.store import Store
from platform_core.store.columns import now
from platform_core.store.liveness import HEARTBEAT_SECONDS
from platform_core.store.models import WorkerRow

LOOK_SECONDS = 0.25
"""How often a worker looks for new runs."""

FIRST_CHORES_SECONDS, CHORES_SECONDS = 60.0, 3_600.0
"""When a worker does its chores: soon after it began, and then every hour."""

ENDED, DECLARED_DEAD = 0, 3
"""Exit codes: asked to end; another worker thought this one dead and has its runs now."""


class Worker:
    """Carries out runs with the functions of `jobs` until it is asked to end; `store` reaches every organisation.

    `chores` is what nobody waits for and any worker may do, beside its rounds; it may take as long as it wants.
    """

    def __init__(
        self,
        store: Store,
        queue_url: str,
        jobs: Mapping[str, CarryOut],
        kinds: Mapping[str, JobKind],
        lanes: Mapping[Lane, Room],
        chores: Callable[[], object],
    ) -> None:
        self.id = uuid.uuid4().hex
        self._store = store
        self._jobs = jobs
        self._kinds = kinds
        self._chores = chores
        self._queue = DurableQueue(queue_url, self.id, lanes)
        self._carrying: dict[int, Ticket] = {}
        self._asked_to_end = threading.Event()
        self._log = logging.getLogger("platform_core")

    def run(self) -> NoReturn:
        """Work until SIGTERM, SIGINT or `ask_to_end`; then give back what is unfinished and end the process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.ask_to_end())
        with saying(worker=self.id):
            self._work()

    def ask_to_end(self) -> None:
        """Have the worker end soon, from any thread."""
        self._asked_to_end.set()

    def _work(self) -> NoReturn:
        self._register()
        self._queue.open(self._carry_out)
        self._log.info("worker ready")
        threading.Thread(target=copy_context().run, args=(self._do_chores,), name="chores", daemon=True).start()
        next_beat = time.monotonic()
        while not self._asked_to_end.wait(LOOK_SECONDS):
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + HEARTBEAT_SECONDS
                self._tend()
            self._carefully(lambda: upkeep.hand_out(self._store, self._queue, self._kinds))
        self._carefully(lambda: upkeep.hand_back(self._store, self.id))
        self._leave(ENDED)

    def _register(self) -> None:
        work = self._store.unit_of_work()
        with work:
            work.workers.add(WorkerRow(id=self.id, host=socket.gethostname(), pid=os.getpid(), seen_at=now()))
            work.commit()

    def _tend(self) -> None:
        """Give a sign of life, then see what needs to be put right."""
        self._carefully(self._beat)
        for duty in (
            lambda: upkeep.declare_lost(self._store, self.id),
            lambda: upkeep.stop_overdue(self._store),
            lambda: upkeep.let_go_of(self._store, self.id, self._carrying),
            lambda: upkeep.reconcile(self._store, self._queue, self.id),
        ):
            self._carefully(duty)

    def _beat(self) -> None:
        work = self._store.unit_of_work()
        with work:
            is_known = work.workers.beat(self.id)
            work.commit()
        if not is_known:
            self._log.warning("another worker declared this one dead")
            self._leave(DECLARED_DEAD)

    def _carefully(self, duty: Callable[[], object]) -> None:
        """Do a duty of the main loop; one that fails is reported and comes round again."""
        try:
            duty()
        except Exception as error:  # noqa: BLE001 - the loop is what brings everything else back to order
            report(error, "worker round failed")

    def _do_chores(self) -> None:
        pause = FIRST_CHORES_SECONDS
        while not self._asked_to_end.wait(pause):
            self._carefully(self._chores)
            pause = CHORES_SECONDS

    def _carry_out(self, ticket: Ticket) -> None:
        """Carry out an attempt that the queue handed us, unless it is not for us any more."""
        if self._asked_to_end.is_set():
            _wait_for_the_end()
        self._carrying[ticket.run_id] = ticket
        try:
            taken = take(self._store, ticket, self.id, self._kinds)
            if taken is not None:
                hold, order = taken
                with saying(worker=self.id, **order.said_of(hold)):
                    self._do(hold, order)
        finally:
            self._carrying.pop(ticket.run_id, None)

    def _do(self, hold: Hold, order: Order) -> None:
        """Carry out a run; what stopped it stands in its record, and the queue has nothing to add."""
        try:
            carry_out(Turn(hold, order, DurableSteps()), self._jobs.get(order.job, _unknown))
        except HoldLost:
            if self._asked_to_end.is_set():
                _wait_for_the_end()
        except BaseException as error:
            if is_outage(error):
                report(error, "run interrupted")
            if not isinstance(error, Exception):
                raise

    def _leave(self, code: int) -> NoReturn:
        """End the process now: threads that carry out runs cannot be stopped, and can write nothing any more."""
        self._log.info("worker ended", extra={"code": code})
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)


def _wait_for_the_end() -> NoReturn:
    """Keep an attempt open, so that the queue does not take it for done, while the process ends."""
    while True:
        time.sleep(1)


def _unknown(turn: Turn) -> NoReturn:
    raise BadInput(
        f"This version of the workbench does not know the job {turn.order.job!r}.", hint="Update all workers."
    )
