"""Tickets: which attempt at which run, in a form that the queue can use as a name."""

from __future__ import annotations

from dataclasses import dataclass

from platform_core.store.models import RunRow


@dataclass(frozen=True)
class Ticket:
    """One attempt at one run. `birth` (microseconds since 1970) tells apart runs of one number in two databases."""

    run_id: int
    birth: int
    attempt: int

    @classmethod
    def of(cls, run: RunRow) -> Ticket:
        """Return the ticket for the present attempt at a run."""
        return cls(run.id, round(run.started_at.timestamp() * 1_000_000), run.attempt)

    @classmethod
    def read(cls, text: str) -> Ticket:
        """Return the ticket that `text` names."""
        _, run_id, birth, attempt = text.split("-")
        return cls(int(run_id), int(birth), int(attempt))

    @property
    def text(self) -> str:
        """The ticket's name."""
        return f"run-{self.run_id}-{self.birth}-{self.attempt}"

    @property
    def former(self) -> Ticket:
        """The attempt before this one."""
        return Ticket(self.run_id, self.birth, self.attempt - 1)
