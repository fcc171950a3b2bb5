"""Facts and decisions that cannot both stand are told, not smoothed over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.strategy import Call, Strategy
from platform_core.reference import DATA
from platform_core.strategy import assess, between, facts_from_json, load_policy
from platform_core.strategy.contradictions import MOVING

POLICY = load_policy(DATA)
DECIDED = st.dictionaries(st.sampled_from("abcd"), st.none() | st.sampled_from(list(Strategy)))
LINKS = st.lists(st.builds(Call, source=st.sampled_from("abcd"), target=st.sampled_from("abcd"), hard=st.booleans()))


def link(source: str, target: str, *, hard: bool = True) -> Call:
    return Call(source=source, target=target, hard=hard, text="SQL Server queries")


def test_a_retained_application_with_a_hard_link_to_a_moving_one_is_told_in_either_direction() -> None:
    decided = {"erp": Strategy.RETAIN, "shop": Strategy.REHOST}
    for found in (between(decided, [link("erp", "shop")]), between(decided, [link("shop", "erp")])):
        assert [(item.subject, item.other) for item in found] == [("erp", "shop")]
        assert "SQL Server queries" in found[0].text
        assert "rehost" in found[0].text


def test_a_soft_link_may_cross_the_wide_area() -> None:
    assert not between({"erp": Strategy.RETAIN, "shop": Strategy.REHOST}, [link("erp", "shop", hard=False)])


def test_a_retired_application_that_others_go_on_calling_is_told_even_over_a_soft_link() -> None:
    found = between({"old": Strategy.RETIRE, "shop": Strategy.RETAIN}, [link("shop", "old", hard=False)])
    assert [item.subject for item in found] == ["old"]


def test_names_stand_for_keys_where_they_are_known() -> None:
    decided = {"erp": Strategy.RETAIN, "shop": Strategy.REHOST}
    found = between(decided, [link("erp", "shop")], {"erp": "Group ERP", "shop": "Web shop"})
    assert found[0].text.startswith("Group ERP stays, but Web shop")


@given(DECIDED, LINKS)
def test_only_retained_or_retired_applications_are_contradicted_each_pair_once(
    decided: dict[str, Strategy | None], links: list[Call]
) -> None:
    found = between(decided, links)
    assert len({(item.subject, item.other) for item in found}) == len(found)
    for item in found:
        assert decided[item.subject] in {Strategy.RETAIN, Strategy.RETIRE}
        if decided[item.subject] is Strategy.RETAIN:
            assert decided[str(item.other)] in MOVING


def test_facts_that_exclude_each_other_are_told_with_their_values() -> None:
    facts = facts_from_json({"actively_used": False, "user_count": 500})
    told = [item.text for item in assess(facts, POLICY, explain=False).contradictions]
    assert any("actively used: no" in text and "user count: 500" in text for text in told)


def test_facts_that_agree_contradict_nothing() -> None:
    facts = facts_from_json({"actively_used": True, "user_count": 500, "unique_function": True})
    assert not assess(facts, POLICY, explain=False).contradictions
