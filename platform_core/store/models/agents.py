"""What agents did: their tasks, the ledger of model requests with what was said, and what they propose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.domain.runs import ProposalState, TaskStatus
from platform_core.store.columns import now
from platform_core.store.models.base import Base, Owned, Versioned, belongs_to, key, word


class TaskRow(Base):
    """A piece of work of one agent within a run. It ends once: an ended row is never written again.

    `attempt` is the run's attempt in which it began; a task of an older attempt that never ended was lost.
    `source` tells where the answer came from, `cause` why it rests on the engine alone where it does.
    """

    __tablename__ = "run_task"
    __table_args__ = (Index("ix_run_task_agent_started", "agent", "started_at"),)

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run")
    attempt: Mapped[int]
    agent: Mapped[str] = mapped_column(word())
    name: Mapped[str]
    status: Mapped[str] = mapped_column(word(), default=TaskStatus.RUNNING)
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    source: Mapped[str | None] = mapped_column(word())
    cause: Mapped[str | None] = mapped_column(word())
    error: Mapped[str | None]
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CallRow(Base):
    """One HTTP request to a model, or one that the cache spared: a line of the ledger, never changed.

    `prompt` and `answer` are digests of redacted texts in `model_text`. `seconds` is the time of the request,
    `cost` is in the currency of the user's prices; tokens and cost are None where nobody told them.
    """

    __tablename__ = "model_call"
    __table_args__ = (
        Index("ix_model_call_run_id", "run_id", "id"),
        Index("ix_model_call_agent_started", "agent", "started_at"),
    )

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run", index=False)
    task_id: Mapped[int | None]
    call_id: Mapped[str] = mapped_column(word(64))
    number: Mapped[int]
    agent: Mapped[str] = mapped_column(word())
    purpose: Mapped[str] = mapped_column(word())
    model: Mapped[str] = mapped_column(word(200))
    endpoint: Mapped[str] = mapped_column(word(200))
    status: Mapped[str] = mapped_column(word())
    http_status: Mapped[int | None]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    estimated: Mapped[bool] = mapped_column(default=False)
    cost: Mapped[float | None]
    started_at: Mapped[datetime]
    seconds: Mapped[float]
    response_format: Mapped[str] = mapped_column(word())
    request_hash: Mapped[str] = mapped_column(word(64))
    prompt: Mapped[str | None] = mapped_column(word(64))
    answer: Mapped[str | None] = mapped_column(word(64))


class ModelTextRow(Owned, Base):
    """A redacted prompt or answer by its SHA-256: attempts that ask the same share one text."""

    __tablename__ = "model_text"
    __table_args__ = (UniqueConstraint("organisation_id", "digest"),)

    id: Mapped[int] = key()
    digest: Mapped[str] = mapped_column(word(64))
    text: Mapped[str]


class ProposalRow(Versioned, Base):
    """A typed change that an agent suggests, the engine's answer beside it, the checks it passed and the decision.

    `item` is the key of what it concerns, within the import where it concerns a column. `proposed` holds the
    change, `engine` the engine's answer in words. Nothing comes of it unless it is accepted; what was accepted
    and taken back later is `reverted`.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_migration_kind", "migration_id", "kind", "state"),)

    id: Mapped[int] = key()
    run_id: Mapped[int] = belongs_to("run")
    task_id: Mapped[int | None]
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    import_id: Mapped[int | None]
    agent: Mapped[str] = mapped_column(word())
    kind: Mapped[str] = mapped_column(word())
    item: Mapped[str]
    proposed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    engine: Mapped[str] = mapped_column(default="")
    agrees: Mapped[bool] = mapped_column(default=False)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    checks: Mapped[list[Any]] = mapped_column(default=list)
    rationale: Mapped[str] = mapped_column(default="")
    worth: Mapped[float] = mapped_column(default=1.0)
    call_id: Mapped[str] = mapped_column(word(64), default="")
    state: Mapped[str] = mapped_column(word(), default=ProposalState.OPEN)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(word(200))
