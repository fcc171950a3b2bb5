"""Fitting the calibration: the curve from score to share of right answers, and the cuts between the bands."""

from __future__ import annotations

import numpy as np

_MOST_NULL = 0.05  # share of columns without a field that may get one, when the review cut is chosen
_LEAST_PRECISION = 0.925  # of all fields given, likewise
_ACCEPT_PRECISION = 0.977  # leaves room for 0.97 on each set of files that the cut is chosen on
_KNOTS = 14


def isotonic_knots(scores: np.ndarray, right: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Return a rising piecewise linear curve through the share of right answers over equally filled bins.

    Neighbouring bins that fall are pooled (pool adjacent violators); one right and one wrong answer are added
    to each, so that no finite sample claims certainty.
    """
    order = np.argsort(scores, kind="stable")
    pools = [
        [float(scores[part].mean()), float(right[part].sum()) + 0.5, len(part) + 1.0]
        for part in np.array_split(order, _KNOTS)
        if len(part)
    ]
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and merged[-2][1] / merged[-2][2] >= merged[-1][1] / merged[-1][2]:
            (low, ok_low, n_low), (high, ok_high, n_high) = merged[-2:]
            merged[-2:] = [[(low * n_low + high * n_high) / (n_low + n_high), ok_low + ok_high, n_low + n_high]]
    return tuple((round(score, 3), round(ok / count, 4)) for score, ok, count in merged)


def review_cut(probability: np.ndarray, right: np.ndarray, null: np.ndarray, due: np.ndarray) -> float:
    """Choose the cut with the best F1 among those that are precise and leave enough columns without a field alone."""
    best = (0.0, 0.5)
    for cut in np.arange(0.2, 0.9, 0.02):
        given = probability >= cut
        precision, recall = right[given].mean(), (right & given & due).sum() / due.sum()
        if given[null].mean() <= _MOST_NULL and precision >= _LEAST_PRECISION:
            best = max(best, (round(2 * precision * recall / (precision + recall), 3), round(float(cut), 2)))
    return best[1]


def accept_cut(probability: np.ndarray, right: np.ndarray) -> float:
    """Choose the lowest cut above which the demanded share of answers was right."""
    for cut in np.arange(0.5, 0.995, 0.005):
        given = probability >= cut
        if given.any() and right[given].mean() >= _ACCEPT_PRECISION:
            return round(float(cut), 3)
    return 0.995
