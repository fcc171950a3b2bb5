"""6R recommendations and the analysts' overrides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import defer

from platform_core.domain.strategy import NEEDS_DATA, Strategy
from platform_core.store.models import RecommendationRow
from platform_core.store.repositories.base import Repository, expect, like

OVERRIDE = ("override", "override_reason", "override_by", "override_at")


class Recommendations(Repository):
    """One row an application; a re-run replaces the engine's part and keeps override and answers."""

    def replace_all(self, migration_id: int, rows: Sequence[RecommendationRow]) -> None:
        """Put a new assessment in place of the former one; overrides and answers of those that remain are kept."""
        former = {row.subject_key: row for row in self.of(migration_id)}
        for row in rows:
            old = former.pop(row.subject_key, None)
            if old is not None:
                _take_over(old, row)
            else:
                row.decided = row.strategy
                self._session.add(row)
        for gone in former.values():
            self._session.delete(gone)

    def of(self, migration_id: int) -> list[RecommendationRow]:
        """Return all recommendations of a migration in name order."""
        query = select(RecommendationRow).where(RecommendationRow.migration_id == migration_id)
        return self._rows(query.order_by(RecommendationRow.name))

    def outlines(self, migration_id: int) -> list[RecommendationRow]:
        """Return all recommendations in name order without their arguments (facts, evidence, ranking …)."""
        query = select(RecommendationRow).where(RecommendationRow.migration_id == migration_id)
        argument = ("facts", "evidence", "ranking", "missing", "vetoes")
        left_out = [defer(getattr(RecommendationRow, name), raiseload=True) for name in argument]
        return self._rows(query.options(*left_out).order_by(RecommendationRow.name))

    def get(self, migration_id: int, subject_key: str, *, expected: int | None = None) -> RecommendationRow:
        """Return the recommendation for one application; raises NotFound or Conflict."""
        query = select(RecommendationRow).where(
            RecommendationRow.migration_id == migration_id, RecommendationRow.subject_key == subject_key
        )
        row = self._one(self._session.scalar(query), "application")
        expect(row.version, expected, f"the strategy of {row.name!r}", row.override_by)
        return row

    def page(
        self, migration_id: int, *, text: str, strategy: str, order: str, offset: int, limit: int
    ) -> list[RecommendationRow]:
        """Return applications that pass the filter; `order` is name, confidence, margin or assets."""
        query = _filtered(select(RecommendationRow), migration_id, text, strategy)
        orders: dict[str, ColumnElement[Any]] = {
            "name": RecommendationRow.name.asc(),
            "confidence": RecommendationRow.confidence.asc(),
            "margin": RecommendationRow.margin.asc(),
            "assets": RecommendationRow.assets.desc(),
        }
        return self._rows(query.order_by(orders[order], RecommendationRow.id).offset(offset).limit(limit))

    def count(self, migration_id: int, *, text: str = "", strategy: str = "") -> int:
        """Return how many applications pass the filter."""
        return self._count(_filtered(select(func.count(RecommendationRow.id)), migration_id, text, strategy))

    def distribution(self, migration_id: int) -> list[tuple[str | None, str | None, str | None, int, int]]:
        """Return (decided strategy, business unit, criticality, applications, assets) for every combination."""
        mix = (RecommendationRow.decided, RecommendationRow.business_unit, RecommendationRow.criticality)
        query = select(*mix, func.count(), func.sum(RecommendationRow.assets))
        rows = self._tuples(query.where(RecommendationRow.migration_id == migration_id).group_by(*mix))
        return [(s, unit, crit, int(n), int(assets)) for s, unit, crit, n, assets in rows]

    def doubtful(self, migration_id: int, margin: float) -> tuple[int, int]:
        """Return (recommendations whose lead over the runner-up is below `margin`, overridden ones)."""
        mine = RecommendationRow.migration_id == migration_id
        close = (RecommendationRow.strategy.is_not(None), RecommendationRow.margin < margin)
        return (
            self._count(select(func.count(RecommendationRow.id)).where(mine, *close)),
            self._count(select(func.count(RecommendationRow.id)).where(mine, RecommendationRow.override.is_not(None))),
        )

    def overrides(self, migration_id: int) -> dict[str, Strategy]:
        """Return the analysts' strategies by subject key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.override).where(
            RecommendationRow.migration_id == migration_id, RecommendationRow.override.is_not(None)
        )
        return {key: Strategy(strategy) for key, strategy in self._tuples(query)}

    def answers(self, migration_id: int) -> dict[str, dict[str, Any]]:
        """Return the answers given, by subject key and fact key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.answers)
        return {
            key: given
            for key, given in self._tuples(query.where(RecommendationRow.migration_id == migration_id))
            if given
        }

    def names(self, migration_id: int) -> dict[str, str]:
        """Return the name of each subject key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.name)
        return dict(self._tuples(query.where(RecommendationRow.migration_id == migration_id)))

    def last_override(self, migration_id: int) -> datetime | None:
        """Return when an override was last given or taken back."""
        query = select(func.max(RecommendationRow.override_at))
        return self._session.scalar(query.where(RecommendationRow.migration_id == migration_id))

    def decided(self, migration_id: int) -> dict[str, str | None]:
        """Return the strategy that counts for each application key."""
        query = select(RecommendationRow.subject_key, RecommendationRow.decided)
        return dict(self._tuples(query.where(RecommendationRow.migration_id == migration_id)))


def _take_over(old: RecommendationRow, new: RecommendationRow) -> None:
    for column in (c.key for c in RecommendationRow.__table__.columns):
        if column not in {"id", "version", "decided", "answers", *OVERRIDE}:
            setattr(old, column, getattr(new, column))
    old.decided = old.override or old.strategy


def _filtered(query: Select[Any], migration_id: int, text: str, strategy: str) -> Select[Any]:
    query = query.where(RecommendationRow.migration_id == migration_id)
    if text:
        query = query.where(like(RecommendationRow.name, text))
    if strategy == NEEDS_DATA:
        query = query.where(RecommendationRow.decided.is_(None))
    elif strategy:
        query = query.where(RecommendationRow.decided == strategy)
    return query
