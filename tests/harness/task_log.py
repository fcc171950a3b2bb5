"""A log of agents' work that only remembers, where a test looks at nothing but the log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from platform_core.domain.agents import AgentEvent
from platform_core.domain.model_calls import ModelAttempt
from platform_core.domain.runs import TaskStarted


@dataclass
class TaskMemory:
    """What was logged, in order."""

    started: list[TaskStarted] = field(default_factory=list)
    ended: list[dict[str, Any]] = field(default_factory=list)
    events: list[AgentEvent] = field(default_factory=list)
    attempts: list[ModelAttempt] = field(default_factory=list)

    def start_task(self, started: TaskStarted) -> int:
        """Remember a task."""
        self.started.append(started)
        return len(self.started)

    def complete_task(self, task_id: int, **ended: Any) -> None:
        """Remember an end."""
        self.ended.append({"task": task_id, "failed": False, **ended})

    def fail_task(self, task_id: int, error: str, **ended: Any) -> None:
        """Remember a failure."""
        self.ended.append({"task": task_id, "failed": True, "error": error, **ended})

    def record(self, run_id: int, event: AgentEvent, *, task_id: int | None) -> int:
        """Remember an event."""
        self.events.append(event)
        return len(self.events)

    def enter(self, run_id: int, attempt: ModelAttempt, *, task_id: int | None) -> int:
        """Remember a request."""
        self.attempts.append(attempt)
        return len(self.attempts)
