"""What analysts chose for a migration: policies, noise, verdicts, register entries, rate cards, finished work."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from platform_core.store.models import (
    DependencyDecisionRow,
    FinishedWorkRow,
    NoiseRow,
    PolicyRow,
    RateCardRow,
    RegisterRow,
)
from platform_core.store.repositories.base import Repository, expect, plain


class Choices(Repository):
    """Policies, noise, verdicts and rate cards are only added; a register entry is changed in place."""

    def add(self, row: PolicyRow | NoiseRow | RegisterRow | RateCardRow | FinishedWorkRow) -> None:
        """Add a row."""
        self._session.add(row)

    def remove(self, row: RateCardRow | FinishedWorkRow) -> None:
        """Take a row out."""
        self._session.delete(row)

    def policies(self, migration_id: int) -> list[PolicyRow]:
        """Return the versions of a migration's policy, the latest first."""
        query = select(PolicyRow).where(PolicyRow.migration_id == migration_id)
        return self._rows(query.order_by(PolicyRow.number.desc()))

    def policy(self, migration_id: int) -> PolicyRow | None:
        """Return the version that counts, to be read only; None while the shipped policy does."""
        return next(iter(self._asked(_POLICY, mine=migration_id)), None)

    def noises(self, migration_id: int) -> list[NoiseRow]:
        """Return the versions of a migration's noise, the latest first."""
        return self._rows(
            select(NoiseRow).where(NoiseRow.migration_id == migration_id).order_by(NoiseRow.number.desc())
        )

    def noise(self, migration_id: int) -> NoiseRow | None:
        """Return the version that counts, None while the shipped noise does."""
        query = select(NoiseRow).where(NoiseRow.migration_id == migration_id)
        return self._session.scalar(query.order_by(NoiseRow.number.desc()).limit(1))

    def decide(self, rows: Iterable[DependencyDecisionRow]) -> None:
        """Add verdicts on dependencies."""
        self._session.add_all(rows)

    def decisions(self, migration_id: int) -> list[DependencyDecisionRow]:
        """Return the verdicts on dependencies that are not undone, in the order they were given."""
        query = select(DependencyDecisionRow).where(
            DependencyDecisionRow.migration_id == migration_id, DependencyDecisionRow.undone_at.is_(None)
        )
        return self._rows(query.order_by(DependencyDecisionRow.id))

    def batch(self, migration_id: int, number: int) -> list[DependencyDecisionRow]:
        """Return the verdicts that were given at once."""
        query = select(DependencyDecisionRow).where(
            DependencyDecisionRow.migration_id == migration_id, DependencyDecisionRow.batch == number
        )
        return self._rows(query.order_by(DependencyDecisionRow.id))

    def register(self, migration_id: int) -> dict[str, RegisterRow]:
        """Return the register entries by subject key."""
        query = select(RegisterRow).where(RegisterRow.migration_id == migration_id)
        return {row.subject_key: row for row in self._rows(query)}

    def entry(self, migration_id: int, subject_key: str, *, expected: int | None = None) -> RegisterRow | None:
        """Return one register entry, None when nothing was decided; raises Conflict when it moved on."""
        query = select(RegisterRow).where(
            RegisterRow.migration_id == migration_id, RegisterRow.subject_key == subject_key
        )
        row = self._session.scalar(query)
        if row is not None:
            expect(row.version, expected, "this entry of the register", row.changed_by)
        return row

    def rate_card(self, migration_id: int) -> RateCardRow | None:
        """Return the latest rate card, None when none was supplied."""
        query = select(RateCardRow).where(RateCardRow.migration_id == migration_id)
        return self._session.scalar(query.order_by(RateCardRow.id.desc()).limit(1))

    def finished_work(self, migration_id: int) -> list[FinishedWorkRow]:
        """Return finished work in the order it was recorded."""
        query = select(FinishedWorkRow).where(FinishedWorkRow.migration_id == migration_id)
        return self._rows(query.order_by(FinishedWorkRow.id))


_POLICY = plain(PolicyRow).where(PolicyRow.migration_id == bindparam("mine")).order_by(PolicyRow.number.desc()).limit(1)
