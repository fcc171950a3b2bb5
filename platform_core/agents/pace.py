"""How fast an endpoint is asked: so many requests at a time, so many a minute, none after three failures in a row."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from platform_core.agents.clock import POLL_SECONDS, Check, Clock, wait

FAILURES_IN_A_ROW = 3
"""Failed questions after which the rest of a run is left to the engine: the fourth would very likely fail as well."""


class Pace:
    """Shared by all runs of a process that ask one endpoint; a token bucket that holds a minute's requests."""

    def __init__(self, concurrency: int, requests_per_minute: int, clock: Clock) -> None:
        self._places = threading.Semaphore(concurrency)
        self._per_second = requests_per_minute / 60
        self._burst = float(requests_per_minute)
        self._tokens = self._burst
        self._clock = clock
        self._filled_at = clock.monotonic()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, check: Check) -> Iterator[None]:
        """Wait for a place and for the rate, calling `check` meanwhile; hold the place inside the block."""
        check()
        while not self._places.acquire(timeout=POLL_SECONDS):
            check()
        try:
            wait(self._reserve(), self._clock, check)
            yield
        finally:
            self._places.release()

    def _reserve(self) -> float:
        """Take a token, on credit if need be, and return the seconds until it is there."""
        with self._lock:
            moment = self._clock.monotonic()
            self._tokens = min(self._burst, self._tokens + (moment - self._filled_at) * self._per_second)
            self._filled_at = moment
            self._tokens -= 1
            return max(0.0, -self._tokens / self._per_second)


class Breaker:
    """Counts a run's failed questions in a row; open, it lets no more through."""

    def __init__(self) -> None:
        self._failures = 0
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the endpoint is to be left alone for the rest of the run."""
        return self._failures >= FAILURES_IN_A_ROW

    def note(self, *, succeeded: bool) -> None:
        """Count how a question went."""
        with self._lock:
            self._failures = 0 if succeeded else self._failures + 1
