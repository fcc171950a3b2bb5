from __future__ import annotations

import pytest
from hypothesis import given, settings

from platform_core import waves
from platform_core.domain.waves import Freeze, Order, Pilot, Pin, PlannedAsset, Portfolio, Rules, Wish
from platform_core.waves.applications import read_applications
from platform_core.waves.exact import Verdict, solve_exactly
from platform_core.waves.instance import build_instance
from platform_core.waves.rulebook import hard
from platform_core.waves.windows import narrow
from tests.unit.waves.portfolios import can_be_kept, cases, portfolio


def conflict(portfolio: Portfolio, rules: Rules) -> tuple[str, ...]:
    plan = waves.plan(portfolio, rules)
    assert not plan.possible
    assert plan.waves == ()
    assert plan.metrics is None
    assert all(found.proven_minimal for found in plan.conflicts)
    return plan.conflicts[0].rules


def test_two_pins_against_an_order_rule_are_named_with_it_and_nothing_else() -> None:
    estate = portfolio({"Ledger": 2, "Portal": 3, "Payroll": 1, "Archive": 4})
    rules = Rules(
        waves=4,
        capacity=(5.0, 5.0, 5.0, 5.0),
        max_critical_per_wave=3,
        order=(
            Order(before="Ledger", after="Portal", strict=True),
            Order(before="Payroll", after="Archive"),
        ),
        frozen=(Freeze(applications=("Archive",), waves=(1,)),),
        pins=(Pin(application="Ledger", wave=3), Pin(application="Portal", wave=2), Pin(application="Payroll", wave=1)),
    )
    assert set(conflict(estate, rules)) == {
        "Ledger moves in wave 3.",
        "Portal moves in wave 2.",
        "Ledger moves in an earlier wave than Portal.",
    }


def test_pins_that_overfill_a_wave_are_named_with_its_capacity_and_no_more_pins_than_needed() -> None:
    names = [f"app-{number:02d}" for number in range(12)]
    rules = Rules(waves=3, capacity=(30.0, 20.0, 30.0), pins=tuple(Pin(application=n, wave=2) for n in names))
    said = conflict(portfolio(dict.fromkeys(names, 4)), rules)
    assert "Wave 2 holds at most 20 effort points." in said
    assert len(said) == 7


def test_three_conflicts_are_found_each_with_its_ways_out_the_least_binding_first() -> None:
    sizes = {"A": 1, "B": 5, "C": 2, "D": 4, "E": 3, "F": 3}
    rules = Rules(
        waves=4,
        order=tuple(Order(before=a, after=b, strict=True) for a, b in ("AB", "CD", "EF")),
        pins=tuple(Pin(application=name, wave=wave) for name, wave in zip("ABCDEF", (3, 2) * 3, strict=True)),
    )
    conflicts = waves.plan(portfolio(sizes), rules).conflicts
    assert len(conflicts) == 3
    assert [found.ways_out[0].rule for found in conflicts] == [
        "A moves in wave 3.",
        "C moves in wave 3.",
        "E moves in wave 3.",
    ]
    assert [way.reach for way in conflicts[0].ways_out] == [1.0, 5.0, 6.0]
    assert not any(way.enough for found in conflicts for way in found.ways_out), "each leaves two other conflicts"
    assert conflicts[0].reason == "A may move in wave 3, but the order of moves leaves it wave 1."


@settings(max_examples=60, deadline=None)
@given(cases)
def test_a_way_out_leads_to_a_plan_or_to_the_conflict_that_was_behind_it(case: tuple[Portfolio, Rules]) -> None:
    small, rules = case
    plan = waves.plan(small, rules, effort="fast")
    for found in plan.conflicts[:1]:
        for way in found.ways_out:
            loose = rules.model_copy(update={"wishes": (*rules.wishes, Wish(kind=way.kind, place=way.place, price=1))})
            after = waves.plan(small, loose, effort="fast")
            assert after.possible == can_be_kept(small, hard(loose))


def test_a_strict_rule_inside_a_cycle_is_named_with_the_cycle() -> None:
    rules = Rules(
        waves=5,
        order=(Order(before="A", after="B", strict=True), Order(before="B", after="C"), Order(before="C", after="A")),
    )
    assert len(conflict(portfolio({"A": 1, "B": 1, "C": 1, "D": 1}), rules)) == 3


def test_a_chain_longer_than_the_plan_is_named() -> None:
    order = tuple(Order(before=a, after=b, strict=True) for a, b in ("AB", "BC", "CD"))
    said = conflict(portfolio(dict.fromkeys("ABCDE", 1)), Rules(waves=3, order=order))
    assert len(said) == 3
    assert all("in an earlier wave than" in sentence for sentence in said)


def test_an_application_that_fits_no_wave_is_named_by_the_capacities() -> None:
    said = conflict(portfolio({"Monolith": 30, "Portal": 2}), Rules(waves=4, capacity=(10.0, 20.0, 20.0, 20.0)))
    assert said == ("Wave 1 holds at most 10 effort points.", "Waves 2 to 4 hold at most 20 effort points each.")


def test_applications_tied_together_beyond_every_wave_are_named() -> None:
    rules = Rules(waves=2, capacity=(6.0, 6.0), together=(("A", "B"), ("C", "D")))
    said = conflict(portfolio({"A": 4, "B": 4, "C": 1, "D": 1}), rules)
    assert "A and B move together." in said
    assert "C and D move together." not in said


def test_a_group_with_too_many_critical_assets_is_named_by_the_cap() -> None:
    assets = tuple(PlannedAsset(f"erp-{n}", "ERP", critical=True) for n in range(4))
    assert conflict(Portfolio(assets, ()), Rules(waves=3, max_critical_per_wave=3)) == (
        "At most 3 critical assets move in a wave.",
    )


def test_a_team_without_the_time_is_named() -> None:
    assets = tuple(PlannedAsset(f"{name}-0", name, team="net", effort=3.0) for name in "ABC")
    rules = Rules(waves=2, team_capacity={"net": 4.0, "db": 1.0})
    assert conflict(Portfolio(assets, ()), rules) == ("net does at most 4 effort points in a wave.",)


def test_a_pilot_wave_that_takes_nothing_is_named_when_the_other_wave_is_frozen() -> None:
    assets = (PlannedAsset("a", "A", risk=0.9), PlannedAsset("b", "B", risk=0.1))
    rules = Rules(
        waves=2,
        pilot=Pilot(waves=(1,), max_risk=0.5),
        frozen=(Freeze(applications=("A", "B"), waves=(2,)),),
    )
    assert set(conflict(Portfolio(assets, ()), rules)) == {
        "A and B may not move in wave 2.",
        "In pilot wave 1 only applications with a risk up to 0.5 and no critical assets move.",
    }


def test_a_packing_that_no_counting_refutes_is_refuted_by_proof() -> None:
    rules = Rules(waves=2, capacity=(5.0, 5.0))
    assert conflict(portfolio({"A": 3, "B": 3, "C": 3}), rules)


@pytest.mark.parametrize(("capacity", "verdict"), [(5.0, Verdict.IMPOSSIBLE), (6.0, Verdict.POSSIBLE)])
def test_cp_sat_proves_either_way(capacity: float, verdict: Verdict) -> None:
    estate = portfolio({"A": 3, "B": 3, "C": 3, "D": 1})
    instance = build_instance(read_applications(estate), Rules(waves=2, capacity=(capacity, capacity)))
    said, wave = solve_exactly(instance, narrow(instance))
    assert said is verdict
    assert (wave is not None) == (verdict is Verdict.POSSIBLE)


def test_a_conflict_says_the_groups_all_the_same() -> None:
    plan = waves.plan(portfolio({"A": 3, "B": 1}), Rules(waves=1, capacity=(1.0,)))
    assert [group.name for group in plan.groups] == ["A", "B"]
