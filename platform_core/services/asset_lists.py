"""The inventory for programs: every asset by its key, or those of a filter in some order, a page at a time."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from platform_core.domain.inventory import AssetFilter, AssetKind
from platform_core.errors import BadInput
from platform_core.services.migrations import must_exist
from platform_core.services.paging import cut
from platform_core.services.snapshots import snapshot_of
from platform_core.store import UnitOfWork
from platform_core.store.plain_values import FIELDS
from platform_core.store.snapshots.keyset import Place, following
from platform_core.store.snapshots.shape import KEY, LISTS

BY_KEY = AssetFilter(sort=KEY)
"""Every asset, in the order of the keys: what the database itself is asked for."""

SORTED_BY = frozenset({*FIELDS, "kind", "name", KEY}) - LISTS - {"description", "notes"}
"""What a list may be sorted by: whatever is neither a list itself nor a text of any length."""


_PLACE: TypeAdapter[Place] = TypeAdapter(Place)


class AssetLine(NamedTuple):
    """An asset with the values it has; `subject_key` is the application or machine it is planned with."""

    key: str
    kind: AssetKind
    name: str
    subject_key: str
    values: dict[str, Any]


def page(
    work: UnitOfWork, migration_id: int, wanted: AssetFilter, *, after: str = "", limit: int
) -> tuple[list[AssetLine], str | None]:
    """Return the assets of a filter behind `after` ("" = from the first on), and where to go on (None = last page).

    Raises NotFound, and BadInput for an order there is not, or an `after` that no page of it gave.
    """
    if wanted.sort not in SORTED_BY:
        raise BadInput(f"Assets cannot be sorted by {wanted.sort!r}.", hint="Name a field of theirs.")
    if wanted == BY_KEY:
        return _by_key(work, migration_id, after, limit)
    return _found(work, migration_id, wanted, after, limit)


def _by_key(work: UnitOfWork, migration_id: int, after: str, limit: int) -> tuple[list[AssetLine], str | None]:
    with work.reading():
        rows = work.assets.after(migration_id, after, limit=limit + 1)
        if not rows:
            must_exist(work, migration_id)
    return cut([_line(row) for row in rows], limit, lambda line: line.key)


def _found(
    work: UnitOfWork, migration_id: int, wanted: AssetFilter, after: str, limit: int
) -> tuple[list[AssetLine], str | None]:
    with work.reading():
        must_exist(work, migration_id)
        try:
            rows = following(snapshot_of(work, migration_id), wanted, _place(after, wanted), limit + 1)
        except ValueError as error:
            raise BadInput("No page of this list ended there.", hint="Send `next` of the page before.") from error
        here, last = cut(rows, limit, lambda row: _told(row[1], wanted))
        lines = [_line(row) for row in work.assets.whole([number for number, _ in here])]
    return lines, last


def _place(after: str, wanted: AssetFilter) -> Place | None:
    """Return the place that `next` of a page told; raises ValueError."""
    if not after or wanted.sort == KEY:
        return (after, after) if after else None
    return _PLACE.validate_json(after)


def _told(place: Place, wanted: AssetFilter) -> str:
    return place[1] if wanted.sort == KEY else json.dumps(place, ensure_ascii=False, separators=(",", ":"))


def _line(row: tuple[Any, ...]) -> AssetLine:
    key, kind, name, subject_key, *values = row
    return AssetLine(
        key=key,
        kind=AssetKind(kind),
        name=name,
        subject_key=subject_key,
        values={field: value for field, value in zip(FIELDS, values, strict=True) if value is not None},
    )
