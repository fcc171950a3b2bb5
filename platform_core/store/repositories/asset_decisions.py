"""The log of decisions about assets."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, exists, select

from platform_core.domain.asset_decisions import AssetDecision, Content, DecisionKind
from platform_core.store.models import AssetDecisionRow, AssetRow
from platform_core.store.repositories.base import Repository, portions

_CONTENT: TypeAdapter[Content] = TypeAdapter(Content)


class AssetDecisions(Repository):
    """Append-only, except that a decision can be marked as taken back."""

    def add(self, row: AssetDecisionRow) -> None:
        """Append a decision; its number is known after a flush."""
        self._session.add(row)

    def standing(self, migration_id: int, kind: DecisionKind | None = None) -> list[AssetDecision]:
        """Return the decisions that nobody took back, in the order they were taken."""
        query = _standing(migration_id)
        if kind is not None:
            query = query.where(AssetDecisionRow.kind == kind)
        return [as_decision(row) for row in self._rows(query)]

    def standing_numbers(self, migration_id: int, kinds: Collection[DecisionKind]) -> set[int]:
        """Return the numbers of the decisions of some kinds that nobody took back."""
        query = _standing(migration_id).where(AssetDecisionRow.kind.in_(kinds))
        return {number for (number,) in self._tuples(query.with_only_columns(AssetDecisionRow.id))}

    def concerning(self, migration_id: int, keys: Collection[str]) -> list[AssetDecision]:
        """Return the standing decisions about the assets `keys`, and the rules over rows."""
        rows = self._rows(_standing(migration_id).where(AssetDecisionRow.asset_key.is_(None)))
        for some in portions(sorted(keys)):
            rows += self._rows(_standing(migration_id).where(AssetDecisionRow.asset_key.in_(some)))
        return [as_decision(row) for row in sorted(rows, key=lambda row: row.id)]

    def numbered(self, migration_id: int, numbers: Collection[int]) -> list[AssetDecisionRow]:
        """Return the decisions with these numbers, taken back or not."""
        found: list[AssetDecisionRow] = []
        for some in portions(sorted(numbers)):
            query = select(AssetDecisionRow).where(
                AssetDecisionRow.migration_id == migration_id, AssetDecisionRow.id.in_(some)
            )
            found += self._rows(query.order_by(AssetDecisionRow.id))
        return found

    def all_stand(self, migration_id: int, numbers: Collection[int]) -> bool:
        """Tell whether there are decisions with these numbers, none of which was taken back."""
        if not numbers:
            return False
        row = AssetDecisionRow
        undone = select(row.id).where(row.migration_id == migration_id, row.undone_at.is_not(None))
        return set(numbers).isdisjoint(self._rows(undone.where(row.id.between(min(numbers), max(numbers)))))

    def waiting(self, migration_id: int, *, limit: int) -> list[AssetDecision]:
        """Return standing decisions about assets that are not in the inventory now."""
        there = exists().where(AssetRow.migration_id == migration_id, AssetRow.key == AssetDecisionRow.asset_key)
        query = _standing(migration_id).where(AssetDecisionRow.asset_key.is_not(None), ~there)
        return [as_decision(row) for row in self._rows(query.limit(limit))]


def as_decision(row: AssetDecisionRow) -> AssetDecision:
    """Return a stored decision as the domain's."""
    return AssetDecision(
        id=row.id,
        asset_key=row.asset_key,
        content=_CONTENT.validate_python(row.content),
        reason=row.reason,
        author=row.author,
        at=row.at,
    )


def _standing(migration_id: int) -> Select[AssetDecisionRow]:
    not_undone: ColumnElement[bool] = AssetDecisionRow.undone_at.is_(None)
    query = select(AssetDecisionRow).where(AssetDecisionRow.migration_id == migration_id, not_undone)
    return query.order_by(AssetDecisionRow.id)
