from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core import waves
from platform_core.domain.waves import Freeze, Order, Pilot, Pin, PlannedAsset, Portfolio, RuleKind, Rules
from platform_core.errors import BadInput
from tests.unit.waves.portfolios import cases, keeps, portfolio

ESTATE = Portfolio(
    (
        PlannedAsset("erp-1", "ERP", team="core", critical=True, risk=0.8, effort=3.0),
        PlannedAsset("erp-2", "ERP", team="db", critical=True, risk=0.2, effort=2.0),
        PlannedAsset("crm-1", "CRM", team="core", risk=0.1, effort=1.5),
        PlannedAsset("dns-1", "", risk=0.0, effort=1.0),
    ),
    (),
)
TIDY = {"erp-1": 2, "erp-2": 2, "crm-1": 1, "dns-1": 1}


@pytest.mark.parametrize(
    ("rules", "wave_of", "kind", "says"),
    [
        ({}, TIDY | {"crm-1": 3}, RuleKind.COMPLETE, "crm-1 is in wave 3"),
        ({}, {"erp-1": 2, "erp-2": 2, "dns-1": 1}, RuleKind.COMPLETE, "crm-1 is in no wave"),
        ({}, TIDY | {"erp-2": 1}, RuleKind.TOGETHER, "ERP are split over waves 1 and 2"),
        ({"together": (("CRM", "ERP"),)}, TIDY, RuleKind.TOGETHER, "must move together but are in waves 1 and 2"),
        ({"capacity": (9.0, 4.5)}, TIDY, RuleKind.CAPACITY, "Wave 2 holds 5 effort points, 0.5 above its 4.5"),
        ({"max_critical_per_wave": 1}, TIDY, RuleKind.CRITICAL_CAP, "Wave 2 moves 2 critical assets; at most 1"),
        ({"team_capacity": {"db": 1.0}}, TIDY, RuleKind.TEAM_CAP, "db has 2 effort points in wave 2, 1 too many"),
        ({"pilot": Pilot(waves=(2,), max_risk=0.5)}, TIDY, RuleKind.PILOT, "its risk of 0.8 is above 0.5"),
        ({"pilot": Pilot(waves=(2,), max_risk=0.9)}, TIDY, RuleKind.PILOT, "it has critical assets"),
        (
            {"order": (Order(before="ERP", after="dns-1"),)},
            TIDY,
            RuleKind.ORDER,
            "ERP (wave 2) must move in the same wave as or before dns-1 (wave 1)",
        ),
        (
            {"order": (Order(before="CRM", after="dns-1", strict=True),)},
            TIDY,
            RuleKind.ORDER,
            "CRM (wave 1) must move in an earlier wave than dns-1",
        ),
        (
            {"frozen": (Freeze(applications=("CRM", "ERP"), waves=(2,)),)},
            TIDY,
            RuleKind.FROZEN,
            "ERP is frozen in wave 2",
        ),
        ({"pins": (Pin(application="ERP", wave=1),)}, TIDY, RuleKind.PIN, "pinned to wave 1 but is in wave 2"),
    ],
)
def test_every_kind_of_broken_rule_is_found_and_said(
    rules: dict, wave_of: dict[str, int], kind: RuleKind, says: str
) -> None:
    (broken,) = waves.check(ESTATE, Rules(waves=2, **rules), wave_of)
    assert broken.kind is kind
    assert says in broken.text


def test_a_plan_that_fills_its_limits_exactly_is_clean() -> None:
    rules = Rules(
        waves=2,
        capacity=(2.5, 5.0),
        max_critical_per_wave=2,
        team_capacity={"core": 3.0, "db": 2.0},
        pilot=Pilot(waves=(1,), max_risk=0.1),
        together=(("CRM", "dns-1"),),
        order=(Order(before="CRM", after="ERP", strict=True), Order(before="dns-1", after="CRM")),
        frozen=(Freeze(applications=("ERP",), waves=(1, 7)),),
        pins=(Pin(application="ERP", wave=2),),
    )
    assert waves.check(ESTATE, rules, TIDY) == ()


def test_rounding_when_efforts_are_added_up_breaks_nothing() -> None:
    assets = tuple(PlannedAsset(f"a-{n}", "A", effort=0.1) for n in range(3))
    rules = Rules(waves=1, capacity=(0.3,))
    assert waves.plan(Portfolio(assets, ()), rules).possible
    assert waves.check(Portfolio(assets, ()), rules, {asset.asset_id: 1 for asset in assets}) == ()


def test_a_rule_about_an_unknown_application_is_refused() -> None:
    with pytest.raises(BadInput, match="Ghost"):
        waves.check(portfolio({"A": 1}), Rules(waves=1, pins=(Pin(application="Ghost", wave=1),)), {"A-0": 1})


@settings(max_examples=150, deadline=None)
@given(cases, st.data())
def test_an_assignment_is_clean_exactly_when_a_plain_recount_says_so(
    case: tuple[Portfolio, Rules], data: st.DataObject
) -> None:
    portfolio, rules = case
    wave = st.integers(1, rules.waves)
    by_application = {asset.application: data.draw(wave) for asset in portfolio.assets}
    wave_of = {asset.asset_id: by_application[asset.application] for asset in portfolio.assets}
    assert (waves.check(portfolio, rules, wave_of) == ()) == keeps(portfolio, rules, wave_of)
