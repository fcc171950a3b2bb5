"""Time and chance as they are handed in, so that every wait can be tested without waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

POLL_SECONDS = 0.02
"""How often a wait looks whether it should end; a stop reaches a running call well within a second."""

Check = Callable[[], None]
"""Called while waiting; raises to end the wait."""


class Clock(Protocol):
    """The time of the machine, or of a test."""

    def now(self) -> datetime:
        """Return the moment, with its time zone."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the moment in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since some fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        time.sleep(seconds)


def wait(seconds: float, clock: Clock, check: Check) -> None:
    """Let `seconds` pass, calling `check` every 20 ms; it may raise to end the wait."""
    until = clock.monotonic() + seconds
    check()
    while (left := until - clock.monotonic()) > 0:
        clock.sleep(min(left, POLL_SECONDS))
        check()
