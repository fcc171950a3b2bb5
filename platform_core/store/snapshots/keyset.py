"""Pages of a filtered and sorted inventory that go on behind a row, whatever was added or removed before it."""

from __future__ import annotations

from typing import Any

import duckdb

from platform_core.domain.inventory import AssetFilter
from platform_core.store.snapshots.opening import Snapshot
from platform_core.store.snapshots.shape import KEY, STORED, quoted

Place = tuple[str | None, str]
"""Where a row stands: its value of the sorted column as text (None = empty), and its key."""

SQL_TYPES = {"bool": "BOOLEAN", "date32[day]": "DATE", "double": "DOUBLE", "int64": "BIGINT", "string": "VARCHAR"}


def following(snapshot: Snapshot, wanted: AssetFilter, place: Place | None, limit: int) -> list[tuple[int, Place]]:
    """Return id and place of the first `limit` assets behind `place` (None = from the first on).

    They come in the order of the filter, texts by their code points, empty cells last, equal ones by key. Raises
    KeyError for a column that does not exist, ValueError for a place that is none of that order.
    """
    column, key = quoted(wanted.sort), quoted(KEY)
    text = column if wanted.sort == KEY else f"CAST({column} AS VARCHAR)"
    behind, used = ("", ()) if place is None else _behind(wanted, place)
    also = f"{behind} ORDER BY {column} {'DESC' if wanted.descending else 'ASC'} NULLS LAST, {key} LIMIT {limit:d}"
    try:
        rows = snapshot.select(f"id, {text}, {key}", wanted, also, used)
    except duckdb.ConversionException as error:
        raise ValueError("The place is none of this order.") from error
    return [(number, (value, name)) for number, value, name in rows]


def _behind(wanted: AssetFilter, place: Place) -> tuple[str, tuple[Any, ...]]:
    value, name = place
    column, key = quoted(wanted.sort), quoted(KEY)
    if value is None:
        return f"AND {column} IS NULL AND {key} > ?", (name,)
    given = f"CAST(? AS {SQL_TYPES[str(STORED[wanted.sort])]})"
    farther = f"{column} {'<' if wanted.descending else '>'} {given}"
    return f"AND ({farther} OR ({column} = {given} AND {key} > ?) OR {column} IS NULL)", (value, value, name)
