"""Where runs are asked for: queued for a worker or begun at once, taken up, cancelled, asked for anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.errors import BadInput, Cancelled, Conflict, WorkbenchError
from platform_core.jobs.hold import Hold, HoldLost, ended, is_outage
from platform_core.jobs.kinds import JobKind
from platform_core.jobs.tickets import Ticket
from platform_core.logging import name_error, reference_here, report, saying
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.liveness import alive, is_abandoned, status_of
from platform_core.store.models import RunRow

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """What is asked for: a run of `kind` on the object `about`, for whom, in which migration.

    `job` with its `arguments` (ids and choices as JSON) lets a worker do it, or anybody do it again. While a run
    with the same `deduplication_key` is open, a second order joins it instead of beginning another. The log knows the
    run by its `reference`: that of the request it was asked for in.
    """

    kind: RunKind
    about: str
    by: Identity
    migration_id: int | None = None
    job: str = ""
    arguments: Mapping[str, Any] | None = None
    deduplication_key: str | None = None
    actor: str = "engine"
    retry_of: int | None = None
    reference: str = field(default_factory=reference_here)

    def said_of(self, hold: Hold) -> dict[str, Any]:
        """Return what every line of the log says that is written while an attempt at the run goes on."""
        return {
            "reference": self.reference,
            "run": hold.run_id,
            "attempt": hold.attempt,
            "job": self.job or self.kind,
            "migration": self.migration_id,
        }


@dataclass(frozen=True)
class Placed:
    """The run an order came to; `is_new` is False where it joined one that was open already."""

    run_id: int
    is_new: bool


def place(store: Store, order: Order, *, at_once: JobKind | bool = False) -> Placed:
    """Place an order: queued for a worker, or begun at once by whoever places it (whose hold is attempt 1).

    Whatever its arguments point to must be stored already. Nothing else is needed: the row of the run is the order
    form, and workers collect it from the database. `at_once` may be the kind of job, for its deadline.
    """
    try:
        return _join_or_add(store, order, at_once)
    except Conflict:  # somebody took the key between our look and our commit
        return _join_or_add(store, order, at_once)


@contextmanager
def recorded(hold: Hold, order: Order) -> Iterator[None]:
    """Record how the run went whose work is the block: failed or cancelled by its errors, which are raised again.

    What is logged meanwhile says of which run it is, and an error that leaves the block has the run's reference.

    An error that says nothing of the run is not recorded against a worker's: when the database went away, or the
    queue stopped the worker's thread, the run is taken up again where it was.
    """
    with saying(**order.said_of(hold)), _timed() as told:
        try:
            yield
        except HoldLost:
            told["status"] = "gone elsewhere"
            raise
        except Exception as error:
            name_error(error)
            if hold.worker is None or not is_outage(error):
                status = RunStatus.CANCELLED if isinstance(error, Cancelled) else RunStatus.FAILED
                told |= {"status": status, "reason": type(error).__name__}
                with suppress(HoldLost):  # it was ended before us, by whoever cancelled it
                    hold.end(status, error=_in_words(error))
            else:
                told["status"] = "interrupted"
            raise
        except BaseException:
            told["status"] = "left"
            if hold.worker is None:
                hold.end(RunStatus.FAILED, error="The run was left before it had ended.")
            raise


@contextmanager
def _timed() -> Iterator[dict[str, object]]:
    """Log that a run begins and ends, with what the block tells of it and the seconds in between."""
    began = time.monotonic()
    told: dict[str, object] = {"status": RunStatus.COMPLETED}
    log.info("run begun")
    try:
        yield told
    finally:
        log.info("run ended", extra={**told, "seconds": round(time.monotonic() - began, 3)})


def take(store: Store, ticket: Ticket, worker: str, kinds: Mapping[str, JobKind]) -> tuple[Hold, Order] | None:
    """Take an attempt at a run for a worker; None when the run is over or has moved on to another attempt.

    `store` reaches every organisation; what is done under the hold reaches the run's alone.
    """
    work = store.unit_of_work()
    with work:
        run = work.runs.find(ticket.run_id)
        if run is None or run.ended_at is not None or Ticket.of(run) != ticket or run.status == RunStatus.RUNNING:
            return None
        kind = kinds.get(run.job)
        run.status, run.worker, run.seen_at = RunStatus.RUNNING, worker, now()
        run.begun_at = run.begun_at or now()
        run.deadline_at = now() + kind.deadline if kind else None
        work.runs.tell(run, "Begun" if ticket.attempt == 1 else "Resumed")
        work.commit()
        return Hold(store.of(run.organisation_id), run.id, run.attempt, worker), _order(run)


def cancel(work: UnitOfWork, run_id: int, by: Identity) -> None:
    """Stop a run at once, whoever carries it out: from here on nothing of it is kept but the steps it had finished.

    Whoever carries it out learns of it at its next sign of life. Does nothing to a run that is over.
    """
    with work:
        run = work.runs.locked(run_id)
        if run.ended_at is not None:
            return
        run.cancel_asked, run.attempt, run.worker = True, run.attempt + 1, None
        finished = work.runs.count_steps(run_id)
        stays = f" What {finished} finished steps had come to stays." if finished else ""
        ended(work, run, RunStatus.CANCELLED, f"The run was cancelled.{stays}")
        work.audit.record(by, "run.cancel_asked", migration_id=run.migration_id, text=f"Cancelled run {run_id}")
        work.commit()


def close_abandoned(store: Store) -> None:
    """End what requests left behind in the one process that served them, now that another one takes its place."""
    work = store.unit_of_work()
    with work:
        for run in work.runs.silent_requests(now()):
            ended(work, work.runs.locked(run.id), RunStatus.LOST, "The workbench was ended in the middle of this run.")
        work.commit()


def order_to_retry(work: UnitOfWork, run_id: int, by: Identity) -> Order:
    """Return the order of a run that did not complete, to be placed anew; raises Conflict or BadInput."""
    with work.reading():
        run = work.runs.get(run_id)
        status = status_of(run, alive(work))
    if not status.is_over or status is RunStatus.COMPLETED or (status is RunStatus.LOST and run.worker is not None):
        raise Conflict(f"Run {run_id} is {status}.", hint="Only a run that ended without a result can be repeated.")
    if not run.job:
        raise BadInput("This run cannot be repeated from here.", hint="Repeat it on its own page.")
    return _order(run, by=by, retry_of=run_id)


def _order(run: RunRow, by: Identity | None = None, retry_of: int | None = None) -> Order:
    return Order(
        kind=RunKind(run.kind),
        about=run.object,
        by=by or Identity(name=run.started_by),
        migration_id=run.migration_id,
        job=run.job,
        arguments=run.arguments,
        deduplication_key=run.deduplication_key,
        actor=run.actor,
        retry_of=retry_of,
        **({"reference": run.reference} if run.reference and not retry_of else {}),
    )


def _join_or_add(store: Store, order: Order, at_once: JobKind | bool) -> Placed:
    work = store.unit_of_work()
    with work:
        if order.deduplication_key is not None:
            run = work.runs.open_with_key(order.deduplication_key)
            if run is not None and not is_abandoned(run, alive(work)):
                return Placed(run.id, is_new=False)
            if run is not None:
                ended(work, work.runs.locked(run.id), RunStatus.LOST)
                work.flush()
        row = _row(order, at_once)
        work.runs.add(row)
        work.flush()
        work.runs.tell(row, "Begun" if at_once else "Queued")
        work.commit()
        return Placed(row.id, is_new=True)


def _row(order: Order, at_once: JobKind | bool) -> RunRow:
    begun = now() if at_once else None
    return RunRow(
        migration_id=order.migration_id,
        kind=order.kind,
        actor=order.actor,
        object=order.about,
        status=RunStatus.RUNNING if at_once else RunStatus.QUEUED,
        started_by=order.by.name,
        begun_at=begun,
        deadline_at=begun + at_once.deadline if begun and isinstance(at_once, JobKind) else None,
        job=order.job,
        arguments=dict(order.arguments or {}),
        deduplication_key=order.deduplication_key,
        retry_of=order.retry_of,
        reference=order.reference,
    )


def _in_words(error: Exception) -> str:
    """Return what a person is told of an error. Of one that is not ours the log has the rest under the reference."""
    if isinstance(error, WorkbenchError):
        return str(error)
    reference = report(error, "run failed")
    return f"An unexpected error ({type(error).__name__}) stopped the run. Reference {reference}."
