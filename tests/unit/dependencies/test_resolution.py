from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.dependencies import LISTED, filed_under, forms_of, resolve
from platform_core.domain.inventory import (
    Asset,
    AssetKind,
    Dependency,
    Inventory,
    IssueKind,
    SourceRow,
    Value,
)

ROW = SourceRow(4, 17)


def server(name: str, **values: Value) -> Asset:
    return Asset(f"server:{name.casefold()}", AssetKind.SERVER, name, dict(values), [ROW])


def application(name: str, **values: Value) -> Asset:
    return Asset(f"application:{name.casefold()}", AssetKind.APPLICATION, name, dict(values), [ROW])


def flow(source: str, target: str, **details: object) -> Dependency:
    return Dependency(source, target, sources=[ROW], **details)  # type: ignore[arg-type]


def resolved(assets: list[Asset], *dependencies: Dependency) -> Inventory:
    inventory = Inventory(assets=assets, dependencies=list(dependencies))
    resolve(inventory)
    return inventory


WEB = server("WEB01", fqdn="web01.corp.example", ip_address="10.0.0.5")
DB = server("db01", asset_id="CI-4711", hostname="db01.corp.example", ip_address="10.0.0.6, fe80::1")


@pytest.mark.parametrize(
    "target",
    ["db01", " DB01 ", "db01.corp.example", "DB01.CORP.EXAMPLE", "db01.corp", "ci-4711", "10.0.0.6", "FE80:0::1"],
)
def test_an_end_is_found_by_name_host_identifier_or_address(target: str) -> None:
    (found,) = resolved([WEB, DB], flow("web01", target)).dependencies
    assert (found.source_key, found.target_key) == (WEB.key, DB.key)


def test_a_short_name_finds_the_asset_that_is_known_by_its_full_name() -> None:
    only_full = server("app07.corp.example")
    (found,) = resolved([only_full, WEB], flow("web01", "APP07")).dependencies
    assert found.target_key == only_full.key


def test_a_full_name_in_another_domain_is_somebody_else() -> None:
    inventory = resolved([WEB, DB], flow("web01", "db01.partner.net"))
    assert inventory.dependencies[0].target_key is None
    assert "“db01.partner.net” is not in the inventory" in inventory.issues[0].text


def test_a_name_that_two_machines_share_stays_open_and_is_reported_with_both() -> None:
    one = Asset("server:a", AssetKind.SERVER, "files", {"fqdn": "files.north.example"}, [ROW])
    other = Asset("server:b", AssetKind.SERVER, "files", {"fqdn": "files.south.example"}, [ROW])
    inventory = resolved([one, other, WEB], flow("web01", "files"), flow("web01", "files.south.example"))
    assert [found.target_key for found in inventory.dependencies] == [None, "server:b"]
    (issue,) = inventory.issues
    assert issue.kind is IssueKind.UNRESOLVED
    assert issue.text == "“files” could be server:a, server:b; 1 dependency stays open at that end."
    assert (issue.import_id, issue.line, issue.field) == (4, 17, "dep_target")


def test_an_address_settles_which_of_two_namesakes_is_meant() -> None:
    one = Asset("server:a", AssetKind.SERVER, "files", {"ip_address": ("10.1.0.1", "10.1.0.2")}, [ROW])
    other = Asset("server:b", AssetKind.SERVER, "files", {"ip_address": "10.2.0.1"}, [ROW])
    (found,) = resolved([one, other, WEB], flow("web01", "files", target_ip="10.1.0.2")).dependencies
    assert found.target_key == "server:a"


def test_an_unknown_name_with_a_known_address_is_found_by_it() -> None:
    (found,) = resolved([WEB, DB], flow("web01", "sql-alias", target_ip="10.0.0.6")).dependencies
    assert found.target_key == DB.key


def test_an_unknown_name_is_reported_once_however_often_it_is_used() -> None:
    flows = [flow("web01", "203.0.113.9", port=port) for port in (80, 443, 8443)]
    inventory = resolved([WEB], *flows)
    (issue,) = inventory.issues
    assert issue.raw == "203.0.113.9"
    assert "3 dependencies stay open" in issue.text


def test_traffic_joins_machines_and_lists_join_applications_of_the_same_name() -> None:
    machine, app = server("Billing"), application("Billing")
    portal = application("Portal", dependencies=("billing",))
    inventory = resolved([machine, app, portal, WEB], flow("web01", "billing", port=8080))
    assert [found.target_key for found in inventory.dependencies] == [machine.key, app.key]


def test_applications_are_found_however_their_names_are_spaced() -> None:
    shop = application("Web Shop", dependencies=("order-management",))
    orders = application("Order Management")
    (found,) = resolved([shop, orders]).dependencies
    assert (found.source_key, found.target_key, found.relation) == (shop.key, orders.key, LISTED)
    assert found.sources == [ROW]


def test_equal_dependencies_become_one_with_the_weights_added() -> None:
    first, second = flow("web01", "db01", port=5432), flow("WEB01.corp.example", "10.0.0.6", port=5432, weight=4.0)
    other = flow("web01", "db01", port=22)
    inventory = resolved([WEB, DB], first, second, other)
    assert [(found.port, found.weight) for found in inventory.dependencies] == [(5432, 5.0), (22, 1.0)]
    assert len(inventory.dependencies[0].sources) == 2


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "127.8.8.8"])
def test_a_machine_that_speaks_of_itself_is_its_own_target(name: str) -> None:
    inventory = resolved([WEB], flow("web01", name, port=6379))
    assert inventory.dependencies[0].target_key == WEB.key
    assert inventory.issues == []


def test_resolving_again_changes_nothing() -> None:
    portal = application("Portal", dependencies=("db01", "ghost"))
    inventory = resolved([WEB, DB, portal], flow("web01", "db01"), flow("web01", "elsewhere"))
    before = copy.deepcopy(inventory)
    resolve(inventory)
    assert inventory == before


names = st.sampled_from(
    ["a", "A.x.org", "a.y.org", "b", "B ", "10.0.0.1", "10.0.0.01", "ghost", "localhost", "", "É", "<b>"]
)


@given(st.lists(st.tuples(names, names, st.sampled_from([None, 80])), max_size=12))
def test_no_observation_is_lost_and_every_open_end_is_reported(flows: list[tuple[str, str, int | None]]) -> None:
    assets = [
        server("a", fqdn="a.x.org", ip_address="10.0.0.1"),
        server("b"),
        application("É"),
        Asset("server:b2", AssetKind.SERVER, "b", {}, [ROW]),
    ]
    inventory = resolved(assets, *(flow(source, target, port=port) for source, target, port in flows))
    assert sum(found.weight for found in inventory.dependencies) == len(flows)
    open_names = {d.source_name.strip().casefold() for d in inventory.dependencies if d.source_key is None}
    open_names |= {d.target_name.strip().casefold() for d in inventory.dependencies if d.target_key is None}
    reported = {issue.raw.strip().casefold() for issue in inventory.issues}
    assert reported <= open_names
    assert open_names - reported <= {"localhost"}


@given(st.one_of(st.text(max_size=20), st.text(alphabet="aB1 ._-:%\t", max_size=14), st.ip_addresses().map(str)))
def test_a_name_is_filed_under_one_word_in_whatever_form_it_is_looked_up(name: str) -> None:
    assert {filed_under(form) for form in forms_of(name)} <= {filed_under(name)}
