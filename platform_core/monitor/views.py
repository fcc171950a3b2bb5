"""What the monitor tells: events, tasks, and what goes on now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pydantic import JsonValue

from platform_core.domain.base import Frozen
from platform_core.domain.model_calls import AttemptStatus, CallPurpose
from platform_core.domain.runs import EventKind, RunStatus, TaskStatus
from platform_core.store.columns import now
from platform_core.store.liveness import status_of
from platform_core.store.models import CallRow, RunEventRow, RunRow, TaskRow


class Event(Frozen):
    """Something that happened in a run; numbers only grow, so ask for what came after the last one seen."""

    id: int
    run_id: int
    task_id: int | None
    at: datetime
    kind: EventKind
    progress: float
    text: str
    data: dict[str, JsonValue]

    @classmethod
    def of(cls, row: RunEventRow) -> Event:
        """Return a row as it is told."""
        return cls(
            id=row.id,
            run_id=row.run_id,
            task_id=row.task_id,
            at=row.at,
            kind=EventKind(row.kind),
            progress=row.progress,
            text=row.text,
            data=row.data,
        )


class TaskView(Frozen):
    """A piece of work of an agent; `seconds` is what it took, or has taken up to its last sign of life."""

    id: int
    run_id: int
    migration_id: int | None
    agent: str
    name: str
    status: TaskStatus
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    source: str | None
    cause: str | None
    error: str | None
    result: dict[str, JsonValue]

    @classmethod
    def of(cls, row: TaskRow, run: RunRow, workers: Collection[str]) -> TaskView:
        """Return a task as it is told, given its run and the workers that are alive."""
        status = task_status(row, run, workers)
        end = row.ended_at or (now() if status is TaskStatus.RUNNING else row.seen_at)
        return cls(
            id=row.id,
            run_id=row.run_id,
            migration_id=run.migration_id,
            agent=row.agent,
            name=row.name,
            status=status,
            started_at=row.started_at,
            ended_at=row.ended_at,
            seconds=max(0.0, (end - row.started_at).total_seconds()),
            source=row.source,
            cause=row.cause,
            error=row.error,
            result=row.result,
        )


class CallView(Frozen):
    """A line of the ledger: a request to a model, or one that the cache spared; tokens and cost None = nobody told."""

    id: int
    task_id: int | None
    call_id: str
    number: int
    agent: str
    purpose: CallPurpose
    model: str
    endpoint: str
    status: AttemptStatus
    http_status: int | None
    prompt_tokens: int | None
    completion_tokens: int | None
    estimated: bool
    cost: float | None
    started_at: datetime
    seconds: float
    response_format: str

    @classmethod
    def of(cls, row: CallRow) -> CallView:
        """Return a line as it is told."""
        return cls.model_validate({name: getattr(row, name) for name in cls.model_fields})

    @property
    def tokens(self) -> int:
        """Tokens read and written, as far as they are known."""
        return (self.prompt_tokens or 0) + (self.completion_tokens or 0)


class CallTexts(Frozen):
    """What was said in a request: the messages as JSON text, and the answer; free of keys, cut to a fixed length."""

    prompt: str
    answer: str


class CurrentStatus(Frozen):
    """What goes on now: tasks by state, runs that go on or wait, and how many workers are alive."""

    running: tuple[TaskView, ...]
    lost: tuple[TaskView, ...]
    runs_running: int
    runs_queued: int
    runs_lost: int
    workers: int

    @property
    def is_idle(self) -> bool:
        """Whether nothing happens and nothing waits."""
        return not (self.running or self.runs_running or self.runs_queued or self.runs_lost)


def task_status(task: TaskRow, run: RunRow, workers: Collection[str]) -> TaskStatus:
    """Return where a task stands: one that never ended is lost unless its very attempt at the run goes on."""
    if task.ended_at is not None:
        return TaskStatus(task.status)
    goes_on = status_of(run, workers) is RunStatus.RUNNING and run.attempt == task.attempt
    return TaskStatus.RUNNING if goes_on else TaskStatus.LOST
