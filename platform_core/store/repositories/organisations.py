"""Organisations, and who belongs to which."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from platform_core.store.models import MembershipRow, OrganisationRow
from platform_core.store.repositories.base import Repository


class Organisations(Repository):
    """The organisations within reach: one's own, or all."""

    def add(self, row: OrganisationRow) -> None:
        """Add an organisation; its number is known after a flush."""
        self._session.add(row)

    def all(self) -> list[OrganisationRow]:
        """Return the organisations, the oldest first."""
        return self._rows(select(OrganisationRow).order_by(OrganisationRow.id))

    def named(self, name: str) -> OrganisationRow | None:
        """Return the organisation called `name`, whatever the case."""
        return self._session.scalar(select(OrganisationRow).where(func.lower(OrganisationRow.name) == name.lower()))

    def people(self) -> list[MembershipRow]:
        """Return who belongs where, by organisation and person."""
        return self._rows(select(MembershipRow).order_by(MembershipRow.organisation_id, MembershipRow.person))

    def memberships(self, people: Collection[str]) -> list[MembershipRow]:
        """Return the entries of these e-mail addresses and @domains."""
        return self._rows(select(MembershipRow).where(MembershipRow.person.in_(people)))

    def add_person(self, row: MembershipRow) -> None:
        """Let somebody belong to an organisation."""
        self._session.add(row)

    def remove_person(self, row: MembershipRow) -> None:
        """Let somebody belong to it no more."""
        self._session.delete(row)
