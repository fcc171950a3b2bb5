"""Dependencies between assets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, delete, func, insert, or_, select

from platform_core.domain.inventory import Dependency
from platform_core.store.models import DependencyRow
from platform_core.store.repositories.base import Repository

STORED = (
    "source_name",
    "target_name",
    "source_key",
    "target_key",
    "source_ip",
    "target_ip",
    "port",
    "protocol",
    "relation",
    "process",
    "weight",
)
"""What is kept of a dependency, under the names of the domain; lineage is kept as its first row."""


class Dependencies(Repository):
    """Who needs whom, as of the last rebuild."""

    def replace_all(self, migration_id: int, dependencies: Sequence[Dependency]) -> None:
        """Put the dependencies of a rebuild in place of the former ones."""
        self._run(delete(DependencyRow).where(DependencyRow.migration_id == migration_id))
        self._run(insert(DependencyRow), [_values(migration_id, dependency) for dependency in dependencies])

    def all(self, migration_id: int) -> list[Dependency]:
        """Return every dependency of a migration."""
        columns = [getattr(DependencyRow, name) for name in STORED]
        rows = self._tuples(select(*columns).where(DependencyRow.migration_id == migration_id))
        return [Dependency(**dict(zip(STORED, row, strict=True))) for row in rows]

    def of_asset(self, migration_id: int, keys: Sequence[str], *, limit: int = 200) -> list[DependencyRow]:
        """Return the dependencies that start or end at one of the assets `keys`, heaviest first."""
        query = select(DependencyRow).where(
            DependencyRow.migration_id == migration_id,
            or_(DependencyRow.source_key.in_(keys), DependencyRow.target_key.in_(keys)),
        )
        return self._rows(query.order_by(DependencyRow.weight.desc(), DependencyRow.id).limit(limit))

    def counts(self, migration_id: int) -> tuple[int, int]:
        """Return (all dependencies, those with an end that is not in the inventory)."""
        mine = DependencyRow.migration_id == migration_id
        dangling = or_(DependencyRow.source_key.is_(None), DependencyRow.target_key.is_(None))
        ((every, loose),) = self._tuples(select(func.count(), func.count(case((dangling, 1)))).where(mine))
        return every, loose


def _values(migration_id: int, dependency: Dependency) -> dict[str, Any]:
    first = dependency.sources[0] if dependency.sources else None
    return {name: getattr(dependency, name) for name in STORED} | {
        "migration_id": migration_id,
        "import_id": first.import_id if first else None,
        "line": first.line if first else None,
    }
