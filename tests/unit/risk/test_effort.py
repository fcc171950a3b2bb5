"""Effort points and the factors they are the product of."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.risk import Effort
from platform_core.domain.strategy import Fact, Strategy
from platform_core.reference import DATA
from platform_core.risk import effort, load_drivers

DRIVERS = load_drivers(DATA)


def estimate(strategy: Strategy | None = Strategy.REHOST, **facts: Any) -> Effort:
    return effort({key: Fact(key=key, value=value) for key, value in facts.items()}, strategy, DRIVERS)


def test_points_are_the_product_of_the_factors() -> None:
    found = estimate(servers=10, databases=2, database_size_gb=900, inbound_dependencies=4, compliance_scope=["PCI"])
    assert found.factors == {
        "base": 1.0,
        "servers": pytest.approx(10**0.8, abs=1e-4),
        "database": 1.6,
        "interfaces": 1.2,
        "compliance": 1.2,
    }
    assert found.points == pytest.approx(math.prod(found.factors.values()), abs=0.01)
    assert found.unknown == ()


def test_what_is_not_known_is_neutral_and_named() -> None:
    found = estimate(None)
    assert found.points == DRIVERS.effort.base[None]
    assert found.unknown == ("strategy", "servers", "databases", "dependencies", "compliance")


def test_a_retained_application_takes_no_effort() -> None:
    assert estimate(Strategy.RETAIN, servers=40).points == 0


def test_known_to_have_no_database_is_not_unknown() -> None:
    found = estimate(databases=0)
    assert "databases" not in found.unknown
    assert found.factors["database"] == 1.0


@pytest.mark.parametrize(("servers", "tier"), [(1, "S"), (6, "M"), (20, "L"), (200, "XL")])
def test_tiers_follow_the_points(servers: int, tier: str) -> None:
    assert estimate(servers=servers).tier == tier


def test_more_change_takes_more_effort() -> None:
    order = [Strategy.RELOCATE, Strategy.REHOST, Strategy.REPLATFORM, Strategy.REFACTOR, Strategy.REARCHITECT]
    points = [estimate(strategy, servers=5).points for strategy in order]
    assert points == sorted(points)
    assert len(set(points)) == len(points)


@given(st.integers(1, 500), st.integers(1, 500))
def test_more_servers_take_more_effort_but_less_than_proportionally(few: int, more: int) -> None:
    low, high = estimate(servers=min(few, more)).points, estimate(servers=max(few, more)).points
    assert low <= high <= low * max(few, more) / min(few, more) + 0.02


@given(
    st.dictionaries(
        st.sampled_from(["servers", "databases", "database_size_gb", "compliance_scope"]), st.text() | st.floats()
    )
)
def test_odd_numbers_give_finite_points(raw: dict[str, Any]) -> None:
    assert math.isfinite(estimate(**raw).points)
