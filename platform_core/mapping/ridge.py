"""Ridge regression over sparse features by conjugate gradients, with any rows held out by fitting without them."""

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
_DENSE_FROM = 1000  # features of more rows than this are multiplied as one dense block
_STEPS = 20  # of conjugate gradients; held-out figures stay the same from 8 to 40
_EXACT = 1e-6  # share of the first residual at which there is nothing left to solve


@dataclass(frozen=True)
class Rows:
    """Training rows: sparse features, one target row each, a weight, and the group of sources they come from."""

    features: Sequence[Features]
    targets: Matrix
    weights: NDArray[np.float32]
    groups: Sequence[str]


@dataclass(frozen=True)
class Fit:
    """Weights of every kept feature (a row each) for every class, and how much of the feature was seen."""

    weights: Matrix
    seen: Matrix


class Ridge:
    """Ridge solutions of `rows`: of all of them, or of all but some.

    Solves (XᵀX + λI) W = XᵀY by conjugate gradients with the diagonal as preconditioner. A few steps suffice: the
    features are many and each says little.
    """

    def __init__(self, rows: Rows, classes: tuple[str, ...], penalty: float) -> None:
        self._classes = classes
        self._penalty = penalty
        root = np.sqrt(rows.weights)
        self._targets = (rows.targets * root[:, None]).astype(np.float32)
        columns = sorted(_columns(rows.features, rows.groups).items(), key=lambda item: (-len(item[1][0]), item[0]))
        self._names = [name for name, _ in columns]
        self._inputs = _Sparse([(at, values * root[at]) for _, (at, values) in columns], len(root))

    def fit(self, without: NDArray[np.int64] | None = None) -> Fit:
        """Fit to all rows but those numbered `without`."""
        kept = np.ones((len(self._targets), 1), np.float32)
        kept[without if without is not None else []] = 0
        seen = self._inputs.squares(kept[:, 0])
        diagonal = (seen + self._penalty)[:, None]
        residual = self._inputs.transposed(self._targets * kept)
        weights = np.zeros_like(residual)
        step = direction = residual / diagonal
        size = first = np.sum(residual * step, axis=0)
        for _ in range(_STEPS):
            image = self._inputs.transposed(self._inputs.times(direction) * kept) + self._penalty * direction
            share = size / np.maximum(np.sum(direction * image, axis=0), np.finfo(np.float32).tiny)
            weights += share * direction
            residual -= share * image
            step = residual / diagonal
            rest = np.sum(residual * step, axis=0)
            if np.all(rest <= _EXACT**2 * first):
                break
            direction = step + rest / np.maximum(size, np.finfo(np.float32).tiny) * direction
            size = rest
        return Fit(weights, seen)

    def model(self, fit: Fit, only: set[str] | None = None) -> LinearModel:
        """Return the fitted model; `only` keeps the features asked for."""
        kept = [place for place, name in enumerate(self._names) if only is None or name in only]
        row_of = {self._names[place]: row for row, place in enumerate(kept)}
        weights, seen = fit.weights[kept], fit.seen[kept]
        return LinearModel(self._classes, row_of, weights.astype(np.float16), seen.astype(np.float16))


class _Sparse:
    """A matrix given by its columns (row numbers and values), the fullest first; those are kept as a dense block."""

    def __init__(self, columns: Sequence[tuple[NDArray[np.int64], Matrix]], height: int) -> None:
        self._full = sum(len(at) > _DENSE_FROM for at, _ in columns)
        self._dense = np.zeros((height, self._full), np.float32)
        for place, (at, values) in enumerate(columns[: self._full]):
            self._dense[at, place] = values
        rare = columns[self._full :]
        of_column = np.repeat(np.arange(len(rare)), [len(at) for at, _ in rare])
        of_row = np.concatenate([at for at, _ in rare]) if rare else np.zeros(0, np.int64)
        values = np.concatenate([values for _, values in rare]) if rare else np.zeros(0, np.float32)
        self._by_row = _Jagged(of_row, of_column, values, height)
        self._by_column = _Jagged(of_column, of_row, values, len(rare))

    def times(self, right: Matrix) -> Matrix:
        """Return X · right."""
        return self._dense @ right[: self._full] + self._by_row.times(right[self._full :])

    def transposed(self, right: Matrix) -> Matrix:
        """Return Xᵀ · right."""
        return np.vstack([self._dense.T @ right, self._by_column.times(right)])

    def squares(self, kept: Matrix) -> Matrix:
        """Return the sum of squares of every column over the rows with a 1 in `kept`."""
        return np.concatenate([(self._dense**2).T @ kept, self._by_column.squared(kept)])


class _Jagged:
    """Sparse rows as jagged diagonals: the first entries of all rows, the second ones, ..., longest rows first."""

    def __init__(self, row: NDArray[np.int64], column: NDArray[np.int64], values: Matrix, height: int) -> None:
        lengths = np.bincount(row, minlength=height)
        self._order = np.argsort(-lengths, kind="stable")
        by_row = np.argsort(row, kind="stable")
        start = (np.cumsum(lengths) - lengths)[self._order]
        longer = [int(np.sum(lengths > place)) for place in range(int(lengths.max(initial=0)))]
        entries = [by_row[start[:count] + place] for place, count in enumerate(longer)]
        self._diagonals = [(column[at], values[at]) for at in entries]

    def times(self, right: Matrix) -> Matrix:
        """Return the product with a dense matrix."""
        total = np.zeros((len(self._order), right.shape[1]), np.float32)
        for column, values in self._diagonals:
            total[: len(column)] += values[:, None] * right[column]
        return self._in_order(total)

    def squared(self, right: Matrix) -> Matrix:
        """Return the product of the squared entries with a vector."""
        total = np.zeros(len(self._order), np.float32)
        for column, values in self._diagonals:
            total[: len(column)] += values**2 * right[column]
        return self._in_order(total)

    def _in_order(self, total: Matrix) -> Matrix:
        placed = np.empty_like(total)
        placed[self._order] = total
        return placed


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
