"""What an effort point takes, learned from finished work."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from platform_core.domain.register import Actual, EffortCalibration
from platform_core.errors import BadInput

_LEAST = 3
_DRAWS = 2_000
_TAIL = 0.05


def calibrate(actuals: Sequence[Actual], *, seed: int) -> EffortCalibration | None:
    """Return how many days an effort point took: sum of days / sum of points, with a 90 % bootstrap interval.

    None with fewer than three finished pieces of work, which say too little about the next one. The same seed gives
    the same interval. Raises BadInput for points or days that are not positive numbers.
    """
    for actual in actuals:
        if not all(math.isfinite(value) and value > 0 for value in (actual.points, actual.days)):
            raise BadInput(f"Points and days of '{actual.name}' must be numbers above zero.")
    if len(actuals) < _LEAST:
        return None
    points = np.array([actual.points for actual in actuals])
    days = np.array([actual.days for actual in actuals])
    drawn = np.random.default_rng(seed).integers(len(actuals), size=(_DRAWS, len(actuals)))
    ratios = days[drawn].sum(axis=1) / points[drawn].sum(axis=1)
    low, high = np.quantile(ratios, (_TAIL, 1 - _TAIL))
    return EffortCalibration(
        count=len(actuals),
        days_per_point=round(float(days.sum() / points.sum()), 4),
        low=round(float(low), 4),
        high=round(float(high), 4),
    )
