"""From an inventory with a name server and a bus to a portfolio that names them as its foundation."""

from __future__ import annotations

from platform_core import waves
from platform_core.dependencies import load_noise
from platform_core.domain.inventory import Asset, AssetKind, Dependency
from platform_core.domain.waves import FoundationRule
from platform_core.reference import DATA
from platform_core.services.portfolios import Judgement, PlannedPortfolio, compose_portfolio

CLIENTS = [f"web{n:02d}" for n in range(12)]
SERVERS = [*CLIENTS, "ns1", "bus", "db"]


def needs(source: str, target: str, port: int | None = None) -> Dependency:
    return Dependency(source, target, source, target, port=port)


def planned() -> PlannedPortfolio:
    assets = [Asset(name, AssetKind.SERVER, name.upper()) for name in SERVERS]
    lookups = [needs(name, "ns1", 53) for name in CLIENTS[:4]]
    calls = [needs(name, "bus", 5672) for name in CLIENTS]
    names = {name: f"App of {name}" for name in SERVERS}
    judgement = Judgement(names=names, decided={}, risks={})
    links = [*lookups, *calls, needs("web00", "db", 1433)]
    return compose_portfolio(assets, dict(zip(SERVERS, SERVERS, strict=True)), judgement, links, load_noise(DATA))


def test_what_answers_on_a_foundation_port_or_serves_most_is_named_with_the_reason() -> None:
    found = {member.asset_id: member for member in planned().portfolio.foundation}
    assert set(found) == {"ns1", "bus"}
    assert found["ns1"].name == "NS1"
    assert "serves DNS" in found["ns1"].reason
    assert found["bus"].reason == "12 of 15 connected assets need it."


def test_the_plan_names_it_and_severs_only_what_is_left() -> None:
    portfolio = planned().portfolio
    rules = waves.suggest_rules(portfolio, 3)
    plan = waves.plan(portfolio, rules)
    assert {member.asset_id for member in plan.foundation} == {"ns1", "bus"}
    assert [(link.source, link.target) for link in waves.severable(portfolio, rules).links] == [("web00", "db")]
    counted = rules.model_copy(update={"foundation": FoundationRule.COUNTED})
    assert waves.plan(portfolio, counted).foundation == ()
    assert len(waves.severable(portfolio, counted).links) == 13
