"""Organisations and who belongs to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from platform_core.store.columns import now
from platform_core.store.models.base import Base, Owned, key, word


class OrganisationRow(Base):
    """An organisation that shares the workbench; a store begins with one."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = key()
    name: Mapped[str] = mapped_column(word(200))
    created_at: Mapped[datetime] = mapped_column(default=now)


class MembershipRow(Owned, Base):
    """Who belongs to an organisation: `person` is an e-mail address, or @ and a domain, in small letters."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person"),)

    id: Mapped[int] = key()
    person: Mapped[str] = mapped_column(word(320))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(word(200))
