"""Views of the inventory under a name: what to see, in which order and with which columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.errors import BadInput
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import SavedViewRow

NAME_LENGTH = 80


class SavedView(Frozen):
    """A view: `address` is what the page's address says, as lists of texts by name."""

    id: int
    name: str
    address: dict[str, list[str]]
    by: str


def listed(work: UnitOfWork, migration_id: int) -> list[SavedView]:
    """Return the views of a migration by name."""
    with work.reading():
        return [_view(row) for row in work.views.of(migration_id)]


def get(work: UnitOfWork, migration_id: int, view_id: int) -> SavedView:
    """Return one view; raises NotFound."""
    with work.reading():
        return _view(work.views.get(migration_id, view_id))


def save(
    work: UnitOfWork, migration_id: int, name: str, address: Mapping[str, Sequence[str]], by: Identity
) -> SavedView:
    """Keep a view under a name, in place of the one of that name; raises BadInput for a bad name."""
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > NAME_LENGTH:
        raise BadInput(f"A view needs a name of 1 to {NAME_LENGTH} characters.", hint="Type one and save again.")
    kept = {key: list(values) for key, values in address.items()}
    with work:
        row = next((row for row in work.views.of(migration_id) if row.name == wanted), None)
        if row is None:
            row = SavedViewRow(migration_id=migration_id, name=wanted)
            work.views.add(row)
        row.address, row.author, row.at = kept, by.name, now()
        work.flush()
        text = f"Saved the view {wanted} of the inventory"
        work.audit.record(by, "view.saved", migration_id=migration_id, subject=str(row.id), text=text, after=kept)
        work.commit()
        return _view(row)


def delete(work: UnitOfWork, migration_id: int, view_id: int, by: Identity) -> None:
    """Delete a view; raises NotFound."""
    with work:
        row = work.views.get(migration_id, view_id)
        text = f"Deleted the view {row.name} of the inventory"
        work.audit.record(by, "view.deleted", migration_id=migration_id, text=text, before=dict(row.address))
        work.views.remove(row)
        work.commit()


def _view(row: SavedViewRow) -> SavedView:
    return SavedView(id=row.id, name=row.name, address=row.address, by=row.author)
