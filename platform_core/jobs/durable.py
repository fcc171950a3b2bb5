"""The durable queue, on DBOS: which attempts wait, which run where, and the steps that are finished.

DBOS keeps only tickets (number of run and attempt) and the outcomes of steps, as JSON. What a run is about, how far
it is and who may write for it stands in our own database, so that pages never need this module, or DBOS.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions, SetWorkflowID
from dbos import _serialization as dbos_serialization
from dbos._sys_db_sqlite import SQLiteSystemDatabase
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import IntegrityError

from platform_core.errors import WorkbenchError
from platform_core.jobs.hold import is_outage
from platform_core.jobs.kinds import Lane, Room
from platform_core.jobs.tickets import Ticket
from platform_core.jobs.turn import Outcome

WORKFLOW = "carry_out"
SCHEMA = "jobs"
"""Schema of the queue's tables in PostgreSQL; with SQLite they have a file of their own."""

FORMAT = "1"
"""Version of what the queue keeps, as DBOS's application version: by default that is a digest of the code, and each
edit would leave the runs in flight waiting for workers of the former code for ever."""

POLL_SECONDS = 0.5
FORGOTTEN_AT_ONCE = 1_000
CONNECTIONS = 10
WAITING, RUNNING = "ENQUEUED", "PENDING"
"""DBOS's words for an attempt that waits in a lane, and for one that a worker has claimed."""


@dataclass(frozen=True)
class Claimed:
    """An attempt that a worker has claimed from the queue."""

    ticket: Ticket
    worker: str


class DurableQueue:
    """One worker's end of the queue at `url`; there can be only one in a process."""

    def __init__(self, url: str, worker: str, lanes: Mapping[Lane, Room]) -> None:
        self._url = url
        self._worker = worker
        self._lanes = lanes

    def open(self, carry_out: Callable[[Ticket], None]) -> None:
        """Bring the queue's tables up to date and begin to claim attempts; each is handed to `carry_out`."""
        _use_write_ahead_log(self._url)
        _refuse_pickles()
        _count_under_the_lock()
        _log_in_our_form()
        DBOS(config=self._config())

        @DBOS.workflow(name=WORKFLOW)
        def _workflow() -> None:
            carry_out(Ticket.read(str(DBOS.workflow_id)))

        DBOS.launch()
        for lane, room in self._lanes.items():
            DBOS.register_queue(
                lane,
                worker_concurrency=room.per_worker,
                global_concurrency=room.at_once,
                partition_concurrency=1 if lane is Lane.ENGINE else None,
                polling_interval_sec=POLL_SECONDS,
                on_conflict="always_update",
            )

    def put(self, ticket: Ticket, lane: Lane, partition: str) -> None:
        """Put an attempt into a lane, with the finished steps of the attempt before it. Does nothing twice.

        Engine attempts of one `partition` run one after the other.
        """
        if DBOS.get_workflow_status(ticket.text) is not None:
            return
        former = ticket.former
        place = partition if lane is Lane.ENGINE else None
        if former.attempt and DBOS.get_workflow_status(former.text) is not None:
            self.withdraw([former])  # from here on nothing can be added to its steps
            # another worker may be doing the same at this moment: one of the two is enough
            with suppress(IntegrityError), SetWorkflowID(ticket.text):
                DBOS.fork_workflow(
                    former.text,
                    _first_open_step(former),
                    application_version=FORMAT,
                    queue_name=lane,
                    queue_partition_key=place,
                )
            return
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "workflow_id": ticket.text,
            "queue_name": lane,
            "app_version": FORMAT,
        }
        if place is not None:
            options["queue_partition_key"] = place
        DBOS.enqueue_workflow_with_options(options)

    def claimed(self) -> list[Claimed]:
        """Return the attempts that workers have claimed, dead ones included."""
        rows = DBOS.list_workflows(status=RUNNING, name=WORKFLOW, load_input=False, load_output=False)
        return [Claimed(Ticket.read(row.workflow_id), row.executor_id or "") for row in rows]

    def closed(self, tickets: Iterable[Ticket]) -> set[Ticket]:
        """Return those of `tickets` that are neither waiting nor claimed any more."""
        by_id = {ticket.text: ticket for ticket in tickets}
        if not by_id:
            return set()
        rows = DBOS.list_workflows(workflow_ids=list(by_id), load_input=False, load_output=False)
        return {by_id[row.workflow_id] for row in rows if row.status not in {WAITING, RUNNING}}

    def withdraw(self, tickets: Iterable[Ticket]) -> None:
        """Take attempts out of the queue; one that runs can finish no further step."""
        ids = [ticket.text for ticket in tickets]
        if ids:
            DBOS.cancel_workflows(ids)

    def forget(self, before: str) -> None:
        """Delete some of what the queue knows of attempts that were closed before the moment `before` (ISO 8601)."""
        _forget_some(DBOS, before)

    def _config(self) -> DBOSConfig:
        return {
            "name": "workbench",
            "system_database_url": self._url,
            "sys_db_pool_size": CONNECTIONS,
            "dbos_system_schema": SCHEMA,
            "application_version": FORMAT,
            "executor_id": self._worker,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "use_listen_notify": False,
        }


def forget_closed(url: str, before: str, *, dry: bool) -> int:
    """Delete what the queue at `url` knows of attempts that were closed before `before` (ISO 8601); return how many.

    With `dry` they are only counted. For who is no worker; where no worker ever was, there is nothing to delete.
    """
    if not _is_there(url):
        return 0
    _refuse_pickles()
    client = DBOSClient(
        system_database_url=url, dbos_system_schema=SCHEMA, serializer=DBOSPortableJSONSerializer(), lazy=True
    )
    try:
        if dry:
            return len(_closed_before(client, before, None))
        number = 0
        while some := _forget_some(client, before):
            number += some
        return number
    finally:
        client.destroy()


class DurableSteps:
    """Steps whose outcomes the queue keeps: an attempt goes on after the last one that was finished."""

    def run(self, name: str, do: Callable[[], Outcome]) -> Outcome:
        """Return what `do` returns, or what it returned in an earlier attempt; raises the refusal it came to."""

        def perform() -> dict[str, Any]:
            try:
                return {"outcome": do()}
            except WorkbenchError as error:
                if is_outage(error):
                    raise
                return {"family": type(error).__name__, "message": error.message, "hint": error.hint}

        kept = DBOS.run_step({"name": name}, perform)
        if "family" in kept:
            raise _refusal(kept)
        outcome: Outcome = kept["outcome"]
        return outcome


def _is_there(url: str) -> bool:
    """Tell whether a worker ever opened the queue at `url`; looking does not make a file."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return Path(address.database or "").exists()
    engine = create_engine(address)
    try:
        return inspect(engine).has_table("workflow_status", schema=SCHEMA)
    finally:
        engine.dispose()


def _forget_some(queue: type[DBOS] | DBOSClient, before: str) -> int:
    tickets = _closed_before(queue, before, FORGOTTEN_AT_ONCE)
    if tickets:
        queue.delete_workflows(tickets)
    return len(tickets)


def _closed_before(queue: type[DBOS] | DBOSClient, before: str, most: int | None) -> list[str]:
    rows = queue.list_workflows(completed_before=before, name=WORKFLOW, limit=most, load_input=False, load_output=False)
    return [row.workflow_id for row in rows]


def _refusal(kept: Mapping[str, Any]) -> WorkbenchError:
    families = {family.__name__: family for family in WorkbenchError.__subclasses__()}
    return families.get(kept["family"], WorkbenchError)(kept["message"], hint=kept["hint"])


def _first_open_step(ticket: Ticket) -> int:
    """Return the number of the first step that an attempt did not finish; one that an error stopped is not finished."""
    steps = DBOS.list_workflow_steps(ticket.text)
    broken = [step["function_id"] for step in steps if step["error"] is not None]
    return min(broken, default=max((step["function_id"] for step in steps), default=0) + 1)


def _use_write_ahead_log(url: str) -> None:
    """Let readers of a SQLite queue never wait for its writer; DBOS leaves SQLite's default."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(address.database, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _refuse_pickles() -> None:
    """Make DBOS unable to unpickle: it would for any row that says so, and whoever can write rows could run code."""

    def refuse(*_: object) -> NoReturn:
        raise ValueError("The queue keeps JSON only.")

    for way in ("serialize", "deserialize"):
        setattr(dbos_serialization.DefaultSerializer, way, refuse)


def _count_under_the_lock() -> None:
    """Make a claim from a SQLite queue take the write lock before it counts what runs already.

    SQLite's driver begins a transaction only at the first write, so two workers could both count and then both claim,
    and two runs of one migration would go on at once.
    """

    @contextmanager
    def begin(database: SQLiteSystemDatabase, _isolation: str | None) -> Iterator[Connection]:
        with database.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    setattr(SQLiteSystemDatabase, "_begin", begin)  # noqa: B010 - mypy knows it as a method of the class above


def _log_in_our_form() -> None:
    """Have DBOS's warnings written by our handler; it brings its own to a logger that has none."""
    logger = logging.getLogger("dbos")
    logger.handlers = [logging.NullHandler()]
    logger.propagate = True
