"""How firmly a recommendation stands when the weights are somewhat wrong."""

from __future__ import annotations

import numpy as np

from platform_core.domain.base import Frozen
from platform_core.domain.strategy import Facts, Strategy
from platform_core.strategy.observing import observe
from platform_core.strategy.policy import ORDER, Policy
from platform_core.strategy.scoring import Verdict, judge


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
    winners = _winners(verdict, policy, np.random.default_rng(seed), draws, spread)
    counts = {strategy: winners.count(strategy) for strategy in verdict.scores}
    others = [strategy for strategy in counts if strategy is not verdict.winner and counts[strategy]]
    return Robustness(
        share=counts[verdict.winner] / draws,
        draws=draws,
        instead=max(others, key=lambda strategy: counts[strategy]) if others else None,
    )


def _winners(
    verdict: Verdict, policy: Policy, random: np.random.Generator, draws: int, spread: float
) -> list[Strategy]:
    weights = np.array([item.weights for item in verdict.fired])
    factors = random.uniform(1 - spread, 1 + spread, size=(draws, *weights.shape))
    totals = np.array(policy.base) + (factors * weights).sum(axis=1)
    for off, counted_as in policy.palette.items():
        target, source = ORDER.index(counted_as), ORDER.index(off)
        totals[:, target] = np.maximum(totals[:, target], totals[:, source])
    possible = [ORDER.index(strategy) for strategy in verdict.scores]
    return [ORDER[possible[best]] for best in totals[:, possible].argmax(axis=1)]
