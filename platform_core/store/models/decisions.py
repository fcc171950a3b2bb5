"""What people said and did: corrections, feedback, and the trail of every change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.domain.feedback import FeedbackStatus
from platform_core.domain.learning import Scope
from platform_core.store.columns import now
from platform_core.store.models.base import Base, Owned, Versioned, belongs_to, key, word


class CorrectionRow(Base):
    """An analyst's decision as an event; what the system has learned is a fold over these rows.

    `subject` names what was corrected (a header, an application key); `format` the export it was said of, `file`
    what else makes that file known again (None = said of any file), `would_lose` the columns for whose sake it holds
    for that file only. An undone correction stays, with `undone_at` and `undone_by` set.
    """

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_migration_kind", "migration_id", "kind"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration", index=False)
    import_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(word())
    scope: Mapped[str] = mapped_column(word(), default=Scope.MIGRATION)
    subject: Mapped[str]
    format: Mapped[str | None] = mapped_column(word(200))
    file: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    would_lose: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(word(200))


class FeedbackRow(Versioned, Base):
    """A rating or comment; `corrections` holds what was understood of it, applied only once confirmed."""

    __tablename__ = "feedback"

    id: Mapped[int] = key()
    migration_id: Mapped[int] = belongs_to("migration")
    page: Mapped[str] = mapped_column(word())
    subject: Mapped[str] = mapped_column(default="")
    rating: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="")
    corrections: Mapped[list[Any]] = mapped_column(default=list)
    not_understood: Mapped[list[Any]] = mapped_column(default=list)
    status: Mapped[str] = mapped_column(word(), default=FeedbackStatus.OPEN)
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))


class AuditRow(Owned, Base):
    """Who changed what, when, from what to what; written in the transaction of the change, never altered.

    `undoes` is the number of the entry this one took back.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_migration_id", "migration_id", "id"),)

    id: Mapped[int] = key()
    migration_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(word(80))
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    why: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)
    author: Mapped[str] = mapped_column(word(200))
    undoes: Mapped[int | None]
