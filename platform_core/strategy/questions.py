"""Which unknown fact to ask for next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from pydantic import JsonValue

from platform_core.domain.strategy import Fact, MissingFact
from platform_core.strategy.observing import Observing, joined, observations_of
from platform_core.strategy.policy import Key, Policy
from platform_core.strategy.scoring import Supposing, Verdict, judge

_MOST = 5


def open_questions(observing: Observing, verdict: Verdict, policy: Policy) -> tuple[MissingFact, ...]:
    """Return the questions whose answers could weigh most, topics not yet touched first. Cheap: nothing is scored."""
    touched = {fired.signal.topic for fired in verdict.fired}
    asked = [key for key in policy.by_reach if key.key not in observing.known]
    return _as_missing([*(k for k in asked if k.topic not in touched), *(k for k in asked if k.topic in touched)])


def informative_questions(observing: Observing, verdict: Verdict, policy: Policy) -> tuple[MissingFact, ...]:
    """Return the questions in the order of how much their answers would move the ranking, on average.

    The measure is the total variation between the shares of belief before and after, averaged over the answers
    worth asking for: the expected change when each answer is equally likely.
    """
    return _as_missing([key for key, _ in by_gain(observing, verdict, policy)])


def by_gain(observing: Observing, verdict: Verdict, policy: Policy) -> list[tuple[Key, float]]:
    """Return every open question with what its answer would bring on average (0..1), the most first."""
    supposing, asked = Supposing(verdict, observing.observed, policy), list(askable(observing, policy))
    tried = {key.key: _features_of_answers(key, policy) for key in asked if not observing.by_key.get(key.key)}
    moved = iter(supposing.moved_by([features for answers in tried.values() for features in answers]))
    gains = [
        (
            key,
            _mean(
                list(islice(moved, len(tried[key.key])))
                if key.key in tried
                else _anew(key, observing, policy, supposing)
            ),
        )
        for key in asked
    ]
    return sorted(gains, key=lambda item: (-item[1], -policy.reach(item[0].key)))


def answers_to(key: Key, observing: Observing, policy: Policy) -> Iterator[tuple[JsonValue, dict[str, object]]]:
    """Yield each answer worth asking for with the features that would then be observed."""
    for answer in key.answers:
        by_key = {**observing.by_key, key.key: observations_of(Fact(key=key.key, value=answer), policy)}
        yield answer, dict(joined(by_key))


def askable(observing: Observing, policy: Policy) -> Iterable[Key]:
    """Return the keys with a question whose answer is not known."""
    return (key for key in policy.keys.values() if key.question and key.key not in observing.known)


def _as_missing(keys: list[Key]) -> tuple[MissingFact, ...]:
    return tuple(MissingFact(key=key.key, question=key.question) for key in keys[:_MOST])


def _anew(key: Key, observing: Observing, policy: Policy, supposing: Supposing) -> list[float]:
    """Return how far each answer moves belief where the key shows something as another fact, which answers replace."""
    return [supposing.moved_to(dict(judge(seen, policy).shares)) for _, seen in answers_to(key, observing, policy)]


def _mean(moved: Sequence[float]) -> float:
    return sum(moved) / len(moved) if moved else 0.0


def _features_of_answers(key: Key, policy: Policy) -> tuple[frozenset[str], ...]:
    """Return the features that each answer worth asking for shows; a policy reads its own answers once."""
    found = policy.answers_read.get(key.key)
    if found is None:
        read = (observations_of(Fact(key=key.key, value=answer), policy) for answer in key.answers)
        found = tuple(frozenset(seen.feature for seen in observations) for observations in read)
        policy.answers_read[key.key] = found
    return found
