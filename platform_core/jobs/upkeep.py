"""The rounds every worker makes: hand new attempts to the queue, and take away what dead workers hold.

Each decision about a run is made under the lock of its row and from what the row says then, so that any number of
workers may make their rounds at once. The attempt is counted up before the queue hears of it: whatever a worker that
was thought dead still does, it does it with an old ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from platform_core.domain.runs import RunStatus
from platform_core.jobs.durable import DurableQueue
from platform_core.jobs.hold import ended, overdue
from platform_core.jobs.kinds import JobKind, Lane
from platform_core.jobs.tickets import Ticket
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.liveness import REQUEST_GIVEN_UP_AFTER, WORKER_LOST_AFTER, alive
from platform_core.store.models import RunRow

MOST_LOSSES = 10
"""A run over which that many workers died without finishing a single step in between is given up."""

SETTLING = timedelta(seconds=10)
"""How long something may look odd before a round corrects it: it may be between two of a worker's writes."""

MEMORY = timedelta(days=1)
"""How long the queue remembers closed attempts, and the database workers that ended."""


def hand_out(store: Store, queue: DurableQueue, kinds: Mapping[str, JobKind]) -> int:
    """Put every attempt that the queue does not have yet into its lane; return how many there were."""
    work = store.unit_of_work()
    with work.reading():
        runs = work.runs.to_dispatch()
    for run in runs:
        lane = kinds[run.job].lane if run.job in kinds else Lane.ENGINE
        queue.put(Ticket.of(run), lane, f"migration-{run.migration_id}")
        with work:
            work.runs.mark_dispatched(run.id, run.attempt)
            work.commit()
    return len(runs)


def declare_lost(store: Store, me: str) -> None:
    """End the workers that fell silent, and let go of their runs and of those that silent requests left behind."""
    work = store.unit_of_work()
    with work:
        for worker in work.workers.silent(now() - WORKER_LOST_AFTER):
            if worker.id != me:
                work.workers.end(worker.id)
        living = alive(work) | {me}
        for run in work.runs.held_by_others(living):
            _let_go(work, run.id, lambda run: run.worker not in living)
        for run in work.runs.silent_requests(now() - REQUEST_GIVEN_UP_AFTER):
            ended(work, work.runs.locked(run.id), RunStatus.LOST)
        work.workers.forget(now() - MEMORY)
        work.commit()


def reconcile(store: Store, queue: DurableQueue, me: str) -> None:
    """Bring the queue in line with the runs: withdraw what is over, renew what a dead worker claimed or dropped."""
    claimed = queue.claimed()
    work = store.unit_of_work()
    with work.reading():
        living = alive(work) | {me}
        runs = {ticket.run_id: work.runs.peek(ticket.run_id) for ticket in (claim.ticket for claim in claimed)}
        unclaimed = [Ticket.of(run) for run in work.runs.dispatched_before(now() - SETTLING)]
    queue.withdraw(claim.ticket for claim in claimed if _is_past(claim.ticket, runs[claim.ticket.run_id]))
    untaken = [claim.ticket for claim in claimed if claim.worker not in living]
    for ticket in (*untaken, *queue.closed(unclaimed)):
        with work:
            _renew(work, ticket)
            work.commit()
    queue.forget((now() - MEMORY).isoformat())


def stop_overdue(store: Store) -> None:
    """End runs that went on past their time and did not notice; whatever they still do is not kept."""
    work = store.unit_of_work()
    with work:
        for run in work.runs.overdue(now() - SETTLING):
            run = work.runs.locked(run.id)  # noqa: PLW2901 - the same run, as it is now
            if run.ended_at is None:
                run.attempt, run.worker = run.attempt + 1, None
                ended(work, run, RunStatus.FAILED, str(overdue()))
        work.commit()


def let_go_of(store: Store, me: str, holding: Collection[int]) -> None:
    """Let go of runs that the database says we hold although no thread of ours, `holding`, carries them out."""
    work = store.unit_of_work()
    with work.reading():
        dropped = [run.id for run in work.runs.held_by(me) if run.id not in holding]
    for run_id in dropped:
        with work:
            _let_go(work, run_id, lambda run: run.worker == me)
            work.commit()


def hand_back(store: Store, me: str) -> None:
    """End this worker, and give back what it holds to whichever comes next."""
    work = store.unit_of_work()
    with work:
        work.workers.end(me)
        for run in work.runs.held_by(me):
            run = work.runs.locked(run.id)  # noqa: PLW2901 - the same run, as it is now
            if run.ended_at is None and run.worker == me:
                run.attempt, run.worker, run.status, run.seen_at = run.attempt + 1, None, RunStatus.QUEUED, now()
                work.runs.tell(run, "The worker was stopped; the next one goes on from here")
        work.commit()


def _let_go(work: UnitOfWork, run_id: int, still: Callable[[RunRow], bool]) -> None:
    """Take a run from a worker that does not carry it out, if it `still` has it, so that another takes it up."""
    run = work.runs.locked(run_id)
    if run.ended_at is not None or not still(run):
        return
    run.attempt, run.worker, run.losses, run.status = run.attempt + 1, None, run.losses + 1, RunStatus.LOST
    if run.losses >= MOST_LOSSES:
        ended(work, run, RunStatus.FAILED, f"The worker stopped {run.losses} times at the same point of this run.")
    else:
        work.runs.tell(run, "The worker went away; another one goes on from here")


def _renew(work: UnitOfWork, ticket: Ticket) -> None:
    """Give a run whose attempt nobody took up another one."""
    run = work.runs.find(ticket.run_id)
    if run is not None and run.ended_at is None and run.worker is None and Ticket.of(run) == ticket:
        run.attempt += 1


def _is_past(ticket: Ticket, run: RunRow | None) -> bool:
    """Tell whether nothing can come of a claimed attempt any more, given some time for its thread to say so itself."""
    if run is None or Ticket.of(run) != ticket:
        return True
    return run.ended_at is not None and run.ended_at < now() - SETTLING
