"""The order of a column as people read it, cut into places, so that a page from anywhere in it is found by counting.

A place is an even number for what lies between two marks of the column, an odd one for what is equal to a mark: there
the order of the build is all that is left. Marks come from a sample; a poor one makes places uneven, never wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from platform_core.store.snapshots.sort_keys import LONGEST, sort_key, sort_keys

PLACES = 512
"""Marks of a column at most: of a million rows two thousand lie between two of them, ordered in three milliseconds."""

PLACE = pa.uint16()
Marks = np.ndarray[Any, Any]
"""The marks of a column, ascending: keys as bytes, or numbers."""


def comparable(value: Any) -> Any:
    """Return what a value of a column is ordered by."""
    return sort_key(value) if isinstance(value, str) else value


def marks_of(column: pa.Array) -> Marks:
    """Return the marks of a column from a sample of it: each value where there are few, else of equal distance."""
    keys = np.sort(_keys(column.drop_null()))
    marks = np.unique(keys[:: max(1, len(keys) // PLACES)])
    if marks.dtype.kind == "S":
        marks = marks[np.char.str_len(marks) <= LONGEST]  # equal to a mark must mean equal
    return marks


def places(column: pa.Array, marks: Marks | None) -> pa.Array:
    """Return the place of each value of a column, None for an empty one; a column without marks is all one place."""
    if column.null_count == len(column):
        return pa.nulls(len(column), PLACE)
    if marks is None:
        return pc.if_else(column.is_valid(), pa.scalar(0, PLACE), pa.scalar(None, PLACE))
    encoded = column.dictionary_encode()
    keys = _keys(encoded.dictionary)
    at = np.searchsorted(marks, keys)
    found = at.astype(np.uint16) * 2
    inside = at < len(marks)
    found[inside] += (marks[at[inside]] == keys[inside]).astype(np.uint16)
    return pa.array(found, PLACE).take(encoded.indices)


def is_one_value(place: int) -> bool:
    """Tell whether all that lie at a place are equal in the order of the column."""
    return place % 2 == 1


def _keys(values: pa.Array) -> Marks:
    """Return what values without empty ones are ordered by, as NumPy compares it."""
    if pa.types.is_string(values.type):
        return sort_keys(values)
    numbers = values.cast(pa.int32()) if pa.types.is_date(values.type) else values
    return np.asarray(pc.cast(numbers, pa.float64(), safe=False))


def as_table(marks: Mapping[str, Marks]) -> pa.Table:
    """Return the marks of columns as a table to keep."""
    names = [name for name, each in marks.items() for _ in each]
    texts = [bytes(mark) if each.dtype.kind == "S" else None for each in marks.values() for mark in each]
    numbers = [float(mark) if each.dtype.kind == "f" else None for each in marks.values() for mark in each]
    kinds = {"name": pa.string(), "text": pa.binary(), "number": pa.float64()}
    return pa.table([names, texts, numbers], schema=pa.schema(kinds))


def from_rows(rows: list[tuple[str, bytes | None, float | None]]) -> dict[str, Marks]:
    """Return the marks of columns from the rows of such a table, in its order."""
    found: dict[str, list[Any]] = {}
    for name, text, number in rows:
        found.setdefault(name, []).append(number if text is None else text)
    return {name: np.array(each) for name, each in found.items()}
