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


@dataclass(frozen=True)
class LinearModel:
    """Weights of ridge regressions, one a class: `weights[row_of[feature]]` holds a row of `len(classes)` numbers.

    A feature that training saw in one family of sources only is not kept: it would be learned by heart.
    """

    classes: tuple[str, ...]
    row_of: Mapping[str, int]
    weights: NDArray[np.float16]

    @classmethod
    def load(cls, path: Path, prefix: str) -> LinearModel:
        """Read the model stored under `prefix` in an .npz file; raises BadInput when it is missing or torn."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                classes = str(stored[f"{prefix}_classes"]).split("\n")
                features = str(stored[f"{prefix}_features"]).split("\n")
                weights = stored[f"{prefix}_weights"]
        except (OSError, KeyError, ValueError) as error:
            raise BadInput("The mapping model cannot be read.", hint="Reinstall the reference data.") from error
        if weights.shape != (len(features), len(classes)):
            raise BadInput("The mapping model does not fit its own features.", hint="Reinstall the reference data.")
        return cls(tuple(classes), {feature: row for row, feature in enumerate(features)}, weights)

    def stored(self, prefix: str) -> dict[str, NDArray[np.generic]]:
        """Return the arrays that `load` reads, for `np.savez`."""
        return {
            f"{prefix}_classes": np.array("\n".join(self.classes)),
            f"{prefix}_features": np.array("\n".join(self.row_of)),
            f"{prefix}_weights": self.weights,
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
