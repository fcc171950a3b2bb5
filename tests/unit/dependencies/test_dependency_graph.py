from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_core.dependencies import Graph, Noise, load_noise
from platform_core.domain.inventory import Asset, AssetKind, Dependency
from platform_core.errors import BadInput, NotFound

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture(scope="module")
def noise() -> Noise:
    return load_noise(DATA)


def server(key: str, of: str | None = None) -> Asset:
    return Asset(key, AssetKind.SERVER, key, {"application_name": of} if of else {})


def needs(source: str, target: str | None, weight: float = 1.0, port: int | None = None) -> Dependency:
    return Dependency(source, target or "?", source, target, weight=weight, port=port)


def chain(noise: Noise) -> Graph:
    """web → app → db, app → cache, batch → db; lonely stands alone."""
    assets = [server(key) for key in ("web", "app", "db", "cache", "batch", "lonely")]
    edges = [
        needs("web", "app", 3.0, 8080), needs("app", "db", 5.0, 5432), needs("app", "cache", 1.0),
        needs("batch", "db", 2.0), needs("web", "web", 9.0), needs("web", None), needs("web", "gone"),
    ]  # fmt: skip
    return Graph(assets, edges, noise)


def test_fan_in_and_fan_out_count_direct_neighbours(noise: Noise) -> None:
    graph = chain(noise)
    assert [graph.fan_in(key) for key in ("db", "web", "lonely")] == [2, 0, 0]
    assert [graph.fan_out(key) for key in ("app", "db")] == [2, 0]


def test_the_blast_radius_is_everything_that_needs_an_asset_through_others(noise: Noise) -> None:
    assert chain(noise).blast_radius("db") == ("app", "batch", "web")
    assert chain(noise).blast_radius("web") == ()


def test_a_neighbourhood_grows_by_hops_in_both_directions_and_has_a_limit(noise: Noise) -> None:
    graph = chain(noise)
    near = graph.neighbourhood("db")
    assert [(node.key, node.hops) for node in near.nodes] == [("db", 0), ("app", 1), ("batch", 1)]
    assert {(edge.source, edge.target) for edge in near.edges} == {("app", "db"), ("batch", "db")}
    wider = graph.neighbourhood("db", hops=2)
    assert [node.key for node in wider.nodes] == ["db", "app", "batch", "web", "cache"]
    cropped = graph.neighbourhood("db", hops=2, limit=3)
    assert [node.key for node in cropped.nodes] == ["db", "app", "batch"]
    assert cropped.left_out == 2


def test_results_are_plain_data_for_a_page(noise: Noise) -> None:
    said = json.loads(chain(noise).neighbourhood("app").model_dump_json())
    assert {"source": "app", "target": "db", "weight": 5.0, "ports": [5432]} in said["edges"]


def test_components_are_what_dependencies_connect(noise: Noise) -> None:
    assert chain(noise).components() == (("app", "batch", "cache", "db", "web"), ("lonely",))


def test_cycles_are_assets_that_need_each_other(noise: Noise) -> None:
    edges = [needs("a", "b"), needs("b", "c"), needs("c", "a"), needs("c", "d"), needs("e", "f"), needs("f", "e")]
    graph = Graph([server(key) for key in "abcdef"], edges, noise)
    assert graph.cycles() == (("a", "b", "c"), ("e", "f"))


def test_traffic_over_noise_ports_ties_nothing_together(noise: Noise) -> None:
    graph = Graph([server("a"), server("b")], [needs("a", "b", port=53), needs("b", "a", port=22)], noise)
    assert graph.edges == ()
    assert graph.components() == (("a",), ("b",))


def test_several_clients_of_a_foundation_service_make_a_hub_but_log_ins_do_not(noise: Noise) -> None:
    assets = [server(key) for key in ("dc", "jump", "c1", "c2", "c3", "one")]
    edges = [needs(client, "dc", port=389) for client in ("c1", "c2", "c3")]
    edges += [needs("jump", client, port=22) for client in ("c1", "c2", "c3")] + [needs("c1", "one", port=53)]
    (hub,) = Graph(assets, edges, noise).hubs()
    assert (hub.key, hub.fan_in, hub.services) == ("dc", 3, ("LDAP",))
    assert "serves LDAP" in hub.text


def test_an_asset_that_a_great_share_of_all_needs_is_a_hub(noise: Noise) -> None:
    clients = [f"c{number:02d}" for number in range(40)]
    edges = [needs(client, "bus", port=1414) for client in clients] + [needs(client, "db") for client in clients[:9]]
    (hub,) = Graph([server(key) for key in (*clients, "bus", "db")], edges, noise).hubs()
    assert (hub.key, hub.services) == ("bus", ())
    assert hub.text == "40 of 42 connected assets need it."


def test_application_links_add_up_what_their_assets_need(noise: Noise) -> None:
    assets = [
        server("web", "Shop"), server("app", "Shop"), server("db", "Orders; Billing"), server("stray"),
        Asset("application:crm", AssetKind.APPLICATION, "CRM"),
    ]  # fmt: skip
    edges = [
        needs("web", "app", 9.0), needs("web", "db", 1.0), needs("app", "db", 2.0),
        needs("application:crm", "web", 4.0), needs("stray", "db", 7.0),
    ]  # fmt: skip
    links = Graph(assets, edges, noise).application_links()
    assert [(link.source, link.target, link.weight) for link in links] == [
        ("CRM", "Shop", 4.0), ("Shop", "Billing", 3.0), ("Shop", "Orders", 3.0),
    ]  # fmt: skip


def test_an_unknown_asset_is_not_found(noise: Noise) -> None:
    with pytest.raises(NotFound):
        chain(noise).neighbourhood("nobody")


@pytest.mark.parametrize("port", [53, 123, 389, 636, 88, 445, 514, 22, 3389])
def test_the_usual_infrastructure_ports_are_noise(noise: Noise, port: int) -> None:
    assert noise.hides(needs("a", "b", port=port))


@pytest.mark.parametrize("port", [None, 80, 443, 1433, 1521, 5432, 8080])
def test_application_ports_are_no_noise(noise: Noise, port: int | None) -> None:
    assert not noise.hides(needs("a", "b", port=port))


def test_every_noise_port_has_a_source(noise: Noise) -> None:
    assert all(port.source and 0 < port.port < 65536 for port in noise.ports)


@pytest.mark.parametrize(
    "line", ["53,DNS,name service,yes,Again\n53,DNS,name service,yes,Again", "80,HTTP,,no,Somewhere"]
)
def test_a_broken_list_of_ports_is_refused(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "dependencies"
    folder.mkdir()
    (folder / "noise_ports.csv").write_text(f"port,service,kind,foundation,source\n{line}\n")
    for name in ("noise_processes.csv", "hub_limits.csv"):
        (folder / name).write_text((DATA / "dependencies" / name).read_text())
    with pytest.raises(BadInput):
        load_noise(tmp_path)
