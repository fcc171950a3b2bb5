"""States of a migration."""

from __future__ import annotations

from enum import StrEnum


class MigrationStatus(StrEnum):
    """Whether work on a migration goes on."""

    PLANNING = "planning"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    ON_HOLD = "on_hold"


class MigrationPhase(StrEnum):
    """How far a migration has come."""

    DISCOVERY = "discovery"
    ASSESSMENT = "assessment"
    PLANNING = "planning"
    EXECUTION = "execution"
    COMPLETED = "completed"
