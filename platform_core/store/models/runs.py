"""What ran: engine and agent runs, their tasks, model calls, events, and what agents proposed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.domain.runs import RunStatus
from platform_core.store.columns import now
from platform_core.store.models.base import Base, Versioned, belongs_to, key, word


class RunRow(Base):
    """One run of an engine or agent on one object, with its outcome."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_migration_started", "migration_id", "started_at"),)

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
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    started_by: Mapped[str] = mapped_column(word(200))
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RunEventRow(Base):
    """One thing that happened in a run; ids only ever grow, so a reader asks for what came after the last it saw."""

    __tablename__ = "run_event"
    __table_args__ = (Index("ix_run_event_run_id", "run_id", "id"),)

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run", index=False)
    at: Mapped[datetime] = mapped_column(default=now)
    progress: Mapped[float]
    text: Mapped[str]


class TaskRow(Base):
    """A step of an agent's run."""

    __tablename__ = "run_task"

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run")
    name: Mapped[str]
    status: Mapped[str] = mapped_column(word())
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class CallRow(Base):
    """One attempt to ask a model, as the ledger keeps it."""

    __tablename__ = "model_call"

    id: Mapped[int] = key()
    task_id: Mapped[int] = belongs_to("run_task")
    model: Mapped[str] = mapped_column(word(200))
    attempt: Mapped[int]
    status: Mapped[str] = mapped_column(word())
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    prompt: Mapped[str]
    answer: Mapped[str | None]


class ProposalRow(Versioned, Base):
    """A typed change an agent suggests, the engine's answer beside it, the validator's verdict and the decision."""

    __tablename__ = "proposal"

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run")
    subject: Mapped[str]
    engine_answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    proposed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    verdict: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(word(), default="open")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(word(200))
