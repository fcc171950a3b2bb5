"""Editing the policy: every edit is a difference from the shipped one, and none when it says the same."""

from __future__ import annotations

from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.services import policy_editor
from platform_core.services.assessment import changed_policy
from platform_core.services.knowledge import policy

SHIPPED = PolicyChange()


def test_what_can_be_edited_is_what_the_policy_goes_by() -> None:
    edited = policy_editor.editable(SHIPPED)
    assert [signal.name for signal in edited.signals] == [signal.name for signal in policy().signals]
    assert not any(signal.changed for signal in edited.signals)
    assert all(bound.value == bound.shipped for bound in (*edited.thresholds, *edited.settings))
    assert edited.offered == policy().offered


def test_an_edited_weight_counts_and_is_marked() -> None:
    change = policy_editor.with_weights(SHIPPED, [("unused", Strategy.RETIRE, 1.25)])
    weights = {signal.name: signal for signal in policy_editor.editable(change).signals}
    assert (weights["unused"].weights[Strategy.RETIRE], weights["unused"].changed) == (1.25, True)
    shipped = {signal.name: signal for signal in policy_editor.editable(SHIPPED).signals}
    back = [("unused", Strategy.RETIRE, shipped["unused"].weights[Strategy.RETIRE])]
    assert policy_editor.with_weights(change, back) == SHIPPED


def test_edits_that_say_what_is_shipped_are_no_difference() -> None:
    edited = policy_editor.editable(SHIPPED)
    weights = [(s.name, strategy, weight) for s in edited.signals for strategy, weight in s.weights.items()]
    change = policy_editor.with_weights(SHIPPED, weights)
    change = policy_editor.with_thresholds(change, [(b.name, b.part, b.shipped) for b in edited.thresholds])
    change = policy_editor.with_settings(change, {b.name: b.shipped for b in edited.settings})
    assert policy_editor.with_offered(change, edited.offered) == SHIPPED


def test_one_bound_of_two_can_be_moved() -> None:
    change = policy_editor.with_thresholds(SHIPPED, [("hardly_used by user_count", 1, 9.0)])
    assert change.thresholds == {"hardly_used by user_count": (1.0, 9.0)}
    moved = {(b.name, b.part): b.value for b in policy_editor.editable(change).thresholds}
    assert moved["hardly_used by user_count", 1] == 9.0


def test_a_strategy_that_is_switched_off_counts_as_another() -> None:
    change = policy_editor.with_offered(SHIPPED, [])
    assert {Strategy.RELOCATE, Strategy.REARCHITECT}.isdisjoint(changed_policy(change).offered)
    both = policy_editor.with_offered(SHIPPED, [Strategy.RELOCATE, Strategy.REARCHITECT])
    assert changed_policy(both).offered == tuple(Strategy)
