"""Errors a person can act on: one root, one family for each way a request can fail."""

from __future__ import annotations


class WorkbenchError(Exception):
    """Anything the workbench refuses or cannot do, said in one sentence for the person.

    `hint` says what to do next. The cause (`raise … from error`) goes to the log only; neither text ever
    holds a path of this machine or a secret.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return message and hint as one line."""
        return f"{self.message} {self.hint}".strip()


class BadInput(WorkbenchError):
    """What was handed in cannot be used as it is."""


class NotFound(WorkbenchError):
    """The thing asked for is not there, or not there any more."""


class Conflict(WorkbenchError):
    """Somebody else changed the same thing first; both versions are kept for the person to choose."""


class Unavailable(WorkbenchError):
    """A part the request needs (database, files, worker, model) cannot be reached, or no answer was found in time."""


class Forbidden(WorkbenchError):
    """The person may not do this."""


class Cancelled(WorkbenchError):
    """A run was stopped on request; nothing it did was kept."""
