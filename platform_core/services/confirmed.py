"""The columns that analysts confirmed by applying an import: nothing learned may cost them."""

from __future__ import annotations

from functools import lru_cache

from platform_core.domain.imports import ImportState
from platform_core.mapping import ValueProfile
from platform_core.services.learned import file_of
from platform_core.services.replaying import KnownColumns, KnownFile
from platform_core.store import UnitOfWork


def confirmed_columns(work: UnitOfWork, migration_id: int) -> KnownColumns:
    """Return the columns of the migration's applied imports, as they are used; call inside an open block of `work`."""
    files = []
    for row in work.imports.of(migration_id, ImportState.APPLIED):
        profiles = tuple(ValueProfile.model_validate(column.profile) for column in work.imports.columns(row.id))
        right = tuple(frozenset({mapped.field}) for mapped in work.mappings.of(row.id))
        files.append(KnownFile(f"{row.file_name} (import {row.number})", file_of(work, row), profiles, right))
    return _known(tuple(files))


@lru_cache(maxsize=4)
def _known(files: tuple[KnownFile, ...]) -> KnownColumns:
    return KnownColumns(files)
