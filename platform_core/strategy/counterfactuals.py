"""Which changes of facts would turn the recommendation, each verified by scoring anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from pydantic import JsonValue

from platform_core.domain.answers import as_texts, as_yes_no, shown
from platform_core.domain.conditions import Reading
from platform_core.domain.strategy import Counterfactual, Fact, Facts, Strategy
from platform_core.strategy.observing import Observing, joined, observations_of, observe
from platform_core.strategy.policy import Key, Policy
from platform_core.strategy.scoring import Verdict, judge

Change = dict[str, JsonValue]
"""New values by key; None = not known any more."""

_MOST = 5
_PAIRED = 10


def with_changes(facts: Facts, changes: Mapping[str, JsonValue]) -> dict[str, Fact]:
    """Return the facts as they would be after `changes` (None removes a fact)."""
    changed = {key: fact for key, fact in facts.items() if key not in changes}
    for key, value in changes.items():
        if value is not None:
            changed[key] = Fact(key=key, value=value, source="assumed")
    return changed


def counterfactuals(facts: Facts, policy: Policy, *, observing: Observing | None = None) -> tuple[Counterfactual, ...]:
    """Return up to five smallest changes that give another strategy: single facts, or pairs when no single one does.

    The clearest turn (largest margin afterwards) comes first. Empty when no strategy is named or nothing turns it.
    """
    seen = observing or observe(facts, policy)
    verdict = judge(seen.observed, policy)
    if verdict.winner is None:
        return ()
    singles = [(change, _after(change, seen, policy)) for change in _single_changes(facts, seen, policy)]
    turning = [(change, after) for change, after in singles if _turns(after, verdict.winner)]
    if not turning:
        turning = list(_turning_pairs(singles, verdict.winner, seen, policy))
    turning.sort(key=lambda item: -item[1].margin)
    return tuple(_told(change, after, facts) for change, after in _one_a_key(turning)[:_MOST])


def _turns(after: Verdict, winner: Strategy) -> bool:
    return after.winner is not None and after.winner is not winner


def _single_changes(facts: Facts, observing: Observing, policy: Policy) -> Iterator[Change]:
    for name in observing.by_key:
        yield from ({name: value} for value in _alternatives(facts[name], policy.keys[name]))
    for key in policy.keys.values():
        if key.question and key.key not in observing.known:
            yield from ({key.key: answer} for answer in key.answers)


def _alternatives(fact: Fact, key: Key) -> list[JsonValue]:
    """Return what a known fact could be instead: the other answer, one text fewer, or not known."""
    if key.reading is Reading.YES_NO:
        answer = as_yes_no(fact.value)
        return [] if answer is None else [not answer]
    if key.texts:
        return _one_text_fewer(as_texts(fact.value))
    return [answer for answer in key.answers if answer != fact.value]


def _one_text_fewer(texts: tuple[str, ...]) -> list[JsonValue]:
    if len(texts) < 2:
        return [None]
    return [[*texts[:i], *texts[i + 1 :]] for i in range(len(texts))]


def _after(change: Change, observing: Observing, policy: Policy) -> Verdict:
    by_key = dict(observing.by_key)
    for key, value in change.items():
        by_key[key] = observations_of(Fact(key=key, value=value), policy)
    return judge(joined(by_key), policy)


def _turning_pairs(
    singles: list[tuple[Change, Verdict]], winner: Strategy, observing: Observing, policy: Policy
) -> Iterator[tuple[Change, Verdict]]:
    """Yield pairs of those single changes that weaken the winner most."""
    weakening = sorted(singles, key=lambda item: dict(item[1].shares).get(winner, 0.0))[:_PAIRED]
    for (first, _), (second, _) in combinations(weakening, 2):
        if first.keys() != second.keys():
            after = _after(first | second, observing, policy)
            if _turns(after, winner):
                yield first | second, after


def _one_a_key(turning: list[tuple[Change, Verdict]]) -> list[tuple[Change, Verdict]]:
    """Keep the clearest change for each set of keys."""
    kept: dict[tuple[str, ...], tuple[Change, Verdict]] = {}
    for change, after in turning:
        kept.setdefault(tuple(sorted(change)), (change, after))
    return list(kept.values())


def _told(change: Change, after: Verdict, facts: Facts) -> Counterfactual:
    assert after.winner is not None
    parts = [_told_one(key, value, facts.get(key)) for key, value in change.items()]
    return Counterfactual(changes=change, becomes=after.winner, text=f"If {' and '.join(parts)}: {after.winner.value}.")


def _told_one(key: str, value: JsonValue, fact: Fact | None) -> str:
    if value is None:
        return f"{key} were not given"
    now = f" instead of {shown(fact.value)}" if fact is not None else ""
    return f"{key} were {shown(value) or 'empty'}{now}"
