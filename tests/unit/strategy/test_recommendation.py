"""What a recommendation says and how it argues."""

from __future__ import annotations

from typing import Any

import pytest

from platform_core.domain.strategy import Fact, Recommendation, Strategy
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.strategy import assess, facts_from_json, load_policy, robustness

POLICY = load_policy(DATA)


def recommend(**facts: Any) -> Recommendation:
    return assess(facts_from_json(facts), POLICY)


def test_without_facts_nothing_is_recommended_and_questions_are_asked() -> None:
    answer = recommend()
    assert (answer.strategy, answer.confidence, answer.evidence, answer.would_change) == (None, 0.0, (), ())
    assert len(answer.missing) == 5
    assert all(missing.question.endswith("?") for missing in answer.missing)


def test_questions_leave_out_what_is_known() -> None:
    asked = {missing.key for missing in recommend(actively_used=False, virtualized="yes").missing}
    assert not asked & {"actively_used", "virtualised"}


def test_quick_questions_start_with_topics_not_touched_yet() -> None:
    facts = facts_from_json({"actively_used": True})
    topics = [POLICY.keys[missing.key].topic for missing in assess(facts, POLICY, explain=False).missing]
    assert topics
    assert "use" not in topics


def test_evidence_names_signal_value_words_and_source() -> None:
    facts = {"goals": Fact(key="goals", value="lift and shift", source="interview of 3 May")}
    evidence = assess(facts, POLICY).evidence[0]
    assert (evidence.signal, evidence.strategy, evidence.value) == ("as it is", Strategy.REHOST, "“lift and shift”")
    assert evidence.text == "It shall move without change (goals: “lift and shift”)"
    assert evidence.source == "interview of 3 May"


def test_the_evidence_of_the_winner_adds_up_to_its_lead() -> None:
    answer = recommend(goals="managed database", source_code_access=True)
    total = sum(item.weight for item in answer.evidence if item.strategy is answer.strategy)
    assert answer.strategy is Strategy.REPLATFORM
    assert total > 2


def test_said_twice_counts_once() -> None:
    once = recommend(goals=["lift and shift"])
    twice = recommend(goals=["lift and shift", "move as-is, unchanged"])
    assert twice.confidence == once.confidence


def test_a_veto_says_why() -> None:
    answer = recommend(os="AIX 7.1", virtualised=True)
    reasons = {veto.strategy: veto.text for veto in answer.vetoes}
    assert "processor" in reasons[Strategy.REHOST]


def test_live_callers_keep_an_application_from_being_retired() -> None:
    callers = {"inbound_live_dependencies": 3}
    assert recommend(actively_used=False).strategy is Strategy.RETIRE
    assert Strategy.RETIRE in {veto.strategy for veto in recommend(actively_used=False, **callers).vetoes}
    assert recommend(actively_used=False, successor_live=True, **callers).strategy is Strategy.RETIRE


def test_data_that_must_be_kept_keep_an_unused_application_until_an_archive_is_planned() -> None:
    kept = {"actively_used": False, "legal_retention": True}
    assert recommend(**kept).strategy is Strategy.RETAIN
    assert recommend(**kept, archive_planned=True, decommission_date="2027-01-31").strategy is Strategy.RETIRE


def test_contradictory_evidence_lowers_the_confidence() -> None:
    clear = recommend(goals="lift and shift")
    torn = recommend(goals=["lift and shift", "cloud-native microservices"])
    assert torn.confidence < clear.confidence


def test_old_discovery_data_lower_the_confidence() -> None:
    fresh = recommend(goals="lift and shift", last_seen_days=10)
    stale = recommend(goals="lift and shift", last_seen_days=400)
    assert stale.confidence == pytest.approx(fresh.confidence * POLICY.settings.stale_factor, abs=1e-3)
    assert stale.strategy is fresh.strategy


def test_rearchitect_counts_as_refactor_until_it_is_switched_on() -> None:
    facts = facts_from_json({"goals": "break the monolith into microservices", "core_architecture_change_wanted": True})
    assert assess(facts, POLICY).strategy is Strategy.REFACTOR
    assert assess(facts, POLICY.with_palette({})).strategy is Strategy.REARCHITECT


def test_relocate_counts_as_rehost_when_it_is_switched_off() -> None:
    facts = facts_from_json({"virtualised": "vmware", "goals": "keep using vCenter"})
    assert assess(facts, POLICY).strategy is Strategy.RELOCATE
    six = POLICY.with_palette({Strategy.RELOCATE: Strategy.REHOST, Strategy.REARCHITECT: Strategy.REFACTOR})
    assert assess(facts, six).strategy is Strategy.REHOST


def test_a_goal_that_matters_more_raises_what_serves_it() -> None:
    facts = facts_from_json({"goals": ["move fast", "managed database"]})
    share = {
        speed: {r.strategy: r.score for r in assess(facts, POLICY.with_goals({"speed": speed})).ranking}[
            Strategy.REHOST
        ]
        for speed in (1, 3, 5)
    }
    assert share[1] < share[3] < share[5]


@pytest.mark.parametrize("sliders", [{"speed": 6}, {"speed": 0}, {"beauty": 3}])
def test_an_impossible_goal_is_refused(sliders: dict[str, int]) -> None:
    with pytest.raises(BadInput):
        POLICY.with_goals(sliders)


def test_a_weight_can_be_changed_for_one_migration() -> None:
    facts = facts_from_json({"virtualised": True, "os_out_of_support": False})
    heavier = POLICY.with_weights({"virtual": {Strategy.RETAIN: 9.0}})
    assert assess(facts, POLICY).strategy is Strategy.REHOST
    assert assess(facts, heavier).strategy is Strategy.RETAIN
    with pytest.raises(BadInput):
        POLICY.with_weights({"no such signal": {}})


def test_a_close_call_is_less_robust_than_a_clear_one() -> None:
    close = robustness(facts_from_json({"goals": ["lift and shift", "managed database"]}), POLICY, seed=3)
    clear = robustness(facts_from_json({"actively_used": False, "legal_retention": False}), POLICY, seed=3)
    assert close is not None
    assert clear is not None
    assert close.share < clear.share == 1.0
    assert close.instead is not None


def test_two_facts_are_named_when_no_single_one_turns_the_answer() -> None:
    answer = recommend(decommission_date="2027-03-31", successor_live=True, actively_used=False, legal_retention=False)
    assert answer.strategy is Strategy.RETIRE
    assert answer.would_change
    assert all(len(change.changes) <= 2 and change.becomes is not Strategy.RETIRE for change in answer.would_change)
