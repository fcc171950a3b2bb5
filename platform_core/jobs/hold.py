"""A hold on a run: who has it may tell how far the run is and keep what comes of it, until the hold is lost."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import OperationalError

from platform_core.domain.base import Progress, silent
from platform_core.domain.runs import EventKind, RunStatus
from platform_core.errors import Cancelled, Unavailable
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import RunRow

BEAT_SECONDS = 0.5
"""At most one event and one look at the cancel flag in this time, so that watching costs nothing."""


class HoldLost(Exception):
    """The run was ended, or handed to somebody else, meanwhile: nothing more may be written for it."""


@dataclass
class _Pace:
    """When the run was last heard of, shared by all parts of a hold."""

    beat: float = 0.0
    look: float = 0.0
    asked: bool = False


@dataclass(frozen=True)
class Hold:
    """One attempt at a run. `worker` is None where the request itself does the work.

    `window` is the part of the run's progress that this piece of work covers. `watch` is told every progress.
    """

    store: Store
    run_id: int
    attempt: int
    worker: str | None = None
    watch: Progress = silent
    window: tuple[float, float] = (0.0, 1.0)
    _pace: _Pace = field(default_factory=_Pace, repr=False)

    def part(self, start: float, end: float) -> Hold:
        """Return the same hold for a piece of work that covers `start` to `end` (0..1) of this one's progress."""
        return replace(self, window=(self._at(start), self._at(end)))

    def watched(self, watch: Progress) -> Hold:
        """Return the same hold with somebody else to tell."""
        return replace(self, watch=watch)

    def progress(self, share: float, text: str) -> None:
        """Tell how far the work is (0..1).

        Raises Cancelled when somebody stopped the run, Unavailable when its time is over, HoldLost when it is
        not ours any more; each within half a second.
        """
        done = self._at(share)
        self.watch(done, text)
        if time.monotonic() - self._pace.beat < BEAT_SECONDS:
            return
        self._pace.beat = time.monotonic()
        self._tell(done, text, EventKind.PROGRESS)

    def note(self, text: str) -> None:
        """Record an event whatever the time since the last one."""
        self._tell(None, text, EventKind.NOTE)

    def stopped(self) -> bool:
        """Tell whether the work should end now. Cheap enough to be asked many times a second."""
        if not self._pace.asked and time.monotonic() - self._pace.look >= BEAT_SECONDS:
            self._pace.look = time.monotonic()
            work = self.store.unit_of_work()
            with work.reading():
                self._pace.asked = self._why_to_stop(work.runs.get(self.run_id)) is not None
        return self._pace.asked

    def check(self, run: RunRow) -> None:
        """Raise what `progress` raises when the work may not go on. Call with the run locked."""
        why = self._why_to_stop(run)
        if why is not None:
            raise why

    def end(self, status: RunStatus, *, error: str | None = None, result: dict[str, object] | None = None) -> None:
        """Record how the run ended; raises HoldLost when it is not ours any more."""
        work = self.store.unit_of_work()
        with work:
            run = work.runs.locked(self.run_id)
            if not self._is_ours(run):
                raise HoldLost
            run.progress = 1.0 if status is RunStatus.COMPLETED else run.progress
            run.result = {**(result or {})}
            ended(work, run, status, error)
            work.commit()

    def _tell(self, share: float | None, text: str, kind: EventKind) -> None:
        work = self.store.unit_of_work()
        with work:
            run = work.runs.locked(self.run_id)
            self.check(run)
            run.progress = run.progress if share is None else share
            run.text, run.seen_at = text, now()
            work.runs.tell(run, text, kind)
            work.commit()

    def _is_ours(self, run: RunRow) -> bool:
        return run.ended_at is None and run.attempt == self.attempt and run.worker == self.worker

    def _why_to_stop(self, run: RunRow) -> Exception | None:
        if run.cancel_asked:
            return Cancelled("The run was cancelled.", hint="What was not finished is not kept.")
        if not self._is_ours(run):
            return HoldLost()
        if run.deadline_at is not None and now() > run.deadline_at:
            return overdue()
        return None

    def _at(self, share: float) -> float:
        start, end = self.window
        return start + (end - start) * min(1.0, max(0.0, share))


@dataclass(frozen=True)
class StepGuard:
    """Lets a step's transaction pass only under a hold, and notes in it that the step is done."""

    hold: Hold
    step: str

    def __call__(self, work: UnitOfWork) -> None:
        """Check the hold inside the transaction that is about to be committed."""
        run = work.runs.locked(self.hold.run_id)
        self.hold.check(run)
        work.runs.add_step(run, self.step)


def hold_of(store: Store) -> Hold | None:
    """Return the hold under which a store is written, None for a store that anybody may write."""
    return store.guard.hold if isinstance(store.guard, StepGuard) else None


def ended(work: UnitOfWork, run: RunRow, status: RunStatus, error: str | None = None) -> None:
    """End a run that this transaction has locked."""
    run.status, run.error, run.ended_at, run.seen_at = status, error, now(), now()
    work.runs.tell(run, error or status.capitalize())


def overdue() -> Unavailable:
    """Return the error of a run whose time is over."""
    return Unavailable("The run took longer than it may and was stopped.", hint="Try again, or with less at once.")


def is_outage(error: BaseException) -> bool:
    """Tell whether an error only says that the database went away."""
    return isinstance(error, OperationalError) or isinstance(error.__cause__, OperationalError)
