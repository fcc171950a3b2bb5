"""Runs of engines and agents: what ran, on what, for how long, with which outcome."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, JsonValue

from platform_core.domain.base import Frozen


class RunKind(StrEnum):
    """What a run does."""

    IMPORT = "import"
    MAPPING = "mapping"
    INVENTORY = "inventory"
    STRATEGY = "strategy"
    RISK = "risk"
    PLAN = "plan"
    SAMPLE = "sample"
    AGENT = "agent"
    SEARCH = "search"
    COMPARISON = "comparison"
    UNDO = "undo"
    MERGE = "merge"


class RunStatus(StrEnum):
    """Where a run stands; LOST = no sign of life although it never ended."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen, unless a worker takes up a lost run."""
        return self not in {RunStatus.QUEUED, RunStatus.RUNNING}


class EventKind(StrEnum):
    """What an event of a run tells."""

    PROGRESS = "progress"
    NOTE = "note"
    STATE = "state"  # queued, begun, lost, resumed, ended
    TASK = "task"
    CALL = "call"
    AGENT = "agent"  # an event of an agent's own; `data` has its kind


class TaskStatus(StrEnum):
    """Where an agent's task stands; LOST = its run ended or went on without it."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVERTED = "reverted"  # accepted, and taken back later
    OUTDATED = "outdated"  # what it concerned changed before anybody decided


class TaskStarted(Frozen):
    """An agent begins a piece of work within a run."""

    run_id: int
    agent: str = Field(min_length=1, max_length=40)
    name: str


class TaskEnded(Frozen):
    """How a piece of work of an agent ended.

    `source` says where the answer came from (rules, learned, model, fallback), `cause` why it rests on the engine
    alone where it does, `error` what stopped it, in a sentence. `result` holds figures and ids, never rows.
    """

    status: TaskStatus = TaskStatus.COMPLETED
    source: str | None = None
    cause: str | None = None
    error: str | None = None
    result: dict[str, JsonValue] = Field(default_factory=dict)
