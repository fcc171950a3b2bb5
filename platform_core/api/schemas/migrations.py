"""Migrations on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict, Field, JsonValue, model_validator

from platform_core.api.schemas.building_blocks import Asked, Name, Number, Schema, Words
from platform_core.domain.migration import MigrationPhase, MigrationStatus

EXAMPLE: dict[str, JsonValue] = {
    "id": 1,
    "name": "Data centre exit 2027",
    "description": "Everything out of Frankfurt.",
    "status": "planning",
    "phase": "discovery",
    "inventory_revision": 3,
    "changed_at": "2026-11-27T14:03:00Z",
    "version": 4,
}


class MigrationOut(Schema):
    """A programme of work. `version` goes along with a change, so that nobody overwrites somebody else's."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [EXAMPLE]})

    id: int
    name: str
    description: str
    status: MigrationStatus
    phase: MigrationPhase
    inventory_revision: int = Field(description="Counts the rebuilds of the inventory; 0 = never built.")
    changed_at: datetime
    version: int


class MigrationNew(Asked):
    """A migration to begin."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Data centre exit 2027", "description": ""}]}
    )

    name: Name
    description: Words = ""


class MigrationChange(Asked):
    """All facts of a migration as they are to be, with the version they were seen at."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "Exit 2027", "description": "", "status": "in_progress", "phase": "assessment", "version": 4}
            ]
        },
    )

    name: Name
    description: Words
    status: MigrationStatus
    phase: MigrationPhase
    version: Number


class Transition(Asked):
    """Where a migration goes on to: another status, another phase, or both."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"phase": "assessment", "version": 4}],
            "anyOf": [{"required": ["status"]}, {"required": ["phase"]}],
        },
    )

    status: MigrationStatus = Field(default=None)  # type: ignore[assignment]
    phase: MigrationPhase = Field(default=None)  # type: ignore[assignment]
    version: Number

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Transition:
        if self.status is None and self.phase is None:
            raise ValueError("status or phase is needed")
        return self


class FiguresOut(Schema):
    """The four numbers of the overview; `severed` is the share (0..1) of dependency weight the plan cuts."""

    assets: int
    applications: int
    ready: int
    severed: float | None


class NextOut(Schema):
    """The one thing to do next, and where."""

    step: str
    text: str
    import_id: int | None


class OverviewOut(Schema):
    """Where a migration stands."""

    figures: FiguresOut
    before: FiguresOut | None
    done: dict[str, bool]
    imports: int
    dependencies: int
    unresolved: int
    needs_data: int
    next: NextOut
    stale_plan: bool
