"""Ridge regression over sparse features, with every group of rows held out in turn from a single factorisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from platform_core.mapping.features import Features
from platform_core.mapping.ranker import LinearModel

Matrix = NDArray[np.float32]

_FEWEST_GROUPS = 2
"""A feature must occur in this many groups of sources to be kept: fewer would be learned by heart."""
_BLOCK = 1024
_DENSE_FROM = 300  # features of more rows than this are multiplied as dense columns


@dataclass(frozen=True)
class Rows:
    """Training rows: sparse features, one target row each, a weight, and the group of sources they come from."""

    features: Sequence[Features]
    targets: Matrix
    weights: NDArray[np.float32]
    groups: Sequence[str]


class Ridge:
    """Ridge solutions of `rows` in their dual form: all rows, or all but some of `spare`.

    `spare` are the numbers of all rows that may be left out, ascending.
    """

    def __init__(self, rows: Rows, classes: tuple[str, ...], penalty: float, spare: NDArray[np.int64]) -> None:
        self._rows = rows
        self._classes = classes
        self._root = np.sqrt(rows.weights)
        self._column = _columns(rows.features, rows.groups)
        gram = _gram(list(self._column.values()), self._root)
        gram[np.diag_indices(len(gram))] += penalty
        unit = np.zeros((len(gram), len(spare)), np.float32)
        unit[spare, np.arange(len(spare))] = 1
        solved = solve_in_place(gram, np.hstack([rows.targets * self._root[:, None], unit]))
        self._dual = solved[:, : len(classes)]
        self._inverse = solved[:, len(classes) :]
        self._spare = spare

    def model(self, without: NDArray[np.int64] | None = None, only: set[str] | None = None) -> LinearModel:
        """Return the model of all rows, or of all but the spare rows `without`; `only` keeps the features asked for.

        Leaving a block of rows B out of a ridge solution needs no new fit: dual' = dual - G[:, B] G[B, B]⁻¹ dual[B]
        with G the inverse of the regularised Gram matrix (block form of the leave-one-out identity).
        """
        dual = self._dual
        if without is not None and len(without):
            inverse = self._inverse[:, np.searchsorted(self._spare, without)]
            dual = dual - inverse @ np.linalg.solve(inverse[without], dual[without])
            dual[without] = 0
        kept = [feature for feature in self._column if only is None or feature in only]
        weights, seen = np.zeros((len(kept), len(self._classes)), np.float32), np.zeros(len(kept), np.float32)
        for place, feature in enumerate(kept):
            at, values = self._column[feature]
            weighted = values * self._root[at]
            weights[place], seen[place] = weighted @ dual[at], weighted @ weighted
        row_of = {feature: row for row, feature in enumerate(kept)}
        return LinearModel(self._classes, row_of, weights.astype(np.float16), seen.astype(np.float16))


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


def solve_in_place(matrix: Matrix, right: Matrix) -> Matrix:
    """Solve a symmetric positive definite system by Cholesky in blocks; both arrays are overwritten.

    Done block by block in place because a library factorisation of a matrix this size takes a second copy of it.
    """
    starts = range(0, len(matrix), _BLOCK)
    inverses = []
    for start in starts:
        here, after = slice(start, start + _BLOCK), slice(start + _BLOCK, None)
        left = matrix[here, :start]
        matrix[here, here] -= left @ left.T
        inverses.append(np.linalg.inv(np.linalg.cholesky(matrix[here, here])))
        matrix[after, here] = (matrix[after, here] - matrix[after, :start] @ left.T) @ inverses[-1].T
    for start, inverse in zip(starts, inverses, strict=True):
        here = slice(start, start + _BLOCK)
        right[here] = inverse @ (right[here] - matrix[here, :start] @ right[:start])
    for start, inverse in zip(reversed(starts), reversed(inverses), strict=True):
        here, after = slice(start, start + _BLOCK), slice(start + _BLOCK, None)
        right[here] = inverse.T @ (right[here] - matrix[after, here].T @ right[after])
    return right
