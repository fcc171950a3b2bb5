from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core import waves
from platform_core.domain.waves import (
    Freeze,
    Link,
    Objective,
    Order,
    Pilot,
    Pin,
    PlannedAsset,
    Portfolio,
    RuleKind,
    Rules,
    Staging,
    Wish,
)
from platform_core.waves.rulebook import clauses, hard
from tests.unit.waves.portfolios import cases, every_assignment, keeps, portfolio

PAIR = portfolio({"A": 1, "B": 1}, (("A", "B", 4.0),))


@pytest.mark.parametrize(("price", "kept"), [(3.0, False), (5.0, True)])
def test_a_wish_is_kept_when_it_is_worth_more_than_what_keeping_it_severs(price: float, kept: bool) -> None:
    rules = Rules(waves=2, apart=(("A", "B"),), wishes=(Wish(kind=RuleKind.APART, price=price),))
    plan = waves.plan(PAIR, rules)
    assert (plan.wave_of["A-0"] != plan.wave_of["B-0"]) == kept
    unmet = waves.unmet_wishes(PAIR, rules, plan.wave_of)
    assert [wish.cost for wish in unmet] == ([] if kept else [price])


@pytest.mark.parametrize(
    ("rules", "cost"),
    [
        ({"order": (Order(before="B", after="A", strict=True),)}, 2.0),
        ({"together": (("A", "B"),)}, 1.0),
        ({"apart": (("A", "C"),)}, 1.0),
        ({"capacity": (1.5, 9.0)}, 0.5),
        ({"max_critical_per_wave": 0}, 1.0),
        ({"team_capacity": {"net": 0.25}}, 0.75),
        ({"pilot": Pilot(waves=(1,), max_risk=0.5)}, 1.0),
        ({"staging": Staging(until=1)}, 1.0),
        ({"frozen": (Freeze(applications=("A", "C"), waves=(1,)),)}, 2.0),
        ({"pins": (Pin(application="B", wave=1),)}, 1.0),
        ({"smallest_wave": 1.75}, 0.75),
    ],
)
def test_every_kind_of_rule_can_be_a_wish_and_says_what_it_costs_unmet(rules: dict, cost: float) -> None:
    estate = Portfolio(
        (
            PlannedAsset("a", "A", team="net", critical=True, risk=0.9, production=True),
            PlannedAsset("b", "B", production=True),
            PlannedAsset("c", "C", production=False),
        ),
        (),
    )
    wished = Rules(waves=2, **rules)
    wished = wished.model_copy(
        update={"wishes": tuple(Wish(kind=c.kind, place=c.place, price=1.0) for c in clauses(wished))}
    )
    wave_of = {"a": 1, "b": 2, "c": 1}
    assert waves.check(estate, wished, wave_of) == ()
    assert sum(wish.cost for wish in waves.unmet_wishes(estate, wished, wave_of)) == pytest.approx(cost)


@settings(max_examples=60, deadline=None)
@given(cases)
def test_rules_that_are_all_wishes_always_have_a_plan(case: tuple[Portfolio, Rules]) -> None:
    small, rules = case
    every = tuple(Wish(kind=c.kind, place=c.place, price=2.0) for c in clauses(rules))
    wished = rules.model_copy(update={"wishes": every})
    plan = waves.plan(small, wished, effort="fast")
    assert plan.possible
    assert sorted(plan.wave_of) == sorted(asset.asset_id for asset in small.assets)
    unmet = waves.unmet_wishes(small, wished, plan.wave_of)
    assert (unmet == ()) == keeps(small, rules, plan.wave_of)


@settings(max_examples=40, deadline=None)
@given(cases, st.sampled_from([0.5, 3.0, 20.0]))
def test_a_small_plan_with_wishes_costs_as_little_as_any(case: tuple[Portfolio, Rules], price: float) -> None:
    small, rules = case
    small = Portfolio(small.assets[:4], tuple(k for k in small.links if {k.source, k.target} <= _ids(small.assets[:4])))
    named = {asset.application for asset in small.assets}
    rules = Rules(
        waves=rules.waves,
        order=tuple(order for order in rules.order if {order.before, order.after} <= named),
        frozen=tuple(freeze for freeze in rules.frozen if set(freeze.applications) <= named),
    )
    rules = rules.model_copy(
        update={"wishes": tuple(Wish(kind=c.kind, place=c.place, price=price) for c in clauses(rules))}
    )
    plan = waves.plan(small, rules)
    best = min(_cost(small, rules, at) for at in every_assignment(small, rules.waves) if keeps(small, hard(rules), at))
    assert _cost(small, rules, plan.wave_of) == pytest.approx(best)


def _ids(assets: tuple[PlannedAsset, ...]) -> set[str]:
    return {asset.asset_id for asset in assets}


def _cost(estate: Portfolio, rules: Rules, wave_of: dict[str, int]) -> float:
    severed = sum(link.weight for link in estate.links if wave_of[link.source] != wave_of[link.target])
    return severed + sum(wish.cost for wish in waves.unmet_wishes(estate, rules, wave_of))


def test_early_risk_moves_the_risky_late() -> None:
    assets = tuple(PlannedAsset(f"a{n}", f"A{n}", risk=0.9 if n < 3 else 0.1) for n in range(6))
    rules = Rules(waves=2, capacity=(3.0, 3.0), objective=Objective(early_risk=5.0))
    plan = waves.plan(Portfolio(assets, ()), rules)
    assert {plan.wave_of[f"a{n}"] for n in range(3)} == {2}


def test_distance_brings_what_must_be_severed_into_neighbouring_waves() -> None:
    assets = tuple(PlannedAsset(f"a{n}", f"A{n}") for n in range(6))
    links = tuple(Link(f"a{n}", f"a{n + 1}", 3.0) for n in range(5))
    rules = Rules(waves=6, capacity=(1.0,) * 6, objective=Objective(distance=1.0))
    plan = waves.plan(Portfolio(assets, links), rules)
    assert sum(abs(plan.wave_of[link.source] - plan.wave_of[link.target]) for link in links) == 5


def test_every_wave_holds_its_smallest_size() -> None:
    estate = portfolio({f"A{n}": 2 for n in range(9)}, tuple((f"A{n}", f"A{n + 1}", 1.0) for n in range(8)))
    plan = waves.plan(estate, Rules(waves=3, smallest_wave=4.0))
    assert plan.metrics is not None
    assert min(plan.metrics.effort_per_wave) >= 4.0


@pytest.mark.parametrize(("price", "filled"), [(0.5, False), (5.0, True)])
def test_a_smallest_size_that_is_a_wish_is_kept_when_it_is_worth_what_it_severs(price: float, filled: bool) -> None:
    pairs = portfolio({"A": 2, "B": 2, "C": 2}, (("A", "B", 3.0), ("B", "C", 3.0)))
    rules = Rules(waves=2, smallest_wave=2.0, wishes=(Wish(kind=RuleKind.FLOOR, price=price),))
    plan = waves.plan(pairs, rules)
    assert plan.metrics is not None
    assert (min(plan.metrics.effort_per_wave) >= 2.0) == filled
    assert [wish.cost for wish in waves.unmet_wishes(pairs, rules, plan.wave_of)] == ([] if filled else [1.0])


def test_a_moved_group_keeps_its_wave_for_the_price_of_stability() -> None:
    before = {"A-0": 1, "B-0": 2}
    assert waves.plan(PAIR, Rules(waves=2, objective=Objective(stability=9.0)), previous=before).wave_of == before
    light = Rules(waves=2, objective=Objective(stability=0.0))
    assert len(set(waves.plan(PAIR, light, previous=before).wave_of.values())) == 1


def test_a_wish_about_a_rule_that_is_not_there_says_nothing() -> None:
    rules = Rules(waves=2, wishes=(Wish(kind=RuleKind.ORDER, place=7, price=1.0),))
    assert waves.plan(PAIR, rules).possible
