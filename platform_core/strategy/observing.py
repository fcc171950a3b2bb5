"""From facts to features: what is observed about an application, and by which fact."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from platform_core.domain.answers import as_texts, shown
from platform_core.domain.conditions import Reading
from platform_core.domain.strategy import Fact, Facts
from platform_core.strategy.phrases import read_text
from platform_core.strategy.policy import Key, Needs, Policy


@dataclass(frozen=True, slots=True)
class Observation:
    """A feature seen in a fact: the fact's key and source, and the value or words that show it."""

    feature: str
    key: str
    value: str
    source: str


Observed = Mapping[str, Observation]
"""All observed features of an application, by feature."""


@dataclass(frozen=True, slots=True)
class Observing:
    """What the facts of an application show; `known` and `unknown` are the keys the policy does or does not know."""

    by_key: Mapping[str, tuple[Observation, ...]]
    known: frozenset[str]
    unknown: tuple[str, ...]
    observed: dict[str, Observation] = field(default_factory=dict)


def observe(facts: Facts, policy: Policy) -> Observing:
    """Read all facts. The order of the facts makes no difference: keys are read in alphabetical order."""
    by_key = {key: observations_of(facts[key], policy) for key in sorted(facts) if key in policy.keys}
    known = frozenset(policy.keys[key].means for key in by_key if facts[key].value is not None)
    unknown = tuple(sorted(key for key in facts if key not in policy.keys))
    return Observing(by_key, known, unknown, joined(by_key))


def joined(by_key: Mapping[str, tuple[Observation, ...]]) -> dict[str, Observation]:
    """Merge the observations of all keys; the first key in alphabetical order stands for a feature."""
    found: dict[str, Observation] = {}
    for key in sorted(by_key):
        for observation in by_key[key]:
            found.setdefault(observation.feature, observation)
    return found


def observations_of(fact: Fact, policy: Policy) -> tuple[Observation, ...]:
    """Return what one fact shows; nothing for a key that is unknown or not read."""
    key = policy.keys.get(fact.key)
    if key is None or key.reading is Reading.IGNORED or fact.value is None:
        return ()
    return (*_by_value(fact, key, policy), *_by_words(fact, key, policy))


def _by_value(fact: Fact, key: Key, policy: Policy) -> Iterator[Observation]:
    for threshold in policy.thresholds.get(key.means, ()):
        if threshold.condition.holds(fact.value):
            yield Observation(threshold.feature, fact.key, shown(fact.value), fact.source)


def _by_words(fact: Fact, key: Key, policy: Policy) -> Iterator[Observation]:
    if not key.texts:
        return
    for text in as_texts(fact.value):
        for feature, words in read_text(text, key.texts, policy):
            yield Observation(feature, fact.key, f"“{words}”", fact.source)


def first_met(needs: Needs, observed: Container[str]) -> tuple[str, ...] | None:
    """Return the first alternative of `needs` whose features are all observed, None when there is none."""
    for part in needs:
        if all(feature in observed for feature in part):
            return part
    return None
