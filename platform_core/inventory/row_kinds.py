"""What kind of thing each row of a batch describes: rows that fill the same cells with the same words are one kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.inventory import AssetKind
from platform_core.inventory.classify import Classifier
from platform_core.inventory.columns import FieldValues
from platform_core.inventory.field_readers import Values
from platform_core.inventory.identity import Names

KINDS = tuple(AssetKind)
"""The kind behind a code."""

KindCodes = NDArray[np.int8]

_WORDS = frozenset(("asset_type", "os_name", "model", "manufacturer"))
"""Fields whose text tells the kind; of the others it counts only whether they are filled."""

_MOST_SORTS = 2**40


def kinds_of(values: FieldValues, classifier: Classifier) -> KindCodes:
    """Return the place in `KINDS` of each row's kind, the same as `classifier` gives it row by row."""
    named = values["asset_name"].filled() | values["hostname"].filled()
    fields = [name for name in Names._fields if name in values and name in classifier.looks_at(named=bool(named.all()))]
    columns = {name: values[name] for name in fields}
    _, firsts, sorts = np.unique(_sorts(columns, len(values)), return_index=True, return_inverse=True)
    kinds = [_kind(columns, row, classifier) for row in firsts.tolist()]
    return np.array(kinds, np.int8)[sorts]


def _sorts(columns: dict[str, Values], rows: int) -> NDArray[np.int64]:
    """Number the rows by what tells their kind."""
    found, count = np.zeros(rows, np.int64), 1
    for name, column in columns.items():
        size = len(column.values) if name in _WORDS else 2
        if count * size > _MOST_SORTS:
            found = np.unique(found, return_inverse=True)[1].astype(np.int64)
            count = rows
        found = found * size + (column.codes if name in _WORDS else column.filled())
        count *= size
    return found


def _kind(columns: dict[str, Values], row: int, classifier: Classifier) -> int:
    names = Names(**{name: column[row] for name, column in columns.items()})  # type: ignore[arg-type]
    return KINDS.index(classifier.kind_of(names))
