"""From a score to the probability of being right, and the cuts between the three bands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from platform_core.domain.mapping import Band
from platform_core.errors import BadInput


@dataclass(frozen=True)
class Calibration:
    """A rising curve from logit score to probability, linear between `knots`, and the bands' lower ends.

    `temperature` turns the ranker's scores (0 to 1) into logits. `review` and `accept` are probabilities.
    """

    temperature: float
    knots: tuple[tuple[float, float], ...]
    review: float
    accept: float

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read calibration.json; raises BadInput when the curve does not rise or the cuts are out of order."""
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            curve = cls(
                float(stored["temperature"]),
                tuple((float(score), float(probability)) for score, probability in stored["knots"]),
                float(stored["review"]),
                float(stored["accept"]),
            )
        except (OSError, KeyError, ValueError, TypeError) as error:
            raise BadInput("The calibration of the mapper cannot be read.") from error
        rising = all(low[0] < high[0] and low[1] <= high[1] for low, high in pairwise(curve.knots))
        if not (rising and len(curve.knots) > 1 and 0 < curve.review <= curve.accept <= 1):
            raise BadInput("The calibration of the mapper is not a rising curve with ordered cuts.")
        return curve

    def probability(self, score: float) -> float:
        """Return the share of columns with this logit score whose field was right in the calibration set."""
        scores, probabilities = zip(*self.knots, strict=True)
        return float(np.interp(score, scores, probabilities))

    @cached_property
    def review_score(self) -> float:
        """The lowest score that is not left unmapped."""
        scores, probabilities = zip(*self.knots, strict=True)
        return float(np.interp(self.review, probabilities, scores))

    def band(self, probability: float) -> Band:
        """Return what a probability asks of the analyst."""
        if probability >= self.accept:
            return Band.ACCEPT
        return Band.REVIEW if probability >= self.review else Band.UNMAPPED
