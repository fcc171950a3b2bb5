"""From observed features to scores, vetoes, a ranking and a confidence."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from platform_core.domain.strategy import Strategy
from platform_core.strategy.observing import Observed, first_met
from platform_core.strategy.policy import ORDER, Policy, Scores, Signal, VetoRule


@dataclass(frozen=True, slots=True)
class Fired:
    """A signal that counts, its scaled weights and the features that raised it."""

    signal: Signal
    weights: Scores
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of scoring: shares of belief (highest first), what fired, what is impossible, and the doubt.

    `scores` are logits of the offered strategies, vetoed ones left out; `coverage` is 0..1; `winner` None means
    that the evidence is too thin.
    """

    scores: Mapping[Strategy, float]
    shares: tuple[tuple[Strategy, float], ...]
    fired: tuple[Fired, ...]
    vetoes: tuple[VetoRule, ...]
    coverage: float
    margin: float
    winner: Strategy | None


def judge(observed: Observed | Mapping[str, object], policy: Policy) -> Verdict:
    """Score every strategy the policy offers.

    score = prior + sum of the weights of the signals that fired; share = softmax(score / temperature);
    coverage = evidence / (evidence + enough evidence), where evidence is the sum over topics of the strongest
    weight observed; margin = first share - second share.
    """
    fired = tuple(fired_signals(observed, policy))
    vetoes = _raised(observed, policy)
    scores = _offered(_totals(fired, policy), vetoes, policy)
    shares = _ranked(_shares(scores, policy.settings.temperature))
    evidence = _evidence(fired, policy)
    margin = shares[0][1] - (shares[1][1] if len(shares) > 1 else 0.0) if shares else 0.0
    return Verdict(
        scores=scores,
        shares=shares,
        fired=fired,
        vetoes=vetoes,
        coverage=evidence / (evidence + policy.settings.enough_evidence),
        margin=margin,
        winner=_winner(shares, scores, evidence, policy),
    )


class Supposing:
    """A verdict on which further features are tried: what they cannot change is not judged anew."""

    def __init__(self, verdict: Verdict, observed: Mapping[str, object], policy: Policy) -> None:
        """Try on `verdict`, which is of the features `observed`."""
        self._verdict, self._observed, self._policy = verdict, frozenset(observed), policy
        self._counted = {item.signal.name for item in verdict.fired}
        self._totals = list(_totals(verdict.fired, policy).values())
        self._before = dict(verdict.shares)

    def moved_by(self, more: frozenset[str]) -> float:
        """Return how far belief moves once `more` features are observed beside the others, as `moved_to` tells it."""
        after = self.shares(more - self._observed)
        return 0.0 if after is self._before else self.moved_to(after)

    def moved_to(self, after: Mapping[Strategy, float]) -> float:
        """Return the total variation (0..1) between the shares of belief of the verdict and others."""
        before = self._before
        return math.fsum(abs(before.get(each, 0.0) - after.get(each, 0.0)) for each in ORDER) / 2

    def shares(self, more: frozenset[str]) -> Mapping[Strategy, float]:
        """Return the shares of belief that `judge` gives, to 1e-12, once `more` features are observed too.

        Only signals and vetoes that mention one of these can come or go.
        """
        together, policy = self._observed | more, self._policy
        places = {place for feature in more for place in policy.relevant.get(feature, ())}
        added = [
            weights
            for signal, weights in (policy.weighed[place] for place in places)
            if signal.name not in self._counted and first_met(signal.needs, together) is not None
        ]
        vetoes = self._verdict.vetoes if policy.vetoing.isdisjoint(more) else _raised(together, policy)
        if not added and vetoes == self._verdict.vetoes:
            return self._before
        moved = zip(self._totals, self._transposed(added), strict=True)
        totals = [total + math.fsum(new) for total, new in moved]
        scores = _offered(dict(zip(ORDER, totals, strict=True)), vetoes, policy)
        return _shares(scores, policy.settings.temperature)

    def _transposed(self, weights: Sequence[Scores]) -> Sequence[Sequence[float]]:
        return list(zip(*weights, strict=True)) if weights else [()] * len(ORDER)


def _raised(observed: Container[str], policy: Policy) -> tuple[VetoRule, ...]:
    return tuple(v for v in policy.vetoes if first_met(v.needs, observed) and not first_met(v.unless, observed))


def fired_signals(observed: Mapping[str, object], policy: Policy) -> list[Fired]:
    """Return the signals whose needs are met, in policy order; each counts once however often it was said."""
    positions = {position for feature in observed for position in policy.relevant.get(feature, ())}
    fired = []
    for position in sorted(positions):
        signal, weights = policy.weighed[position]
        features = first_met(signal.needs, observed)
        if features is not None:
            fired.append(Fired(signal, weights, features))
    return fired


def _totals(fired: tuple[Fired, ...], policy: Policy) -> dict[Strategy, float]:
    columns = zip(policy.base, *(item.weights for item in fired), strict=True)
    return {strategy: math.fsum(column) for strategy, column in zip(ORDER, columns, strict=True)}


def _offered(totals: dict[Strategy, float], vetoes: tuple[VetoRule, ...], policy: Policy) -> dict[Strategy, float]:
    """Leave out what is vetoed, and count a strategy that is switched off as the one it stands for."""
    vetoed = {strategy for veto in vetoes for strategy in veto.strategies}
    scores = {strategy: score for strategy, score in totals.items() if strategy not in vetoed}
    for off, counted_as in policy.palette.items():
        folded = scores.pop(off, None)
        if folded is not None and counted_as in scores:
            scores[counted_as] = max(scores[counted_as], folded)
    return scores


def _shares(scores: Mapping[Strategy, float], temperature: float) -> dict[Strategy, float]:
    if not scores:
        return {}
    top = max(scores.values())
    powers = {strategy: math.exp((score - top) / temperature) for strategy, score in scores.items()}
    total = math.fsum(powers.values())
    return {strategy: power / total for strategy, power in powers.items()}


def _ranked(shares: Mapping[Strategy, float]) -> tuple[tuple[Strategy, float], ...]:
    return tuple(sorted(shares.items(), key=lambda item: -item[1]))


def _evidence(fired: tuple[Fired, ...], policy: Policy) -> float:
    """Return the weight of the evidence: of each topic only its strongest signal, so that repetition adds nothing."""
    strongest: dict[str, float] = {}
    for item in fired:
        topic, reach = item.signal.topic, policy.reach_of_signal[item.signal.name]
        if reach > strongest.get(topic, 0.0):
            strongest[topic] = reach
    return math.fsum(strongest.values())


def _winner(
    shares: tuple[tuple[Strategy, float], ...], scores: Mapping[Strategy, float], evidence: float, policy: Policy
) -> Strategy | None:
    if not shares or evidence < policy.settings.least_evidence:
        return None
    first = shares[0][0]
    support = scores[first] - policy.base[ORDER.index(first)]
    return first if support >= policy.settings.least_support else None
