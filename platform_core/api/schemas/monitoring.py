"""What goes on, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from platform_core.api.schemas.building_blocks import Schema
from platform_core.domain.runs import EventKind, TaskStatus


class TaskOut(Schema):
    """A piece of work of an agent; `source` and `cause` say where its answer came from and why."""

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
    result: dict[str, Any]


class StatusOut(Schema):
    """What goes on now."""

    running: list[TaskOut]
    lost: list[TaskOut]
    runs_running: int
    runs_queued: int
    runs_lost: int
    workers: int
    is_idle: bool


class EventOut(Schema):
    """Something that happened in a run; numbers only grow."""

    id: int
    run_id: int
    task_id: int | None
    at: datetime
    kind: EventKind
    progress: float
    text: str
    data: dict[str, Any]
