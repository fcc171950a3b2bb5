"""A draft carried over to a newer version of the policy."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.services.knowledge import policy
from platform_core.services.policy_drafts import rebased
from platform_core.services.policy_editor import with_offered, with_settings, with_thresholds, with_weights

SIGNALS = [signal.name for signal in policy().signals][:3]
BOUND = next(t.name for tests in policy().thresholds.values() for t in tests if t.bounds)


@st.composite
def changes(draw: st.DrawFn) -> PolicyChange:
    goals = draw(st.dictionaries(st.sampled_from(sorted(policy().goals)[:2]), st.integers(1, 5)))
    values = st.sampled_from((-9.0, 0.5, 9.0))
    edits = draw(st.lists(st.tuples(st.sampled_from(SIGNALS), st.sampled_from(list(Strategy)[:2]), values), max_size=3))
    change = with_weights(PolicyChange(goals=goals), edits)
    change = with_thresholds(change, [(BOUND, 0, value) for value in draw(st.lists(values, max_size=1))])
    change = with_settings(change, draw(st.dictionaries(st.just("temperature"), st.sampled_from((0.5, 2.0)))))
    return draw(st.sampled_from((change, with_offered(change, []))))


@given(changes(), changes())
def test_without_another_version_a_draft_stays_and_without_a_draft_the_version_stands(
    before: PolicyChange, other: PolicyChange
) -> None:
    kept = rebased(before, other, before)
    assert rebased(kept.change, other, kept.change).change == kept.change, "carried over, it says what it said"
    assert kept.collided == 0
    assert rebased(before, before, other) == rebased(other, other, other)


@given(changes(), changes(), changes())
def test_what_only_the_draft_changes_is_carried_over_and_what_both_change_stands_as_in_the_version(
    before: PolicyChange, draft: PolicyChange, latest: PolicyChange
) -> None:
    found = rebased(before, draft, latest)
    was, mine, now, then = (
        {goal: change.goals.get(goal, 3) for goal in policy().goals} for change in (before, draft, latest, found.change)
    )
    assert then == {goal: mine[goal] if now[goal] == was[goal] else now[goal] for goal in now}
    assert rebased(latest, found.change, latest).collided == 0
