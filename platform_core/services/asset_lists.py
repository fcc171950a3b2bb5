"""The inventory for programs: every asset by its key, a page at a time, whatever its size."""

from __future__ import annotations

from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.inventory import AssetKind
from platform_core.store import UnitOfWork
from platform_core.store.repositories.assets import as_asset


class AssetLine(Frozen):
    """An asset with the values it has; `subject_key` is the application or machine it is planned with."""

    key: str
    kind: AssetKind
    name: str
    subject_key: str
    values: dict[str, Any]


def after(
    work: UnitOfWork, migration_id: int, key: str, *, kind: AssetKind | None = None, limit: int
) -> tuple[list[AssetLine], str | None]:
    """Return the assets with a key above `key`, by key, and where the next page begins (None = last)."""
    with work.reading():
        rows = work.assets.after(migration_id, key, kind=kind, limit=limit + 1)
        lines = [
            AssetLine(
                key=row.key,
                kind=AssetKind(row.kind),
                name=row.name,
                subject_key=row.subject_key,
                values=as_asset(row).values,
            )
            for row in rows[:limit]
        ]
    return lines, lines[-1].key if len(rows) > limit else None
