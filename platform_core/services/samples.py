"""The sample portfolio: a fictitious company's exports, read and applied like anybody's."""

from __future__ import annotations

from platform_core.domain.base import Frozen, Progress, silent
from platform_core.domain.identity import Identity
from platform_core.errors import Conflict
from platform_core.reference import DATA
from platform_core.services import applying, imports, receiving
from platform_core.store import Store

FOLDER = DATA / "samples"
READING_SHARE = 0.5
"""Share of the progress bar that reading takes."""


class Loaded(Frozen):
    """What came of loading the samples."""

    files: int
    assets: int
    applications: int


def load(store: Store, migration_id: int, by: Identity, *, watch: Progress = silent) -> Loaded:
    """Read every sample file into a migration and apply all that the mapper suggests.

    Raises Conflict when the migration holds imports already.
    """
    if imports.listed(store.unit_of_work(), migration_id):
        raise Conflict("This migration holds imports already.", hint="Load the samples into a new migration.")
    files = sorted(FOLDER.glob("*.csv"))
    for place, path in enumerate(files):
        watch(READING_SHARE * place / len(files), f"Reading {path.name}")
        with path.open("rb") as handle:
            receiving.receive(store, migration_id, path.name, handle, by)
    assessed = applying.apply_all(
        store,
        migration_id,
        by,
        watch=lambda share, text: watch(READING_SHARE + (1 - READING_SHARE) * share, text),
    )
    return Loaded(files=len(files), assets=assessed.assets, applications=assessed.applications)
