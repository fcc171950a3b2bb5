"""A linear model over named features: scores of classes, split by the features that made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from platform_core.errors import BadInput
from platform_core.mapping.features import Features

Scores = NDArray[np.float64]
_STIFFNESS = 10.0  # chosen on the learning curve: no family held out may lose by what others taught
PENALTY = 0.3
"""Ridge penalty of the column model; flat between 0.1 and 1 on held-out families."""


@dataclass(frozen=True)
class LinearModel:
    """Weights of ridge regressions, one a class: `weights[row_of[feature]]` holds a row of `len(classes)` numbers.

    A feature that training saw in one family of sources only is not kept: it would be learned by heart.
    `seen[row]` says how much training saw of a feature (the weighted sum of its squared values).
    """

    classes: tuple[str, ...]
    row_of: Mapping[str, int]
    weights: NDArray[np.float16]
    seen: NDArray[np.float16]

    @classmethod
    def load(cls, path: Path, prefix: str) -> LinearModel:
        """Read the model stored under `prefix` in an .npz file; raises BadInput when it is missing or torn."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                classes = str(stored[f"{prefix}_classes"]).split("\n")
                features = str(stored[f"{prefix}_features"]).split("\n")
                weights, seen = stored[f"{prefix}_weights"], stored[f"{prefix}_seen"]
        except (OSError, KeyError, ValueError) as error:
            raise BadInput("The mapping model cannot be read.", hint="Reinstall the reference data.") from error
        if weights.shape != (len(features), len(classes)) or seen.shape != (len(features),):
            raise BadInput("The mapping model does not fit its own features.", hint="Reinstall the reference data.")
        return cls(tuple(classes), {feature: row for row, feature in enumerate(features)}, weights, seen)

    def stored(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays that `load` reads, for `np.savez`."""
        return {
            f"{prefix}_classes": np.array("\n".join(self.classes)),
            f"{prefix}_features": np.array("\n".join(self.row_of)),
            f"{prefix}_weights": self.weights,
            f"{prefix}_seen": self.seen,
        }

    def scores(self, features: Features) -> Scores:
        """Return one score a class, about 1 for a class the model is sure of and 0 for the rest."""
        total: Scores = self.contributions(features, list(features)).sum(axis=0)
        return total

    def contributions(self, features: Features, keys: Sequence[str]) -> Scores:
        """Return what each of the features `keys` adds to each class; rows as `keys`, zero for unknown ones."""
        parts = np.zeros((len(keys), len(self.classes)))
        known = [(place, self.row_of[key]) for place, key in enumerate(keys) if key in self.row_of]
        if known:
            places, table_rows = (np.array(column) for column in zip(*known, strict=True))
            values = np.array([features[keys[place]] for place in places])
            parts[places] = self.weights[table_rows].astype(np.float64) * values[:, None]
        return parts

    def change_by(self, examples: Sequence[Features], targets: Scores) -> LinearModel:
        """Return what the weights gain when a few more `examples` with their `targets` (a row each) are learned.

        One step of recursive least squares from the stored solution, ΔW = M⁻¹Xᵀ(XM⁻¹Xᵀ + I)⁻¹(Y - XW), where M
        keeps only the diagonal of the training's XᵀX + λI: it costs a solve as large as there are examples. What
        training saw often moves little. `_STIFFNESS` stands for the correlations that the diagonal leaves out.
        """
        touched = list(dict.fromkeys(feature for example in examples for feature in example))
        column_of = {feature: column for column, feature in enumerate(touched)}
        inputs = np.zeros((len(examples), len(touched)))
        for row, example in enumerate(examples):
            inputs[row, [column_of[feature] for feature in example]] = list(example.values())
        seen = np.array([self.seen[self.row_of[key]] if key in self.row_of else 0.0 for key in touched], np.float64)
        spread = (inputs / (_STIFFNESS * seen + PENALTY)).T
        residual = targets - np.array([self.scores(example) for example in examples]).reshape(targets.shape)
        change = spread @ np.linalg.solve(inputs @ spread + np.eye(len(examples)), residual)
        return LinearModel(self.classes, column_of, change.astype(np.float16), seen.astype(np.float16))
