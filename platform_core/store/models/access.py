"""Who may call the web interface, and what it answered to requests that may be repeated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.columns import now
from platform_core.store.models.base import Base, Owned, key, word


class TokenRow(Owned, Base):
    """A token of a program. Only the SHA-256 of its secret is kept; a revoked one stays as the trace of its use.

    `used_at` is written at most once an hour.
    """

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("organisation_id", "name"), UniqueConstraint("digest"))

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(word(200))
    digest: Mapped[str] = mapped_column(word(64))
    scope: Mapped[str] = mapped_column(word())
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(word(200))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class AnswerRow(Owned, Base):
    """What was answered to a request that carried an idempotency key; `status` is None while it is under way.

    `request` and `digest` are the SHA-256 of the request (method, address, body) and of the answer's `body`.
    """

    __tablename__ = "api_answer"
    __table_args__ = (
        UniqueConstraint("organisation_id", "caller", "key"),
        Index("ix_api_answer_created_at", "created_at"),
    )

    id: Mapped[int] = key()
    caller: Mapped[str] = mapped_column(word())
    key: Mapped[str] = mapped_column(word(200))
    request: Mapped[str] = mapped_column(word(64))
    status: Mapped[int | None]
    body: Mapped[str] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(word(64), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
