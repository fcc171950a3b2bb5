"""Risk and effort of each application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute

from platform_core.store.models import RiskRow
from platform_core.store.repositories.base import Repository


class Risks(Repository):
    """One row an application."""

    def remove_all(self, migration_id: int) -> None:
        """Delete the risks of a migration."""
        self._run(delete(RiskRow).where(RiskRow.migration_id == migration_id))

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Add the risks of some applications that have none, each given by its columns."""
        self._run(insert(RiskRow), rows)

    def replace(self, migration_id: int, row: RiskRow) -> bool:
        """Put a new assessment of one application in place of the former; tell whether score or effort changed."""
        row.migration_id = migration_id
        same = (RiskRow.migration_id == migration_id, RiskRow.subject_key == row.subject_key)
        former = self._tuples(select(RiskRow.score, RiskRow.effort_points).where(*same))
        self._run(delete(RiskRow).where(*same))
        self._session.add(row)
        return former != [(row.score, row.effort_points)]

    def remove(self, migration_id: int, subject_key: str) -> None:
        """Delete the risk of what is no application of its own any more."""
        self._run(delete(RiskRow).where(RiskRow.migration_id == migration_id, RiskRow.subject_key == subject_key))

    def outlines(self, migration_id: int) -> dict[str, tuple[int, float]]:
        """Return (risk score, effort points) by subject key."""
        query = select(RiskRow.subject_key, RiskRow.score, RiskRow.effort_points)
        rows = self._tuples(query.where(RiskRow.migration_id == migration_id))
        return {key: (score, points) for key, score, points in rows}

    def of(self, migration_id: int) -> list[RiskRow]:
        """Return all risks of a migration, highest first."""
        query = select(RiskRow).where(RiskRow.migration_id == migration_id)
        return self._rows(query.order_by(RiskRow.score.desc(), RiskRow.name))

    def get(self, migration_id: int, subject_key: str) -> RiskRow:
        """Return the risk of one application; raises NotFound."""
        query = select(RiskRow).where(RiskRow.migration_id == migration_id, RiskRow.subject_key == subject_key)
        return self._one(self._session.scalar(query), "application")

    def among(self, migration_id: int, keys: Sequence[str], *, limit: int) -> list[RiskRow]:
        """Return the risks of these applications, highest first."""
        query = select(RiskRow).where(RiskRow.migration_id == migration_id, RiskRow.subject_key.in_(keys))
        return self._rows(query.order_by(RiskRow.score.desc(), RiskRow.name).limit(limit))

    def matrix(self, migration_id: int, *, residual: bool = False) -> list[tuple[int, int, int]]:
        """Return (likelihood, impact, applications) of the inherent or of the residual risk."""
        cell = _axes(residual)
        query = select(*cell, func.count()).where(RiskRow.migration_id == migration_id).group_by(*cell)
        return [(int(a), int(b), int(n)) for a, b, n in self._tuples(query)]

    def in_cell(
        self,
        migration_id: int,
        likelihood: int | None,
        impact: int | None,
        *,
        residual: bool = False,
        limit: int = 100,
    ) -> list[RiskRow]:
        """Return the risks of one cell of the matrix (None = any), highest first."""
        query = select(RiskRow).where(RiskRow.migration_id == migration_id)
        for axis, wanted in zip(_axes(residual), (likelihood, impact), strict=True):
            if wanted is not None:
                query = query.where(axis == wanted)
        return self._rows(query.order_by(RiskRow.score.desc(), RiskRow.name).limit(limit))


def _axes(residual: bool) -> tuple[InstrumentedAttribute[int], InstrumentedAttribute[int]]:
    if residual:
        return RiskRow.residual_likelihood, RiskRow.residual_impact
    return RiskRow.likelihood, RiskRow.impact
