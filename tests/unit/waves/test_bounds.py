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
