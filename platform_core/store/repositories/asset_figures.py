"""Figures about the assets of an inventory, worked out where they lie: counts of faults, values, rows that have one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from platform_core.domain.asset_decisions import Condition
from platform_core.domain.inventory import IssueKind
from platform_core.store.models import AssetRow, IssueRow
from platform_core.store.plain_values import FIELDS
from platform_core.store.repositories.assets import column
from platform_core.store.repositories.base import Repository
from platform_core.store.repositories.conditions import all_met

AT_A_TIME = 60
"""Figures that one walk over the assets works out."""


class AssetFigures(Repository):
    """Answers in numbers about all assets of a migration, and with a page of those that meet conditions."""

    def count_each(self, migration_id: int, groups: Sequence[Sequence[Condition]]) -> list[int]:
        """Return for each group of conditions how many assets meet all of them."""
        found: list[int] = []
        for start in range(0, len(groups), AT_A_TIME):
            figures = [_counted(all_met(group)) for group in groups[start : start + AT_A_TIME]]
            ((*numbers,),) = self._tuples(select(*figures).where(AssetRow.migration_id == migration_id))
            found += [int(number or 0) for number in numbers]
        return found

    def count_any(self, migration_id: int, groups: Sequence[Sequence[Condition]], *finding: IssueKind) -> int:
        """Return how many assets meet one of the groups, or have a finding of one of the kinds."""
        met = [all_met(group) for group in groups]
        if finding:
            met.append(_found(migration_id, finding))
        if not met:
            return 0
        query = select(func.count()).select_from(AssetRow).where(AssetRow.migration_id == migration_id, or_(*met))
        return self._count(query)

    def values(self, migration_id: int, field: str, *, limit: int) -> list[tuple[str, int]]:
        """Return the texts in a field with their numbers, most frequent first."""
        place = column(field)
        query = select(place, func.count()).where(AssetRow.migration_id == migration_id, place.is_not(None))
        rows = self._tuples(query.group_by(place).order_by(func.count().desc(), place).limit(limit))
        return [(str(value), int(number)) for value, number in rows]

    def sample(
        self, migration_id: int, fields: Sequence[str], only: Sequence[Condition], *, limit: int
    ) -> list[tuple[Any, ...]]:
        """Return `fields` of up to `limit` assets that meet the conditions, taken from all over the inventory."""
        fits = (AssetRow.migration_id == migration_id, all_met(only))
        total = self._count(select(func.count()).select_from(AssetRow).where(*fits))
        step = max(1, total // limit)
        query = select(*map(column, fields)).where(*fits, AssetRow.id % step == 0)
        return self._tuples(query.order_by(AssetRow.id).limit(limit))

    def page(
        self, migration_id: int, only: Sequence[Condition], fields: Sequence[str], *, offset: int, limit: int
    ) -> list[tuple[Any, ...]]:
        """Return (key, kind, name, *fields) of a page of the assets that meet all conditions, in the build's order."""
        query = select(AssetRow.key, AssetRow.kind, AssetRow.name, *map(column, fields))
        fits = (AssetRow.migration_id == migration_id, all_met(only))
        return self._tuples(query.where(*fits).order_by(AssetRow.id).offset(offset).limit(limit))

    def filled(self, migration_id: int) -> int:
        """Return how many values all assets hold together."""
        total = sum((func.count(column(name)) for name in FIELDS[1:]), func.count(column(FIELDS[0])))
        return self._count(select(total).where(AssetRow.migration_id == migration_id))

    def namesakes(self, migration_id: int, *, limit: int) -> tuple[int, list[str]]:
        """Return how many assets have a name that another of their kind has, and the commonest of those names."""
        folded = func.lower(AssetRow.name)
        shared = (
            select(folded.label("folded"), func.count().label("number"))
            .where(AssetRow.migration_id == migration_id)
            .group_by(AssetRow.kind, folded)
            .having(func.count() > 1)
            .subquery()
        )
        total = self._count(select(func.sum(shared.c.number)))
        names = self._rows(select(shared.c.folded).order_by(shared.c.number.desc(), shared.c.folded).limit(limit))
        return total, list(names)


def _counted(met: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((met, 1), else_=0))


def _found(migration_id: int, kinds: Sequence[IssueKind]) -> ColumnElement[bool]:
    finding: ColumnElement[bool] = exists().where(
        and_(
            IssueRow.migration_id == migration_id,
            IssueRow.asset_key == AssetRow.key,
            IssueRow.kind.in_([kind.value for kind in kinds]),
        )
    )
    return finding
