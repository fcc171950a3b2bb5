"""How firmly a recommendation stands when the weights are somewhat wrong."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from platform_core.domain.base import Frozen
from platform_core.domain.strategy import Facts, Strategy
from platform_core.strategy.observing import observe
from platform_core.strategy.policy import ORDER, Policy
from platform_core.strategy.scoring import Verdict, judge

_TIE = 1e-9


class Robustness(Frozen):
    """`share` (0..1) of the draws that gave the same strategy; `instead` is the one that came out most otherwise."""

    share: float
    draws: int
    instead: Strategy | None


def robustness(facts: Facts, policy: Policy, *, seed: int, draws: int = 200, spread: float = 0.25) -> Robustness | None:
    """Draw every weight that counted anew within ±`spread`, `draws` times, and count how often the answer stays.

    None when no strategy is named. The same seed gives the same result.
    """
    verdict = judge(observe(facts, policy).observed, policy)
    if verdict.winner is None:
        return None
    totals = _drawn_totals(verdict, policy, np.random.default_rng(seed), draws, spread)
    strategies = list(verdict.scores)
    own = strategies.index(verdict.winner)
    stays = totals[:, own] >= totals.max(axis=1) - _TIE
    lost = Counter(strategies[best] for best in totals[~stays].argmax(axis=1))
    instead = lost.most_common(1)[0][0] if lost else None
    return Robustness(share=float(stays.mean()), draws=draws, instead=instead)


def _drawn_totals(
    verdict: Verdict, policy: Policy, random: np.random.Generator, draws: int, spread: float
) -> NDArray[np.float64]:
    """Return scores of shape (draws, strategies that can be recommended here)."""
    weights = np.array([item.weights for item in verdict.fired])
    factors = random.uniform(1 - spread, 1 + spread, size=(draws, *weights.shape))
    totals = np.array(policy.base) + (factors * weights).sum(axis=1)
    for off, counted_as in policy.palette.items():
        target, source = ORDER.index(counted_as), ORDER.index(off)
        totals[:, target] = np.maximum(totals[:, target], totals[:, source])
    return np.asarray(totals[:, [ORDER.index(strategy) for strategy in verdict.scores]])
