"""A changed policy shows which recommendations would flip before it is applied."""

from __future__ import annotations

import pytest

from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.strategy import assess, compare, facts_from_json, load_policy

POLICY = load_policy(DATA)
PORTFOLIO = {
    "close": facts_from_json({"os_out_of_support": True, "virtualised": True, "minor_changes_ok": False}),
    "clear": facts_from_json({"actively_used": False, "legal_retention": False}),
    "empty": facts_from_json({}),
}


def test_the_same_policy_flips_nothing() -> None:
    preview = compare(POLICY, POLICY.changed(PolicyChange()), PORTFOLIO)
    assert preview.assessed == 3
    assert not preview.flips
    assert preview.share == 0


def test_every_flip_is_what_assessing_anew_would_say_and_nothing_else_changes() -> None:
    after = POLICY.changed(PolicyChange(goals={"speed": 1, "operations": 5}, weights={"unused": {Strategy.RETIRE: -4}}))
    flips = {flip.subject: (flip.before, flip.after) for flip in compare(POLICY, after, PORTFOLIO).flips}
    for subject, facts in PORTFOLIO.items():
        one, other = (assess(facts, policy, explain=False).strategy for policy in (POLICY, after))
        assert flips.get(subject, (one, one)) == (one, other)
    assert "clear" in flips


def test_a_palette_without_relocate_is_compared_like_any_other_change() -> None:
    estate = {"estate": facts_from_json({"virtualised": "vmware", "goals": "keep vCenter", "servers": 300})}
    change = PolicyChange(switched_off={Strategy.REARCHITECT: Strategy.REFACTOR, Strategy.RELOCATE: Strategy.REHOST})
    preview = compare(POLICY, POLICY.changed(change), estate)
    assert [(flip.before, flip.after) for flip in preview.flips] == [(Strategy.RELOCATE, Strategy.REHOST)]
    assert preview.share == 1


def test_another_threshold_reads_the_facts_anew() -> None:
    portfolio = {"rarely used": facts_from_json({"last_used_days": 70, "legal_retention": False})}
    earlier = POLICY.changed(PolicyChange(thresholds={"unused by last_used_days": (60.0,)}))
    flips = compare(POLICY, earlier, portfolio).flips
    assert [flip.after for flip in flips] == [Strategy.RETIRE]


def test_more_evidence_can_be_asked_for_before_anything_is_named() -> None:
    strict = POLICY.changed(PolicyChange(settings={"least_evidence": 50.0}))
    assert [flip.after for flip in compare(POLICY, strict, PORTFOLIO).flips if flip.subject == "clear"] == [None]


@pytest.mark.parametrize(
    "change",
    [
        PolicyChange(weights={"no such signal": {Strategy.RETIRE: 1}}),
        PolicyChange(weights={"unused": {Strategy.RETIRE: 1_000}}),
        PolicyChange(weights={"unused": {Strategy.RETIRE: float("nan")}}),
        PolicyChange(thresholds={"no such threshold": (1.0,)}),
        PolicyChange(thresholds={"unused by actively_used": (1.0,)}),
        PolicyChange(thresholds={"hardly_used by user_count": (5.0, 1.0)}),
        PolicyChange(thresholds={"unused by last_used_days": (1.0, 2.0)}),
        PolicyChange(settings={"no such number": 1.0}),
        PolicyChange(settings={"temperature": 0.0}),
        PolicyChange(settings={"least_evidence": -1.0}),
    ],
    ids=str,
)
def test_an_impossible_change_is_refused(change: PolicyChange) -> None:
    with pytest.raises(BadInput):
        POLICY.changed(change)
