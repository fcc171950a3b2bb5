"""Migrations and the sessions in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.domain.migration import MigrationPhase, MigrationStatus
from platform_core.store.columns import now
from platform_core.store.models.base import Base, Owned, Versioned, belongs_to, key, word


class MigrationRow(Owned, Versioned, Base):
    """One programme of work. `inventory_revision` counts the states of its inventory, from 0 (never built).

    `dependency_revision` counts the changes of what analysts say of its dependencies, `strategy_revision` those of the
    strategies, risks and efforts that planning goes by (a rebuild counts as a state of the inventory alone).
    `inventory_stamp` names the last rebuild beyond doubt, `inventory_edition` numbers the last change of assets since.
    `agent_policy` says which proposals of agents are applied without anybody looking, by kind of change.
    """

    __tablename__ = "migration"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(word(200))
    description: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(word(), default=MigrationStatus.PLANNING)
    phase: Mapped[str] = mapped_column(word(), default=MigrationPhase.DISCOVERY)
    inventory_revision: Mapped[int] = mapped_column(default=0)
    dependency_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    strategy_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    inventory_stamp: Mapped[str | None] = mapped_column(word(32))
    inventory_edition: Mapped[int] = mapped_column(default=0)
    agent_policy: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(word(200))
    changed_at: Mapped[datetime] = mapped_column(default=now)


class SessionRow(Base):
    """One named sitting of analysis in a migration; `figures` are the overview's numbers when it began.

    A kept session holds the whole state: `document` and `assets` are keys of the file store, both None for a sitting.
    """

    __tablename__ = "session"
    __table_args__ = (UniqueConstraint("migration_id", "session_name"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration")
    session_name: Mapped[str] = mapped_column(word(200))
    session_display_name: Mapped[str] = mapped_column(word(200))
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str] = mapped_column(default="", server_default="")
    document: Mapped[str | None]
    assets: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(word(200))
