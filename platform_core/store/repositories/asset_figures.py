"""A page of the assets that meet conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from platform_core.domain.asset_decisions import Condition
from platform_core.store.models import AssetRow
from platform_core.store.repositories.assets import column
from platform_core.store.repositories.base import Repository
from platform_core.store.repositories.conditions import all_met


class AssetFigures(Repository):
    """The rows behind a figure."""

    def page(
        self, migration_id: int, only: Sequence[Condition], fields: Sequence[str], *, offset: int, limit: int
    ) -> list[tuple[Any, ...]]:
        """Return (key, kind, name, *fields) of a page of the assets that meet all conditions, in the build's order."""
        query = select(AssetRow.key, AssetRow.kind, AssetRow.name, *map(column, fields))
        fits = (AssetRow.migration_id == migration_id, all_met(only))
        return self._tuples(query.where(*fits).order_by(AssetRow.id).offset(offset).limit(limit))
