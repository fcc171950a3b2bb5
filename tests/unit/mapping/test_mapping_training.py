"""Leaving a family out of a ridge solution equals fitting without it."""

from __future__ import annotations

import numpy as np
import pytest

from platform_core.mapping.calibrating import isotonic_knots
from platform_core.mapping.ridge import Ridge, Rows


def test_holding_a_group_out_equals_a_fit_without_it() -> None:
    random = np.random.default_rng(7)
    names = [f"f{i}" for i in range(6)]
    groups = ["a", "b", "c", "a", "b", "c", "a", "b", "c", "b"]
    features = [{name: float(random.normal()) for name in names} for _ in groups]
    targets = random.normal(size=(10, 2)).astype(np.float32)
    weights = random.uniform(0.5, 1.5, size=10).astype(np.float32)
    held_out = np.array([row for row, group in enumerate(groups) if group == "a"])
    ridge = Ridge(Rows(features, targets, weights, groups), ("x", "y"), 0.5)
    held = ridge.model(ridge.fit(held_out))
    kept = [row for row, group in enumerate(groups) if group != "a"]
    rest = Rows([features[r] for r in kept], targets[kept], weights[kept], [groups[r] for r in kept])
    again = Ridge(rest, ("x", "y"), 0.5)
    refit = again.model(again.fit())
    assert np.allclose(held.weights.astype(float), refit.weights.astype(float), atol=5e-3)
    assert held.row_of == refit.row_of


def test_conjugate_gradients_reach_the_solution_of_the_normal_equations() -> None:
    random = np.random.default_rng(3)
    inputs = random.normal(size=(40, 5)).astype(np.float32) * (random.uniform(size=(40, 5)) < 0.6)
    features = [{f"f{place}": float(row[place]) for place in np.flatnonzero(row)} for row in inputs]
    targets = random.normal(size=(40, 3)).astype(np.float32)
    weights = random.uniform(0.5, 1.5, size=40).astype(np.float32)
    ridge = Ridge(Rows(features, targets, weights, ["a", "b"] * 20), ("x", "y", "z"), 0.5)
    fit = ridge.fit()
    model = ridge.model(fit)
    normal = (inputs * weights[:, None]).T @ inputs + 0.5 * np.eye(5)
    expected = np.linalg.solve(normal, (inputs * weights[:, None]).T @ targets)
    found = model.weights[[model.row_of[f"f{place}"] for place in range(5)]].astype(float)
    assert np.allclose(found, expected, atol=2e-3)
    assert np.allclose(fit.seen[model.row_of["f0"]], (weights * inputs[:, 0] ** 2).sum(), rtol=1e-4)
    assert ridge.model(fit, {"f2"}).row_of == {"f2": 0}


def test_the_calibration_curve_rises_and_follows_the_shares() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(0, 3, 2000)
    right = random.uniform(size=2000) < 1 / (1 + np.exp(-scores))
    knots = isotonic_knots(scores, right)
    places, shares = zip(*knots, strict=True)
    assert list(places) == sorted(places)
    assert list(shares) == sorted(shares)
    assert np.interp(0.0, places, shares) == pytest.approx(0.5, abs=0.08)
