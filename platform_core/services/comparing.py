"""What applying an import would change, as a run: asked for, kept while it is true, and looked up by its state."""

from __future__ import annotations

import hashlib
import json

from platform_core.domain.base import Progress
from platform_core.errors import Conflict
from platform_core.services.applying import TryOut, try_out
from platform_core.services.mappings import standing
from platform_core.services.requests import Compare
from platform_core.store import UnitOfWork


def request(work: UnitOfWork, import_id: int, *, undecided: bool) -> Compare:
    """Return the request to compare an import, as its mapping and the inventory are now, with the inventory.

    Its `state` is another one as soon as either changed: what an earlier request came to is then no answer to it.
    """
    with work.reading():
        row = work.imports.get(import_id)
        columns = standing(work.mappings.of(import_id), undecided=undecided)
        revision = work.migrations.get(row.migration_id).inventory_revision
    told = [row.table, row.kind, revision, [column.model_dump(mode="json") for column in columns]]
    state = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return Compare(import_id=import_id, undecided=undecided, state=state)


def compare(work: UnitOfWork, wanted: Compare, progress: Progress) -> TryOut:
    """Work out what applying an import would change; raises Conflict when what was asked about changed meanwhile."""
    found = try_out(work, wanted.import_id, undecided=wanted.undecided, progress=progress)
    if request(work, wanted.import_id, undecided=wanted.undecided) != wanted:
        raise Conflict("The mapping or the inventory changed meanwhile.", hint="Compare again.")
    return found
