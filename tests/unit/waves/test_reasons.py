from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core import waves
from platform_core.domain.waves import Freeze, Link, Order, Pilot, Pin, PlannedAsset, Portfolio, Rules
from platform_core.errors import BadInput, NotFound
from tests.unit.waves.portfolios import cases, keeps, portfolio, portfolios


def test_move_groups_join_what_is_tied_and_say_why() -> None:
    estate = portfolio({"A": 2, "B": 1, "C": 1, "D": 1, "E": 1, "F": 1})
    rules = Rules(
        waves=3,
        together=(("B", "A"),),
        order=(
            Order(before="C", after="D"),
            Order(before="D", after="B"),
            Order(before="B", after="C"),
            Order(before="E", after="F"),
        ),
    )
    groups = {group.name: group for group in waves.move_groups(estate, rules)}
    assert set(groups) == {"A", "E", "F"}
    assert groups["A"].applications == ("A", "B", "C", "D")
    assert groups["A"].reasons[0] == "together rule: B, A"
    assert groups["A"].reasons[1].startswith("order cycle: ")
    assert groups["E"].reasons == ()


def test_options_say_the_first_rule_in_the_way_or_what_the_move_severs() -> None:
    assets = (
        PlannedAsset("erp", "ERP", team="core", critical=True, risk=0.9, effort=4.0),
        PlannedAsset("crm", "CRM", team="core", effort=2.0),
        PlannedAsset("web", "Web", effort=1.0),
        PlannedAsset("log", "Log", effort=5.0),
    )
    estate = Portfolio(assets, ())
    rules = Rules(
        waves=5,
        capacity=(9.0, 9.0, 9.0, 6.0, 9.0),
        team_capacity={"core": 5.0},
        pilot=Pilot(waves=(1,), max_risk=0.5),
        order=(Order(before="Web", after="ERP", strict=True),),
        frozen=(Freeze(applications=("ERP",), waves=(5,)),),
    )
    rows = waves.options(estate, rules, {"erp": 3, "crm": 2, "web": 1, "log": 4}, "ERP")
    assert [row.wave for row in rows] == [1, 2, 3, 4, 5]
    assert "pilot wave 1" in rows[0].forbidden_by[0]
    assert rows[0].forbidden_by[1:] == ("Web moves in an earlier wave than ERP, and Web is in wave 1.",)
    assert rows[1].forbidden_by == ("core lacks 1 effort points in wave 2.",)
    assert rows[2].forbidden_by == ()
    assert rows[2].cut_change == 0.0
    assert rows[3].forbidden_by == ("Wave 4 lacks 3 effort points of room.",)
    assert rows[4].forbidden_by == ("ERP is frozen in wave 5.",)


def test_options_give_the_severed_weight_gained_or_saved() -> None:
    estate = portfolio({"A": 1, "B": 1, "C": 1}, (("A", "B", 5.0), ("C", "A", 2.0)))
    rows = waves.options(estate, Rules(waves=3), {"A-0": 1, "B-0": 2, "C-0": 1}, "A")
    assert [row.cut_change for row in rows] == [0.0, -3.0, 2.0]


def test_options_name_the_other_end_of_an_order_rule_and_its_wave() -> None:
    rules = Rules(waves=3, order=(Order(before="A", after="B", strict=True),))
    rows = waves.options(portfolio({"A": 1, "B": 1}), rules, {"A-0": 1, "B-0": 2}, "A")
    assert rows[1].forbidden_by == ("A moves in an earlier wave than B, and B is in wave 2.",)


def test_options_of_an_unknown_application_are_not_found() -> None:
    with pytest.raises(NotFound):
        waves.options(portfolio({"A": 1}), Rules(waves=1), {"A-0": 1}, "Ghost")


@settings(max_examples=30, deadline=None)
@given(cases, st.data())
def test_options_agree_with_a_recount(case: tuple[Portfolio, Rules], data: st.DataObject) -> None:
    estate, rules = case
    plan = waves.plan(estate, rules, effort="fast")
    if not plan.possible:
        return
    name = data.draw(st.sampled_from(sorted({asset.application for asset in estate.assets})))
    group = next(group for group in plan.groups if name in group.applications)
    for row in waves.options(estate, rules, plan.wave_of, name):
        moved = {a.asset_id: row.wave for a in estate.assets if a.application in group.applications}
        there = plan.wave_of | moved
        assert (not row.forbidden_by) == keeps(estate, rules, there)
        if row.cut_change is not None:
            change = _severed(estate, there) - _severed(estate, plan.wave_of)
            assert row.cut_change == pytest.approx(change)


def _severed(estate: Portfolio, wave_of: dict[str, int]) -> float:
    return sum(link.weight for link in estate.links if wave_of[link.source] != wave_of[link.target])


@settings(max_examples=30, deadline=None)
@given(portfolios(), st.none() | st.integers(1, 9))
def test_suggested_rules_can_always_be_kept(estate: Portfolio, count: int | None) -> None:
    rules = waves.suggest_rules(estate, count)
    assert count is None or rules.waves == count
    plan = waves.plan(estate, rules, effort="fast")
    assert plan.possible
    assert keeps(estate, rules, plan.wave_of)


def test_suggested_rules_for_an_ordinary_portfolio_have_a_small_careful_pilot_wave() -> None:
    assets = tuple(
        PlannedAsset(f"s{n:03d}", f"app-{n % 60:02d}", critical=n % 60 > 50, risk=n % 60 / 60) for n in range(300)
    )
    rules = waves.suggest_rules(Portfolio(assets, ()))
    assert rules.waves == 6
    assert rules.pilot is not None
    assert rules.pilot.waves == (1,)
    assert not rules.pilot.critical_allowed
    assert rules.pilot.max_risk < 0.4
    assert rules.capacity[0] < 0.5 * rules.capacity[1]
    assert sum(rules.capacity[1:]) >= 1.2 * 300


def test_suggested_rules_for_nothing_are_one_wave() -> None:
    assert waves.suggest_rules(Portfolio((), ())).waves == 1


def test_measure_counts_shares_over_links_between_groups_and_loads_by_wave() -> None:
    assets = (
        PlannedAsset("a1", "A", effort=3.0, risk=0.2),
        PlannedAsset("a2", "A", effort=1.0, risk=0.6, critical=True),
        PlannedAsset("b1", "B", effort=0.0, risk=0.5),
    )
    links = (Link("a1", "a2", 9.0), Link("a1", "b1", 2.0), Link("b1", "a2", 1.0))
    metrics = waves.measure(Portfolio(assets, links), Rules(waves=3), {"a1": 1, "a2": 1, "b1": 2})
    assert metrics.cut_share == 1.0
    assert metrics.first_fit_cut_share == 0.0
    assert metrics.effort_per_wave == (4.0, 0.0, 0.0)
    assert metrics.critical_per_wave == (1, 0, 0)
    assert metrics.risk_per_wave == pytest.approx((0.3, 0.5, 0.0))
    assert metrics.violations == 0


def test_measure_refuses_rules_about_unknown_applications() -> None:
    with pytest.raises(BadInput):
        waves.measure(portfolio({"A": 1}), Rules(waves=1, pins=(Pin(application="B", wave=1),)), {})
