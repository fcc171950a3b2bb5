"""Where a piece of feedback stands."""

from __future__ import annotations

from enum import StrEnum


class FeedbackStatus(StrEnum):
    """What has become of a comment or rating."""

    OPEN = "open"  # nobody has dealt with it yet
    CONFIRMED = "confirmed"  # what was understood of it became corrections
    CLOSED = "closed"  # read, nothing to change
