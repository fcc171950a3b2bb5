"""What all runs of a process share when they ask a model, and what a single run is watched and stopped by."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random, SystemRandom

from platform_core.agents.cache import AnswerCache
from platform_core.agents.clock import Clock, SystemClock
from platform_core.agents.forms import Ladder
from platform_core.agents.pace import Pace
from platform_core.agents.redaction import Redactor
from platform_core.agents.transport import HttpxTransport, Transport
from platform_core.domain.agents import AgentEvent
from platform_core.domain.model_calls import ModelAttempt, ModelEndpoint


@dataclass(frozen=True)
class ModelAccess:
    """The way to one model: make one for each endpoint and process, and hand it to every run.

    `chance` gives jitter and boundaries; use a seeded one in tests only.
    """

    endpoint: ModelEndpoint
    transport: Transport
    clock: Clock
    chance: Random
    pace: Pace
    redactor: Redactor
    cache: AnswerCache | None = None
    ladder: Ladder = field(default_factory=Ladder)


def open_access(
    endpoint: ModelEndpoint,
    *,
    transport: Transport | None = None,
    cache: AnswerCache | None = None,
    clock: Clock | None = None,
    chance: Random | None = None,
) -> ModelAccess:
    """Return the way to `endpoint`; nothing is sent before the first question.

    What is not given is the real thing: httpx, the machine's clock, unpredictable chance, no cache.
    """
    clock = clock or SystemClock()
    return ModelAccess(
        endpoint=endpoint,
        transport=transport or HttpxTransport(),
        clock=clock,
        chance=chance or SystemRandom(),
        pace=Pace(endpoint.concurrency, endpoint.requests_per_minute, clock),
        redactor=Redactor([endpoint.api_key.get_secret_value()]),
        cache=cache,
    )


def _unheard(_: AgentEvent | ModelAttempt) -> None:
    return None


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Watch:
    """How a run tells what it does, and how it learns that it should stop.

    `event` and `attempt` are called from the run's threads, never two at a time. `cancelled` is asked every 20 ms
    while something is awaited, so it must be cheap: read a flag, not a database.
    """

    event: Callable[[AgentEvent], None] = _unheard
    attempt: Callable[[ModelAttempt], None] = _unheard
    cancelled: Callable[[], bool] = _never

    def one_at_a_time(self) -> Watch:
        """Return the same watch, safe to be called from several threads."""
        lock = threading.Lock()

        def event(happened: AgentEvent) -> None:
            with lock:
                self.event(happened)

        def attempt(made: ModelAttempt) -> None:
            with lock:
                self.attempt(made)

        return Watch(event, attempt, self.cancelled)


SILENT = Watch()
"""Nobody watches and nobody cancels."""
