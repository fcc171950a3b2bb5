from __future__ import annotations

from datetime import date

import pytest

from platform_core import waves
from platform_core.domain.waves import Freeze, Link, PlannedAsset, Portfolio, Rules, Staging
from platform_core.errors import BadInput
from platform_core.waves.direct import direct_rules
from tests.unit.waves.portfolios import portfolio

STARTS_ON = date(2027, 1, 4)
ESTATE = Portfolio(
    (
        PlannedAsset("erp-1", "ERP", owner="Ada", site="Lyon"),
        PlannedAsset("erp-2", "ERP", site="Oslo", database=True),
        PlannedAsset("crm-1", "CRM", owner="Ada", production=False),
        PlannedAsset("web-1", "Web", owner="Bo", site="Oslo"),
    ),
    (Link("crm-1", "erp-2", 5.0), Link("erp-1", "crm-1", 4.0), Link("web-1", "erp-2", 2.0)),
)


@pytest.mark.parametrize(
    ("freeze", "applications", "frozen"),
    [
        (Freeze(owner="Ada", waves=(2,)), ("CRM", "ERP"), (2,)),
        (Freeze(site="Oslo", waves=(1, 3)), ("ERP", "Web"), (1, 3)),
        (Freeze(waves=(3,)), ("CRM", "ERP", "Web"), (3,)),
        (Freeze(applications=("Web",), first=date(2027, 1, 31), last=date(2027, 2, 1)), ("Web",), (1, 2)),
        (Freeze(applications=("Web",), first=date(2027, 2, 1)), ("Web",), (2, 3)),
        (Freeze(applications=("Web",), last=date(2026, 12, 31)), ("Web",), ()),
    ],
)
def test_a_freeze_by_owner_site_or_date_freezes_applications_in_waves(
    freeze: Freeze, applications: tuple[str, ...], frozen: tuple[int, ...]
) -> None:
    rules = direct_rules(ESTATE, Rules(waves=3, starts_on=STARTS_ON, weeks_per_wave=4, frozen=(freeze,)))
    assert rules.frozen[0].applications == applications
    assert rules.frozen[0].waves == frozen
    assert direct_rules(ESTATE, rules) == rules
    plan = waves.plan(ESTATE, rules)
    assert waves.check(ESTATE, rules, plan.wave_of) == ()


def test_a_freeze_by_date_needs_waves_with_dates() -> None:
    with pytest.raises(BadInput, match="the waves have none"):
        waves.plan(ESTATE, Rules(waves=3, frozen=(Freeze(site="Oslo", first=STARTS_ON),)))


def test_non_production_fills_as_many_waves_as_it_needs() -> None:
    rules = direct_rules(ESTATE, Rules(waves=4, capacity=(1.0, 2.0, 2.0, 2.0), staging=Staging()))
    assert rules.staging == Staging(until=1)
    plan = waves.plan(ESTATE, rules)
    assert plan.wave_of["crm-1"] == 1
    assert min(plan.wave_of[asset] for asset in ("erp-1", "erp-2", "web-1")) > 1


def test_strong_two_way_dependencies_join_applications_and_say_why() -> None:
    groups = waves.move_groups(ESTATE, Rules(waves=3, two_way=4.0))
    assert [group.applications for group in groups] == [("CRM", "ERP"), ("Web",)]
    assert groups[0].reasons == ("they need each other: CRM, ERP",)
    assert len(waves.move_groups(ESTATE, Rules(waves=3, two_way=4.5))) == 3


def test_a_shared_database_joins_its_users_while_they_fit_into_a_wave() -> None:
    everyone = waves.move_groups(ESTATE, Rules(waves=3, shared_databases=True))
    assert [group.applications for group in everyone] == [("CRM", "ERP", "Web")]
    tight = waves.move_groups(ESTATE, Rules(waves=3, capacity=(3.0,) * 3, shared_databases=True))
    assert [group.applications for group in tight] == [("CRM", "ERP"), ("Web",)]


def test_what_is_needed_moves_first_where_that_costs_less_than_the_dependency() -> None:
    chain = portfolio({"A": 1, "B": 1, "C": 1}, (("A", "B", 5.0), ("B", "C", 5.0)))
    rules = Rules(waves=3, capacity=(1.0,) * 3, dependencies_first=3.0)
    plan = waves.plan(chain, rules)
    assert [plan.wave_of[f"{name}-0"] for name in "CBA"] == [1, 2, 3]
    assert waves.unmet_wishes(chain, rules, plan.wave_of) == ()
