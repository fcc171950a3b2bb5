"""From observed features to scores, vetoes, a ranking and a confidence."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

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
        self._vetoed = {strategy for veto in verdict.vetoes for strategy in veto.strategies}

    def moved_by(self, tried: Sequence[frozenset[str]]) -> list[float]:
        """Return how far belief moves, as `moved_to` tells it, once the features of each entry are observed too.

        To 1e-12 what `judge` gives. Only signals and vetoes that mention one of the features can come or go; whatever
        raises no other veto is worked out at once.
        """
        moved, places, totals = [0.0] * len(tried), [], []
        for place, features in enumerate(tried):
            more = features - self._observed
            added = self._added(more)
            vetoes = self._vetoes_with(more)
            if vetoes != self._verdict.vetoes:
                scores = _offered(dict(zip(ORDER, self._with(added), strict=True)), vetoes, self._policy)
                moved[place] = self.moved_to(_shares(scores, self._policy.settings.temperature))
            elif added:
                places.append(place)
                totals.append(self._with(added))
        for place, far in zip(places, self._moved_with_these_vetoes(totals), strict=True):
            moved[place] = far
        return moved

    def moved_to(self, after: Mapping[Strategy, float]) -> float:
        """Return the total variation (0..1) between the shares of belief of the verdict and others."""
        return math.fsum(abs(self._before.get(each, 0.0) - after.get(each, 0.0)) for each in ORDER) / 2

    def _added(self, more: frozenset[str]) -> list[Scores]:
        together = self._observed | more
        places = {place for feature in more for place in self._policy.relevant.get(feature, ())}
        return [
            weights
            for signal, weights in (self._policy.weighed[place] for place in places)
            if signal.name not in self._counted and first_met(signal.needs, together) is not None
        ]

    def _vetoes_with(self, more: frozenset[str]) -> tuple[VetoRule, ...]:
        if self._policy.vetoing.isdisjoint(more):
            return self._verdict.vetoes
        return _raised(self._observed | more, self._policy)

    def _with(self, added: Sequence[Scores]) -> list[float]:
        return [math.fsum(column) for column in zip(self._totals, *added, strict=True)]

    def _moved_with_these_vetoes(self, totals: Sequence[Sequence[float]]) -> list[float]:
        if not totals or not self._before:
            return [0.0] * len(totals)
        columns = dict(zip(ORDER, np.array(totals).T, strict=True))
        kept = {each: columns[each] for each in self._verdict.scores}
        for off, counted_as in self._policy.palette.items():
            if counted_as in kept and off not in self._vetoed:
                kept[counted_as] = np.maximum(kept[counted_as], columns[off])
        scores = np.array(list(kept.values()))
        powers = np.exp((scores - scores.max(axis=0)) / self._policy.settings.temperature)
        before = np.array([[self._before[each]] for each in kept])
        moved: list[float] = (np.abs(powers / powers.sum(axis=0) - before).sum(axis=0) / 2).tolist()
        return moved


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
