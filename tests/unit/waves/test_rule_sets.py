from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core import waves
from platform_core.domain.waves import Freeze, Link, Order, Pin, PlannedAsset, Portfolio, Rules
from tests.unit.waves.portfolios import cases, estate, keeps, portfolio, portfolios


@settings(max_examples=40, deadline=None)
@given(portfolios(), st.integers(1, 4))
def test_the_eight_conditions_always_have_a_plan(small: Portfolio, count: int) -> None:
    rules = waves.eight_conditions(small, count)
    plan = waves.plan(small, rules, effort="fast")
    assert plan.possible
    assert waves.check(small, rules, plan.wave_of) == ()


def test_the_eight_conditions_leave_room_for_critical_assets_that_need_each_other() -> None:
    critical = [PlannedAsset(f"{name}-0", name, critical=True) for name in ("Ledger", "Portal")]
    light = [Link(f"Archive-{n}", f"Archive-{n + 1}", 0.5) for n in range(8)]
    links = (*light, Link("Ledger-0", "Portal-0", 1.0), Link("Portal-0", "Ledger-0", 1.0))
    plain = [PlannedAsset(f"Archive-{n}", f"Archive {n}") for n in range(9)]
    rules = waves.eight_conditions(Portfolio((*critical, *plain), links), 4)
    assert waves.plan(Portfolio((*critical, *plain), links), rules, effort="fast").possible


def test_the_eight_conditions_put_the_critical_late_and_fill_every_wave() -> None:
    middle, _ = estate(60, seed=3)
    rules = waves.eight_conditions(middle, 6)
    plan = waves.plan(middle, rules)
    assert plan.metrics is not None
    assert rules.smallest_wave > 0
    assert min(plan.metrics.effort_per_wave) >= rules.smallest_wave
    assert plan.metrics.critical_per_wave[0] <= min(plan.metrics.critical_per_wave[1:])


@settings(max_examples=40, deadline=None)
@given(cases)
def test_locked_waves_keep_exactly_what_they_hold(case: tuple[Portfolio, Rules]) -> None:
    small, rules = case
    before = waves.plan(small, rules, effort="fast")
    if not before.possible:
        return
    shut = waves.locked(small, rules, before.wave_of, (1,))
    after = waves.plan(small, shut, effort="fast", seed=5)
    assert after.waves[0] == before.waves[0]
    assert keeps(small, rules, after.wave_of)


def test_as_few_waves_as_fit_are_found() -> None:
    small = portfolio({"A": 3, "B": 3, "C": 3})
    rules = Rules(waves=9, capacity=(5.0,) * 9, order=(Order(before="A", after="B", strict=True),))
    assert waves.fewest_waves(small, rules) == 3
    assert waves.fewest_waves(small, Rules(waves=2, capacity=(2.0, 2.0)), most=4) is None


def test_the_price_of_a_rule_is_what_it_makes_the_plan_sever() -> None:
    linked = portfolio({"A": 1, "B": 1, "C": 1, "D": 1}, (("A", "B", 3.0), ("C", "D", 1.0)))
    rules = Rules(
        waves=2,
        frozen=(Freeze(applications=("C",), waves=(1,)),),
        pins=(Pin(application="A", wave=1), Pin(application="B", wave=2)),
    )
    plan = waves.plan(linked, rules)
    prices = {price.rules: price.points for price in waves.rule_prices(linked, rules, plan.wave_of)}
    assert prices == {"A moves in wave 1.": 0.75, "B moves in wave 2.": 0.75, "C may not move in wave 1.": 0.0}


def test_rules_of_which_there_are_many_are_priced_as_one() -> None:
    middle, rules = estate(40, seed=2)
    plan = waves.plan(middle, rules, effort="fast")
    prices = {price.rules: price.points for price in waves.rule_prices(middle, rules, plan.wave_of)}
    assert f"All {len(rules.order)} order rules" in prices
    assert prices["Capacities of all waves"] > 0
    assert all(points >= 0 for points in prices.values())
