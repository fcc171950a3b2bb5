"""Rules that hold for every recommendation, whatever the facts."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.strategy import Fact, Strategy
from platform_core.strategy import assess, counterfactuals, facts_from_json, robustness, with_changes
from platform_core.strategy.observing import observe
from platform_core.strategy.policy import ORDER, VetoRule
from platform_core.strategy.scoring import judge
from tests.unit.strategy.stated_facts import POLICY, answers, facts

Facts = dict[str, Fact]
FEATURES = {feature for signal in POLICY.signals for part in signal.needs for feature in part}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(facts())
def test_what_is_vetoed_is_neither_ranked_nor_recommended(stated: Facts) -> None:
    answer = assess(stated, POLICY, explain=False)
    vetoed = {veto.strategy for veto in answer.vetoes}
    assert not vetoed & {ranked.strategy for ranked in answer.ranking}
    assert answer.strategy not in vetoed


@given(facts())
def test_a_mainframe_is_never_moved_as_a_machine(stated: Facts) -> None:
    answer = assess(stated | {"mainframe": Fact(key="mainframe", value=True)}, POLICY, explain=False)
    assert not {Strategy.REHOST, Strategy.RELOCATE} & {ranked.strategy for ranked in answer.ranking}


@given(facts())
def test_without_source_code_nothing_is_refactored(stated: Facts) -> None:
    answer = assess(stated | {"source_code_access": Fact(key="source_code_access", value=False)}, POLICY, explain=False)
    assert Strategy.REFACTOR not in {ranked.strategy for ranked in answer.ranking}


@given(facts(), st.text(string.ascii_lowercase, min_size=3, max_size=12), JSON)
def test_an_unknown_key_changes_nothing_but_is_reported(stated: Facts, key: str, value: Any) -> None:
    key = f"zz_{key}"
    more = stated | facts_from_json({key: value})
    before, after = assess(stated, POLICY, explain=False), assess(more, POLICY, explain=False)
    assert after.model_copy(update={"unknown": ()}) == before
    assert after.unknown == ((key,) if key in more else ())


@given(facts(), answers, st.sampled_from([None, "unknown", "", "n/a", "?", "not known", "unbekannt", []]))
def test_a_fact_that_is_not_known_never_raises_the_confidence(stated: Facts, fact: Fact, unknown: Any) -> None:
    if fact.key not in stated:
        blank = stated | {fact.key: Fact(key=fact.key, value=unknown)}
        before, after = assess(stated, POLICY, explain=False), assess(blank, POLICY, explain=False)
        assert after.confidence <= before.confidence
        assert after.evidence == before.evidence


@given(facts(), answers)
def test_evidence_that_speaks_for_a_strategy_never_lowers_its_score(stated: Facts, fact: Fact) -> None:
    if fact.key in stated:
        return
    before = judge(observe(stated, POLICY).observed, POLICY)
    after = judge(observe(stated | {fact.key: fact}, POLICY).observed, POLICY)
    had = {item.signal.name for item in before.fired}
    added = [item.weights for item in after.fired if item.signal.name not in had]
    assert had <= {item.signal.name for item in after.fired}
    for strategy in before.scores.keys() & after.scores.keys():
        if all(weights[ORDER.index(counted)] >= 0 for weights in added for counted in counted_as(strategy)):
            assert after.scores[strategy] >= before.scores[strategy] - 1e-9


def counted_as(strategy: Strategy) -> list[Strategy]:
    """The strategies whose evidence counts for this one: itself, and those that are switched off in its favour."""
    return [strategy, *(off for off, on in POLICY.palette.items() if on is strategy)]


@pytest.mark.parametrize("rule", POLICY.vetoes, ids=lambda rule: rule.text)
@given(more=st.sets(st.sampled_from(sorted(FEATURES)), max_size=12), weight=st.floats(0, 20))
def test_a_veto_holds_whatever_else_is_observed_and_however_it_weighs(
    rule: VetoRule, more: set[str], weight: float
) -> None:
    lifted = {feature for part in rule.unless for feature in part}
    observed = dict.fromkeys([*rule.needs[0], *sorted(more - lifted)], "seen")
    heavier = POLICY.with_weights({s.name: dict.fromkeys(rule.strategies, weight) for s in POLICY.signals})
    verdict = judge(observed, heavier)
    assert rule in verdict.vetoes
    assert not set(rule.strategies) & set(verdict.scores)
    assert verdict.winner not in rule.strategies


@given(facts(), st.text(max_size=40))
def test_the_name_of_an_application_changes_nothing(stated: Facts, name: str) -> None:
    named = stated | {"name": Fact(key="name", value=f"unused mainframe {name}")}
    assert assess(named, POLICY, explain=False) == assess(stated, POLICY, explain=False)


@settings(max_examples=25)
@given(facts(), st.randoms())
def test_the_order_of_facts_makes_no_difference(stated: Facts, random: Any) -> None:
    shuffled = list(stated.items())
    random.shuffle(shuffled)
    assert assess(dict(shuffled), POLICY) == assess(stated, POLICY)


@given(facts())
def test_shares_add_up_and_confidence_lies_between_zero_and_one(stated: Facts) -> None:
    answer = assess(stated, POLICY, explain=False)
    assert abs(sum(ranked.score for ranked in answer.ranking) - 1) < 1e-4
    assert [r.score for r in answer.ranking] == sorted((r.score for r in answer.ranking), reverse=True)
    assert 0 <= answer.confidence <= 1
    assert answer.strategy is None or answer.strategy is answer.ranking[0].strategy


@settings(max_examples=40)
@given(facts(most=6))
def test_a_stated_change_does_turn_the_answer(stated: Facts) -> None:
    before = assess(stated, POLICY, explain=False).strategy
    for change in counterfactuals(stated, POLICY):
        after = assess(with_changes(stated, change.changes), POLICY, explain=False)
        assert after.strategy is change.becomes
        assert after.strategy is not before


@given(st.dictionaries(st.sampled_from(sorted(POLICY.keys)) | st.text(max_size=10), JSON, max_size=12))
def test_odd_values_never_crash(raw: dict[str, Any]) -> None:
    answer = assess(facts_from_json(raw), POLICY, explain=False)
    assert type(answer).model_validate_json(answer.model_dump_json()) == answer
    assert 0 <= answer.confidence <= 1


@given(facts(), st.integers(0, 5))
def test_robustness_is_a_share_and_repeats_with_its_seed(stated: Facts, seed: int) -> None:
    firm = robustness(stated, POLICY, seed=seed)
    assert firm == robustness(stated, POLICY, seed=seed)
    assert firm is None or 0 <= firm.share <= 1
    assert (firm is None) == (assess(stated, POLICY, explain=False).strategy is None)


@given(facts())
def test_weights_that_do_not_vary_give_the_same_answer_always(stated: Facts) -> None:
    firm = robustness(stated, POLICY, seed=1, spread=0.0)
    assert firm is None or firm.share == 1.0
