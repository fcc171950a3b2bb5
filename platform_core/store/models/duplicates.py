"""Pairs of assets that may be one thing, as they were last looked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.columns import now
from platform_core.store.models.base import Base, belongs_to, key, word


class DuplicateSearchRow(Base):
    """What is known of a migration's duplicates: the last search, and which decisions the inventory was built with.

    `revision` is that of the inventory that was searched, 0 = none yet.
    """

    __tablename__ = "duplicate_search"
    __table_args__ = (Index("uq_duplicate_search_migration", "migration_id", unique=True),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    revision: Mapped[int] = mapped_column(default=0)
    compared: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(default=now)
    carried_out: Mapped[list[Any]] = mapped_column(default=list)


class DuplicatePairRow(Base):
    """Two assets, by key, with their score in logits and the evidence as [field, level, weight, mentions].

    `group_key` is "" where the engine does not take them for one thing; `settled` is what was decided (an action, or
    "moot" where a decision about one of them left nothing to decide), empty while the pair is open.
    """

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        Index("ix_duplicate_pair_migration_settled_score", "migration_id", "settled", "score"),
        Index("ix_duplicate_pair_migration_first", "migration_id", "first_key"),
        Index("ix_duplicate_pair_migration_second", "migration_id", "second_key"),
    )

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    first_key: Mapped[str]
    second_key: Mapped[str]
    score: Mapped[float]
    group_key: Mapped[str]
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    settled: Mapped[str] = mapped_column(word(), default="")
    decision_id: Mapped[int | None]
