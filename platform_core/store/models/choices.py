"""What analysts chose for a migration: policy, noise, dependencies, risk register, prices, work that is finished."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.domain.register import RegisterStatus
from platform_core.store.columns import now
from platform_core.store.models.base import Base, Versioned, belongs_to, key, word


class PolicyRow(Base):
    """One version of how a migration's policy differs from the shipped one; the highest number counts."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("migration_id", "number"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    number: Mapped[int]
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)
    flips: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))


class NoiseRow(Base):
    """One version of how a migration's noise differs from the shipped one; the highest number counts."""

    __tablename__ = "noise"
    __table_args__ = (UniqueConstraint("migration_id", "number"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    number: Mapped[int]
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))


class DependencyDecisionRow(Base):
    """An analyst's verdict on a dependency, as an event; the latest about it that is not undone counts.

    `batch` is the entry of the trail it was decided with. No verdict = an earlier one taken back.
    """

    __tablename__ = "dependency_decision"
    __table_args__ = (Index("ix_dependency_decision_migration_batch", "migration_id", "batch"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    batch: Mapped[int]
    source_name: Mapped[str]
    target_name: Mapped[str]
    source_key: Mapped[str | None]
    target_key: Mapped[str | None]
    port: Mapped[int | None]
    relation: Mapped[str | None]
    verdict: Mapped[str | None] = mapped_column(word())
    weight: Mapped[float]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(word(200))


class RegisterRow(Versioned, Base):
    """The entry of the risk register for one application; kept over re-runs."""

    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("migration_id", "subject_key"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    subject_key: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(word(), default=RegisterStatus.OPEN)
    chosen: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="")
    due: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by: Mapped[str] = mapped_column(word(200))


class RateCardRow(Base):
    """A rate card that somebody supplied; the latest counts, former ones stay to be compared."""

    __tablename__ = "rate_card"

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration")
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))


class FinishedWorkRow(Base):
    """A finished piece of work: the effort points estimated and the days it took."""

    __tablename__ = "finished_work"
    __table_args__ = (UniqueConstraint("migration_id", "name"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    name: Mapped[str] = mapped_column(word(200))
    points: Mapped[float]
    days: Mapped[float]
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))
