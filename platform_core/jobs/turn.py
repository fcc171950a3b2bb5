"""Carrying a run out step by step, the same way in a request and in a worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunStatus
from platform_core.jobs.desk import Order, recorded
from platform_core.jobs.hold import Hold, StepGuard
from platform_core.store import Store

log = logging.getLogger(__name__)

Outcome = dict[str, Any]
"""What a step or a run came to, as JSON: ids and figures, never rows."""


class Steps(Protocol):
    """Runs the steps of a run in order."""

    def run(self, name: str, do: Callable[[], Outcome]) -> Outcome:
        """Return what `do` returns, or what it returned when an earlier attempt finished this step."""


class StepsInRequest:
    """Steps where there is nothing to go back to: each is done once, now."""

    def run(self, name: str, do: Callable[[], Outcome]) -> Outcome:  # noqa: ARG002 - a worker needs the name
        """Do the step."""
        return do()


@dataclass(frozen=True)
class Step:
    """A step being done. Whatever is to last must be written through `store`.

    A transaction of `store` is refused once the hold on the run is lost, and notes that the step is done. `repeated`
    is True when an earlier attempt came that far but did not live to tell: the effect is there, find its outcome.
    """

    store: Store
    hold: Hold
    repeated: bool


@dataclass(frozen=True)
class Turn:
    """One attempt at a run, handed to the function that knows how to carry it out."""

    hold: Hold
    order: Order
    steps: Steps

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The ids and choices the run was asked for with."""
        return self.order.arguments or {}

    @property
    def by(self) -> Identity:
        """Who asked for the run."""
        return self.order.by

    def step(self, name: str, do: Callable[[Step], Outcome], *, share: tuple[float, float] = (0.0, 1.0)) -> Outcome:
        """Do one step, or return its outcome when an earlier attempt finished it.

        Steps of a run must have different names and come in the same order in every attempt. `share` is the part of
        the run's progress that the step covers. Keep a step short: it is what a crash repeats.
        """
        hold = self.hold.part(*share)

        def perform() -> Outcome:
            work = hold.store.unit_of_work()
            with work.reading():
                repeated = work.runs.has_step(hold.run_id, name)
            with _timed(name, repeated=repeated):
                return do(Step(hold.store.guarded(StepGuard(hold, name)), hold, repeated))

        return self.steps.run(name, perform)


@contextmanager
def _timed(step: str, *, repeated: bool) -> Iterator[None]:
    began = time.monotonic()
    yield
    log.info("step done", extra={"step": step, "repeated": repeated, "seconds": round(time.monotonic() - began, 3)})


CarryOut = Callable[[Turn], Outcome]
"""Carries out one kind of job; returns what the run came to."""


def carry_out(turn: Turn, how: CarryOut) -> Outcome:
    """Carry out a run to its end and record it; raises whatever stopped it, recorded too."""
    with recorded(turn.hold, turn.order):
        outcome = how(turn)
        turn.hold.end(RunStatus.COMPLETED, result=outcome)
    return outcome
