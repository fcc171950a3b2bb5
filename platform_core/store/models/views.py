"""Views of the inventory that somebody keeps under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.columns import now
from platform_core.store.models.base import Base, belongs_to, key, word


class SavedViewRow(Base):
    """A view of the inventory under a name: what its address says, as lists of texts by name."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("migration_id", "name"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    name: Mapped[str] = mapped_column(word(200))
    address: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))
