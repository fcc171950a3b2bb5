"""Plans: a scenario's rules, its move groups, its waves with dates, and where each application was placed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.columns import now
from platform_core.store.models.base import Base, Versioned, belongs_to, key, word


class PlanRow(Versioned, Base):
    """A scenario and its outcome; the revisions tell of which inventory, dependencies and strategies it was made."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("migration_id", "name"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    name: Mapped[str] = mapped_column(word(200))
    rules: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    weeks_per_wave: Mapped[int]
    inventory_revision: Mapped[int]
    dependency_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    strategy_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    metrics: Mapped[dict[str, Any]] = mapped_column(default=dict)
    conflicts: Mapped[list[Any]] = mapped_column(default=list)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(word(200))
    changed_at: Mapped[datetime] = mapped_column(default=now)


class MoveGroupRow(Base):
    """What travels as one in a plan, and why."""

    __tablename__ = "move_group"
    __table_args__ = (UniqueConstraint("plan_id", "name"),)

    id: Mapped[int] = key()
    plan_id: Mapped[int] = belongs_to("plan", index=False)
    name: Mapped[str]
    reasons: Mapped[list[Any]] = mapped_column(default=list)


class WaveRow(Base):
    """A wave of a plan, with its dates, load and capacity (effort points), and what its placements come to.

    `risk` = the mean of its assets' risk, weighted by effort; `highest_risk` = of one of its applications.
    """

    __tablename__ = "wave"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = key()
    plan_id: Mapped[int] = belongs_to("plan", index=False)
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    capacity: Mapped[float | None]
    load: Mapped[float]
    assets: Mapped[int]
    critical: Mapped[int]
    risk: Mapped[float | None]
    applications: Mapped[int] = mapped_column(default=0, server_default="0")
    highest_risk: Mapped[float | None]


class PlacementRow(Base):
    """The wave an application (with all its assets) was placed in; `by_hand` when an analyst moved it there."""

    __tablename__ = "placement"
    __table_args__ = (
        UniqueConstraint("plan_id", "application"),
        Index("ix_placement_wave_application", "plan_id", "wave", "application"),
    )

    id: Mapped[int] = key()
    plan_id: Mapped[int] = belongs_to("plan", index=False)
    application: Mapped[str]
    subject_key: Mapped[str]
    move_group: Mapped[str]
    wave: Mapped[int]
    assets: Mapped[int]
    effort: Mapped[float]
    critical: Mapped[int]
    risk: Mapped[float]
    by_hand: Mapped[bool] = mapped_column(default=False)
