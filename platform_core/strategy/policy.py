"""What the 6R engine goes by: keys, features, phrases, signals, vetoes and settings, all of it data."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic import JsonValue

from platform_core.domain.conditions import Condition, Reading
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.errors import BadInput

ORDER: tuple[Strategy, ...] = tuple(Strategy)
"""The order in which weights and scores are kept."""

MOST_WEIGHT = 20.0
"""A heavier weight could not be outweighed by anything: that is what vetoes are for."""

Scores = tuple[float, ...]
"""One number a strategy, in `ORDER` (logits)."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that facts may have. `texts` are the kinds of text its words count as; `answers` those worth asking for."""

    key: str
    reading: Reading
    means: str
    texts: frozenset[str]
    question: str
    answers: tuple[JsonValue, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A condition on the value of a key that raises `feature`."""

    feature: str
    key: str
    condition: Condition

    @property
    def name(self) -> str:
        """What the threshold is called when it is changed: the feature and the key it is read from."""
        return f"{self.feature} by {self.key}"

    @property
    def bounds(self) -> tuple[float, ...]:
        """The bounds of the condition, none where it only asks for yes, no or a word."""
        return self.condition.bounds


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that raise `feature` in texts of the given kinds; `denied` is what they raise under a negation.

    A weak phrase is a hint: it counts only in a clause of which no other phrase made sense.
    """

    feature: str
    kinds: frozenset[str]
    pattern: re.Pattern[str]
    denied: str | None
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Negators:
    """Words that deny or put off what follows or precedes them, and word pairs that only look like it.

    `deny` tells whether words begin with a denial of their own, which an earlier denial in the clause does not undo.
    """

    before: re.Pattern[str]
    deny: re.Pattern[str]
    after: re.Pattern[str]
    deferring: re.Pattern[str]
    harmless: re.Pattern[str]


Needs = tuple[tuple[str, ...], ...]
"""Alternatives, each a set of features that must all be observed."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Evidence for and against strategies that counts once when one alternative of `needs` is observed."""

    name: str
    topic: str
    needs: Needs
    weights: Scores
    goal: str
    text: str
    source: str

    @property
    def reach(self) -> float:
        """The largest weight of the signal, whichever way it points."""
        return max(abs(weight) for weight in self.weights)


@dataclass(frozen=True, slots=True)
class VetoRule:
    """Makes strategies impossible when `needs` is observed and nothing in `unless` is."""

    strategies: tuple[Strategy, ...]
    needs: Needs
    unless: Needs
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Opposites:
    """Two features that cannot both be true of one application; `text` says so to a person."""

    one: str
    other: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A business goal with a slider from 1 to 5 (3 is neutral).

    A step of the slider changes the weight of its signals by the share `step` and each strategy's score by `lean`.
    """

    key: str
    title: str
    step: float
    lean: Scores


@dataclass(frozen=True)
class Settings:
    """Numbers of the engine; see `data/strategy/policy.yaml` for what each stands for."""

    temperature: float
    enough_evidence: float
    least_evidence: float
    least_support: float
    stale_after_days: float
    stale_factor: float


@dataclass(frozen=True)
class Policy:
    """Everything a recommendation depends on besides the facts. Immutable; edited by making another one."""

    name: str
    version: int
    settings: Settings
    priors: Scores
    palette: Mapping[Strategy, Strategy]
    goals: Mapping[str, Goal]
    sliders: Mapping[str, int]
    keys: Mapping[str, Key]
    thresholds: Mapping[str, tuple[Threshold, ...]]
    phrases: tuple[Phrase, ...]
    negators: Negators
    signals: tuple[Signal, ...]
    vetoes: tuple[VetoRule, ...]
    opposites: tuple[Opposites, ...]
    hard_ports: Mapping[int, str]

    def changed(self, change: PolicyChange) -> Policy:
        """Return the policy as a migration changed it; raises BadInput for what does not exist or cannot be."""
        policy = self.with_goals(change.goals).with_weights(change.weights)
        policy = policy.with_thresholds(change.thresholds).with_settings(change.settings)
        return policy if change.switched_off is None else policy.with_palette(change.switched_off)

    def with_goals(self, sliders: Mapping[str, int]) -> Policy:
        """Return the policy with sliders set (goal key → 1..5); raises BadInput for an unknown goal or value."""
        for key, value in sliders.items():
            if key not in self.goals or value not in range(1, 6):
                raise BadInput(f"'{key}' cannot be set to {value}.", hint="Goals go from 1 to 5.")
        return replace(self, sliders={**self.sliders, **sliders})

    def with_palette(self, switched_off: Mapping[Strategy, Strategy]) -> Policy:
        """Return the policy in which each strategy of `switched_off` counts as the one it maps to."""
        return replace(self, palette=dict(switched_off))

    def with_weights(self, weights: Mapping[str, Mapping[Strategy, float]]) -> Policy:
        """Return the policy with some weights of some signals replaced; raises BadInput for an unknown signal."""
        unknown = weights.keys() - {signal.name for signal in self.signals}
        if unknown:
            raise BadInput(f"There is no signal named {sorted(unknown)[0]}.")
        numbers = [number for by_strategy in weights.values() for number in by_strategy.values()]
        if any(not math.isfinite(number) or abs(number) > MOST_WEIGHT for number in numbers):
            raise BadInput(f"A weight must be a number from -{MOST_WEIGHT:g} to {MOST_WEIGHT:g}.")
        return replace(self, signals=tuple(_reweighted(s, weights.get(s.name, {})) for s in self.signals))

    def with_thresholds(self, bounds: Mapping[str, tuple[float, ...]]) -> Policy:
        """Return the policy with other bounds of some conditions; raises BadInput for an unknown or impossible one."""
        unknown = bounds.keys() - {t.name for tests in self.thresholds.values() for t in tests if t.bounds}
        if unknown:
            raise BadInput(f"There is no threshold named {sorted(unknown)[0]}.")
        changed = {
            key: tuple(_bounded(t, bounds[t.name]) if t.name in bounds else t for t in tests)
            for key, tests in self.thresholds.items()
        }
        return replace(self, thresholds=changed)

    def with_settings(self, numbers: Mapping[str, float]) -> Policy:
        """Return the policy with other numbers of the engine; raises BadInput for an unknown or impossible one."""
        for name, number in numbers.items():
            if name not in Settings.__dataclass_fields__:
                raise BadInput(f"There is no setting named {name}.")
            if not math.isfinite(number) or number < 0 or (number == 0 and name in _ABOVE_ZERO):
                raise BadInput(f"{name.replace('_', ' ').capitalize()} cannot be {number:g}.")
        return replace(self, settings=replace(self.settings, **numbers))

    @cached_property
    def offered(self) -> tuple[Strategy, ...]:
        """The strategies that may be recommended, in fixed order."""
        return tuple(strategy for strategy in ORDER if strategy not in self.palette)

    @cached_property
    def base(self) -> Scores:
        """Scores before any evidence: priors and what the goals lean towards."""
        scores = list(self.priors)
        for key, goal in self.goals.items():
            steps = self.sliders[key] - NEUTRAL
            scores = [score + steps * lean for score, lean in zip(scores, goal.lean, strict=True)]
        return tuple(scores)

    @cached_property
    def weighed(self) -> tuple[tuple[Signal, Scores], ...]:
        """Every signal with its weights as scaled by the goals."""
        return tuple((signal, self._scaled(signal)) for signal in self.signals)

    @cached_property
    def relevant(self) -> Mapping[str, tuple[int, ...]]:
        """For each feature the positions in `weighed` of the signals that mention it."""
        found: dict[str, list[int]] = {}
        for position, (signal, _) in enumerate(self.weighed):
            for feature in {feature for part in signal.needs for feature in part}:
                found.setdefault(feature, []).append(position)
        return {feature: tuple(positions) for feature, positions in found.items()}

    @cached_property
    def vetoing(self) -> frozenset[str]:
        """The features that some veto mentions."""
        return frozenset(feature for veto in self.vetoes for part in (*veto.needs, *veto.unless) for feature in part)

    @cached_property
    def clauses_read(self) -> dict[tuple[str, frozenset[str]], tuple[tuple[str, str], ...]]:
        """A memory of clauses already read, by kind of text."""
        return {}

    @cached_property
    def answers_read(self) -> dict[str, tuple[frozenset[str], ...]]:
        """A memory of what the answers to questions show, by key."""
        return {}

    def reach(self, key: str) -> float:
        """Return the largest weight that any answer to `key` could have."""
        return self._reach_of_key.get(key, 0.0)

    @cached_property
    def by_reach(self) -> tuple[Key, ...]:
        """The keys with a question, the one whose answer could weigh most first."""
        asked = (key for key in self.keys.values() if key.question)
        return tuple(sorted(asked, key=lambda key: -self.reach(key.key)))

    @cached_property
    def reach_of_signal(self) -> Mapping[str, float]:
        """The largest weight of each signal, by name."""
        return {signal.name: signal.reach for signal in self.signals}

    @cached_property
    def _reach_of_key(self) -> dict[str, float]:
        reach = self._reach_of_feature
        return {key: max(reach.get(t.feature, 0.0) for t in tests) for key, tests in self.thresholds.items()}

    @cached_property
    def _reach_of_feature(self) -> dict[str, float]:
        reach: dict[str, float] = {}
        for signal in self.signals:
            for feature in (feature for part in signal.needs for feature in part):
                reach[feature] = max(reach.get(feature, 0.0), signal.reach)
        return reach

    def _scaled(self, signal: Signal) -> Scores:
        goal = self.goals.get(signal.goal)
        if goal is None:
            return signal.weights
        factor = 1.0 + goal.step * (self.sliders[goal.key] - NEUTRAL)
        return tuple(weight * factor for weight in signal.weights)


_ABOVE_ZERO = frozenset({"temperature", "enough_evidence"})
"""Settings that something is divided by."""

NEUTRAL = 3
"""The middle of a goal's slider."""


def _bounded(threshold: Threshold, bounds: tuple[float, ...]) -> Threshold:
    if len(bounds) != len(threshold.bounds) or not all(map(math.isfinite, bounds)) or list(bounds) != sorted(bounds):
        raise BadInput(f"The bounds of {threshold.name} must be {len(threshold.bounds)} rising numbers.")
    condition = replace(threshold.condition, low=bounds[0], high=bounds[-1], memory={})
    return replace(threshold, condition=condition)


def _reweighted(signal: Signal, weights: Mapping[Strategy, float]) -> Signal:
    changed = tuple(weights.get(strategy, old) for strategy, old in zip(ORDER, signal.weights, strict=True))
    return replace(signal, weights=changed)
