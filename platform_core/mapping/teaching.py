"""What the mapper takes over from columns that analysts settled: not their headers, but what these have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from platform_core.domain.mapping import TaughtColumn
from platform_core.errors import BadInput
from platform_core.mapping.features import Features, column_features, siblings
from platform_core.mapping.knowledge import Knowledge
from platform_core.mapping.names import Name, normalise_all
from platform_core.mapping.values import NO_FIELD


def taught(knowledge: Knowledge, columns: Sequence[TaughtColumn]) -> Knowledge:
    """Return `knowledge` that also generalises from `columns`; the shipped model itself stays as it is.

    Start from the shipped knowledge each time, with all columns that count: nothing depends on their order, and
    leaving one out undoes it. A hundred columns cost a few milliseconds. Raises BadInput for an unknown field or
    a position outside the headers.
    """
    if not columns:
        return replace(knowledge, taught=None)
    targets = np.zeros((len(columns), len(knowledge.classes)))
    for row, column in enumerate(columns):
        if column.field is not None and column.field not in knowledge.catalogue:
            raise BadInput(f"The field {column.field} is unknown.")
        targets[row, knowledge.classes.index(column.field or NO_FIELD)] = 1.0
    read = {headers: normalise_all(headers, knowledge.lexicon)[1] for headers in {c.headers for c in columns}}
    features = [_features(column, read[column.headers]) for column in columns]
    return replace(knowledge, taught=knowledge.columns.change_by(features, targets))


def _features(column: TaughtColumn, names: Sequence[Name]) -> Features:
    if not 0 <= column.position < len(names):
        raise BadInput("A taught column lies outside its file.")
    return column_features(names[column.position], {column.kind: 1.0}, siblings(names))
