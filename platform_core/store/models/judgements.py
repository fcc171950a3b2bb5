"""What the engines concluded about each application: recommendation and risk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.columns import now
from platform_core.store.models.base import Base, Versioned, belongs_to, key, word


class RecommendationRow(Versioned, Base):
    """The 6R answer for one application, and the analyst's override and answers beside it (kept over re-runs).

    `facts` are those of the inventory; `answers` (by key: value, author, day) stand in their place.
    `strategy` None = needs data. `decided` is what counts: the override where there is one.
    """

    __tablename__ = "recommendation"
    __table_args__ = (
        UniqueConstraint("migration_id", "subject_key"),
        Index("ix_recommendation_names", "migration_id", "subject_key", "name"),
        Index("ix_recommendation_decided", "migration_id", "decided", "subject_key"),
    )

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    subject_key: Mapped[str]
    name: Mapped[str]
    assets: Mapped[int]
    business_unit: Mapped[str | None]
    criticality: Mapped[str | None]
    strategy: Mapped[str | None] = mapped_column(word())
    runner_up: Mapped[str | None] = mapped_column(word())
    margin: Mapped[float]
    confidence: Mapped[float]
    ranking: Mapped[list[Any]] = mapped_column(default=list)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    vetoes: Mapped[list[Any]] = mapped_column(default=list)
    missing: Mapped[list[Any]] = mapped_column(default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    override: Mapped[str | None] = mapped_column(word())
    override_reason: Mapped[str | None]
    override_by: Mapped[str | None] = mapped_column(word(200))
    override_at: Mapped[datetime | None]
    decided: Mapped[str | None] = mapped_column(word())
    assessed_at: Mapped[datetime] = mapped_column(default=now)


class ApplicationEventRow(Base):
    """One line of an application's history; only added. `before` and `after` are strategies where one changed."""

    __tablename__ = "application_event"
    __table_args__ = (Index(None, "migration_id", "subject_key"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    subject_key: Mapped[str]
    kind: Mapped[str] = mapped_column(word())
    text: Mapped[str] = mapped_column(default="")
    before: Mapped[str | None] = mapped_column(word())
    after: Mapped[str | None] = mapped_column(word())
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))


class RiskRow(Versioned, Base):
    """Risk and effort of one application; `status` and `owner` are the register's."""

    __tablename__ = "risk"
    __table_args__ = (UniqueConstraint("migration_id", "subject_key"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    subject_key: Mapped[str]
    name: Mapped[str]
    likelihood: Mapped[int]
    impact: Mapped[int]
    score: Mapped[int]
    band: Mapped[str] = mapped_column(word())
    residual_likelihood: Mapped[int]
    residual_impact: Mapped[int]
    drivers: Mapped[list[Any]] = mapped_column(default=list)
    mitigations: Mapped[list[Any]] = mapped_column(default=list)
    unknown: Mapped[list[Any]] = mapped_column(default=list)
    effort_points: Mapped[float]
    effort_tier: Mapped[str] = mapped_column(word(4))
    effort_factors: Mapped[dict[str, Any]] = mapped_column(default=dict)
    assessed_at: Mapped[datetime] = mapped_column(default=now)
