"""Ridge regression over sparse features, with every group of rows held out in turn from a single factorisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from platform_core.mapping.features import Features
from platform_core.mapping.ranker import LinearModel

Matrix = NDArray[np.float32]

_FEWEST_GROUPS = 2
"""A feature must occur in this many groups of sources to be kept: fewer would be learned by heart."""
_DENSE_FROM = 300  # features of more rows than this are multiplied as dense columns


@dataclass(frozen=True)
class Rows:
    """Training rows: sparse features, one target row each, a weight, and the group that is held out together."""

    features: Sequence[Features]
    targets: Matrix
    weights: NDArray[np.float32]
    groups: Sequence[str]


class Ridge:
    """Ridge solutions of `rows` in their dual form: all groups, or all groups but one."""

    def __init__(self, rows: Rows, classes: tuple[str, ...], penalty: float, held_out: Sequence[str]) -> None:
        self._rows = rows
        self._classes = classes
        self._root = np.sqrt(rows.weights)
        self._column = _columns(rows.features, rows.groups)
        members = {group: _members(rows.groups, group) for group in held_out}
        chosen = np.concatenate([*members.values()]) if members else np.zeros(0, int)
        gram = _gram(list(self._column.values()), self._root)
        gram[np.diag_indices(len(gram))] += penalty
        unit = np.zeros((len(gram), len(chosen)), np.float32)
        unit[chosen, np.arange(len(chosen))] = 1
        solved = np.linalg.solve(gram, np.hstack([rows.targets * self._root[:, None], unit]))
        self._dual = solved[:, : len(classes)]
        self._inverse = dict(zip(members, np.split(solved[:, len(classes) :], _ends(members), axis=1), strict=False))
        self._members = members

    def model(self, without: str | None = None, only: set[str] | None = None) -> LinearModel:
        """Return the model of all rows, or of all but the group `without`; `only` keeps the features asked for.

        Leaving a block of rows B out of a ridge solution needs no new fit: dual' = dual - G[:, B] G[B, B]⁻¹ dual[B]
        with G the inverse of the regularised Gram matrix (block form of the leave-one-out identity).
        """
        dual = self._dual
        if without is not None and without in self._members:
            block, inverse = self._members[without], self._inverse[without]
            dual = dual - inverse @ np.linalg.solve(inverse[block], dual[block])
            dual[block] = 0
        kept = [feature for feature in self._column if only is None or feature in only]
        weights = np.zeros((len(kept), len(self._classes)), np.float32)
        for place, feature in enumerate(kept):
            at, values = self._column[feature]
            weights[place] = (values * self._root[at]) @ dual[at]
        return LinearModel(self._classes, {feature: i for i, feature in enumerate(kept)}, weights.astype(np.float16))


def _columns(features: Sequence[Features], groups: Sequence[str]) -> dict[str, tuple[NDArray[np.int64], Matrix]]:
    """Turn rows of features into columns of (row numbers, values), the features of one group only left out."""
    entries: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row, values in enumerate(features):
        for feature, value in values.items():
            entries[feature].append((row, value))
    return {
        feature: (np.array([row for row, _ in found]), np.array([value for _, value in found], np.float32))
        for feature, found in sorted(entries.items())
        if len({groups[row] for row, _ in found}) >= _FEWEST_GROUPS
    }


def _gram(columns: Sequence[tuple[NDArray[np.int64], Matrix]], root: NDArray[np.float32]) -> Matrix:
    """Return X Xᵀ of the weighted rows, rare features by their few pairs, frequent ones as dense blocks."""
    size = len(root)
    gram = np.zeros((size, size), np.float32)
    frequent = []
    for at, values in columns:
        if len(at) > _DENSE_FROM:
            frequent.append((at, values))
        else:
            weighted = values * root[at]
            gram[np.ix_(at, at)] += np.outer(weighted, weighted)
    for start in range(0, len(frequent), 500):
        dense = np.zeros((size, min(500, len(frequent) - start)), np.float32)
        for place, (at, values) in enumerate(frequent[start : start + 500]):
            dense[at, place] = values * root[at]
        gram += dense @ dense.T
    return gram


def _members(groups: Sequence[str], group: str) -> NDArray[np.int64]:
    return np.array([row for row, name in enumerate(groups) if name == group])


def _ends(members: Mapping[str, NDArray[np.int64]]) -> list[int]:
    return list(np.cumsum([len(rows) for rows in members.values()]))
