from __future__ import annotations

import pytest
from hypothesis import given, settings

from platform_core import waves
from platform_core.domain.waves import Order, Portfolio, Rules
from platform_core.waves.applications import read_applications
from platform_core.waves.bounds import lower_bound
from platform_core.waves.instance import build_instance
from platform_core.waves.windows import narrow
from tests.unit.waves.portfolios import cases, estate, every_assignment, keeps, portfolio


@settings(max_examples=100, deadline=None)
@given(cases)
def test_no_clean_plan_severs_less_than_the_bound(case: tuple[Portfolio, Rules]) -> None:
    small, rules = case
    instance = build_instance(read_applications(small), rules)
    bound = lower_bound(instance, narrow(instance))
    for wave_of in every_assignment(small, rules.waves):
        if keeps(small, rules, wave_of):
            cut = sum(link.weight for link in small.links if wave_of[link.source] != wave_of[link.target])
            assert bound <= cut + 1e-9


def test_links_against_a_strict_order_must_be_severed() -> None:
    linked = portfolio({"A": 1, "B": 1, "C": 1}, (("A", "B", 3.0), ("B", "C", 1.0)))
    plan = waves.plan(linked, Rules(waves=3, order=(Order(before="A", after="B", strict=True),)))
    assert plan.metrics is not None
    assert plan.metrics.lower_bound_share == pytest.approx(0.75)
    assert plan.metrics.cut_share == pytest.approx(0.75)


def test_a_dense_portfolio_has_a_bound_well_above_nothing_and_below_the_plan() -> None:
    dense, rules = estate(60, seed=4)
    metrics = waves.plan(dense, rules).metrics
    assert metrics is not None
    assert metrics.lower_bound_share is not None
    assert 0.2 * metrics.cut_share < metrics.lower_bound_share <= metrics.cut_share


@settings(max_examples=60, deadline=None)
@given(cases)
def test_a_plan_said_to_be_optimal_severs_least_of_all_clean_ones(case: tuple[Portfolio, Rules]) -> None:
    small, rules = case
    plan = waves.plan(small, rules)
    if plan.metrics is None or not plan.metrics.proven_optimal:
        return
    clean = [at for at in every_assignment(small, rules.waves) if keeps(small, rules, at)]
    least = min(waves.measure(small, rules, at).cut_share for at in clean)
    assert plan.metrics.cut_share == pytest.approx(least, abs=1e-6)


def test_a_small_plan_is_proved_to_be_optimal_and_a_worse_one_is_not() -> None:
    ring = portfolio({f"A{n}": 1 for n in range(9)}, tuple((f"A{n}", f"A{(n + 1) % 9}", 1.0 + n) for n in range(9)))
    rules = Rules(waves=3, capacity=(3.0, 3.0, 3.0))
    plan = waves.plan(ring, rules)
    assert plan.metrics is not None
    assert plan.metrics.proven_optimal
    assert plan.metrics.lower_bound_share == pytest.approx(plan.metrics.cut_share) == 12 / 45
    worse = {f"A{n}-0": n % 3 + 1 for n in range(9)}
    bound = {"lower_bound_share": plan.metrics.lower_bound_share}
    assert not waves.measure(ring, rules, worse).model_copy(update=bound).proven_optimal


def test_where_no_proof_is_in_reach_the_bound_stays_a_bound() -> None:
    metrics = waves.plan(*estate(60, seed=4)).metrics
    assert metrics is not None
    assert not metrics.proven_optimal
