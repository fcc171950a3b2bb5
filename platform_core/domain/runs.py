"""Runs of engines and agents: what ran, on what, for how long, with which outcome."""

from __future__ import annotations

from enum import StrEnum


class RunKind(StrEnum):
    """What a run does."""

    IMPORT = "import"
    MAPPING = "mapping"
    INVENTORY = "inventory"
    STRATEGY = "strategy"
    RISK = "risk"
    PLAN = "plan"
    SAMPLE = "sample"


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
        """Whether nothing more will happen."""
        return self not in {RunStatus.QUEUED, RunStatus.RUNNING}
