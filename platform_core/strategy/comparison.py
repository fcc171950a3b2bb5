"""What another policy would change in a portfolio, before it is applied."""

from __future__ import annotations

from collections.abc import Mapping

from platform_core.domain.strategy import Facts, Flip, PolicyPreview, Strategy
from platform_core.strategy.observing import Observing, observe
from platform_core.strategy.policy import Policy
from platform_core.strategy.scoring import judge


def compare(before: Policy, after: Policy, portfolio: Mapping[str, Facts]) -> PolicyPreview:
    """Return which recommendations of `portfolio` (facts by subject key) `after` would give differently.

    Facts are read only once when the two policies read them alike, which is so unless keys, features or phrases
    were changed.
    """
    alike = (before.keys, before.thresholds, before.phrases) == (after.keys, after.thresholds, after.phrases)
    flips = []
    for subject, facts in portfolio.items():
        seen = observe(facts, before)
        one, other = _winner(seen, before), _winner(seen if alike else observe(facts, after), after)
        if one is not other:
            flips.append(Flip(subject=subject, before=one, after=other))
    return PolicyPreview(assessed=len(portfolio), flips=tuple(flips))


def _winner(seen: Observing, policy: Policy) -> Strategy | None:
    return judge(seen.observed, policy).winner
