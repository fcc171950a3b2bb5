"""What ran: runs of engines and agents, the workers that carry them out, and the events of both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.domain.runs import EventKind, RunStatus
from platform_core.store.columns import now
from platform_core.store.models.base import Base, Owned, belongs_to, key, word

OPEN = text("ended_at IS NULL")
"""Condition of the index that lets only one open run have a deduplication key."""


class RunRow(Owned, Base):
    """One run of an engine or agent on one object, with its outcome. It is open until `ended_at` is set.

    `job` names what carries it out and `arguments` hold ids and choices, so that it can be begun anew; both are
    empty for work that only the request could do. `attempt` counts how often it was handed out and is the fence:
    whoever holds an older one can write nothing. `dispatched` is the attempt that the queue has. `worker` holds it
    now (None = nobody, or the request itself). `losses` counts workers that died on it since its last whole step.
    `reference` finds its lines in the log.
    """

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_migration_started", "migration_id", "started_at"),
        Index("ix_run_migration_number", "migration_id", "id"),
        Index(
            "uq_run_open_key",
            "organisation_id",
            "deduplication_key",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_run_ended_at", "ended_at"),
    )

    id: Mapped[int] = key()
    migration_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(word())
    actor: Mapped[str] = mapped_column(word(), default="engine")
    object: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(word(), default=RunStatus.QUEUED)
    progress: Mapped[float] = mapped_column(default=0.0)
    text: Mapped[str] = mapped_column(default="")
    error: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(default=now)
    begun_at: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(default=now)
    deadline_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    started_by: Mapped[str] = mapped_column(word(200))
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job: Mapped[str] = mapped_column(word(), default="")
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    deduplication_key: Mapped[str | None]
    attempt: Mapped[int] = mapped_column(default=1)
    dispatched: Mapped[int] = mapped_column(default=0)
    dispatched_at: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(word())
    losses: Mapped[int] = mapped_column(default=0)
    retry_of: Mapped[int | None]
    reference: Mapped[str] = mapped_column(word(), default="", server_default="")


class RunEventRow(Base):
    """One thing that happened in a run; ids only ever grow, so a reader asks for what came after the last it saw."""

    __tablename__ = "run_event"
    __table_args__ = (Index("ix_run_event_run_id", "run_id", "id"),)

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run", index=False)
    task_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(word(), default=EventKind.PROGRESS)
    progress: Mapped[float]
    text: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RunStepRow(Base):
    """A step of a run whose effect is in this database, written in the transaction of the effect itself."""

    __tablename__ = "run_step"
    __table_args__ = (UniqueConstraint("run_id", "name", name="uq_run_step_run_id_name"),)

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run", index=False)
    name: Mapped[str]
    attempt: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=now)


class WorkerRow(Base):
    """A worker process; `seen_at` is its heartbeat. Once `ended_at` is set it can hold no run any more."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(word(), primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
