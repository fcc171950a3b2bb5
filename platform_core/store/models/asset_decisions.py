"""What analysts decided about assets: an append-only log that every build of the inventory is laid under."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.columns import now
from platform_core.store.models.base import Base, belongs_to, key, word


class AssetDecisionRow(Base):
    """One decision, by the key of its asset (None = a rule over rows); `content` is what is decided.

    `before` is what stood there: the value of a field, or how many assets a rule changed at first. A decision that
    was taken back stays, with `undone_at` and `undone_by` set.
    """

    __tablename__ = "asset_decision"
    __table_args__ = (
        Index(None, "migration_id", "asset_key"),
        Index("ix_asset_decision_migration_undone", "migration_id", "undone_at"),
    )

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    kind: Mapped[str] = mapped_column(word())
    asset_key: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(word(200))
