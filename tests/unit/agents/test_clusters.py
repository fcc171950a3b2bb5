"""Clusters of an inventory: like names, likely duplicates, what dependencies tie together."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.agents.clusters import find_clusters
from platform_core.agents.contexts import Cluster, ClusterKind
from platform_core.agents.specs import load_agents
from platform_core.dependencies import Graph, load_noise
from platform_core.domain.inventory import Asset, AssetKind, Dependency, Value
from platform_core.inventory import load_vocabularies
from platform_core.inventory.duplicates import find_duplicates, load_duplicate_knowledge
from platform_core.reference import DATA

PARTS = load_agents(DATA).name_parts
NOISE = load_noise(DATA)
KNOWN = load_duplicate_knowledge(DATA, load_vocabularies(DATA))


def server(name: str, **values: Value) -> Asset:
    return Asset(f"server:{name}", AssetKind.SERVER, name, values=dict(values))


def needs(source: str, target: str) -> Dependency:
    return Dependency(source, target, f"server:{source}", f"server:{target}", port=8443)


def clusters(*assets: Asset, links: tuple[Dependency, ...] = ()) -> dict[tuple[ClusterKind, str | None], Cluster]:
    found = find_clusters(assets, Graph(assets, links, NOISE), PARTS, find_duplicates(assets, KNOWN).pairs)
    return {(cluster.kind, cluster.label): cluster for cluster in found}


def names(cluster: Cluster) -> list[str]:
    return [member.name for member in cluster.members]


def test_numbered_machines_of_one_role_are_a_farm() -> None:
    found = clusters(server("web01"), server("web02"), server("web03"), server("printer"))
    assert names(found[ClusterKind.NAMING, "farm"]) == ["web01", "web02", "web03"]


def test_two_like_names_are_a_coincidence() -> None:
    assert clusters(server("web01"), server("web02")) == {}


def test_names_that_differ_in_the_environment_only_belong_together() -> None:
    found = clusters(server("crm-dev"), server("crm-test"), server("crm-prod"))
    assert names(found[ClusterKind.NAMING, "environments"]) == ["crm-dev", "crm-prod", "crm-test"]


def test_names_that_differ_in_separators_or_age_are_likely_duplicates() -> None:
    found = clusters(server("web-01"), server("WEB01"), server("mail-old"), server("mail"))
    assert names(found[ClusterKind.DUPLICATE, "same_asset"]) == ["WEB01", "web-01"]
    assert names(found[ClusterKind.DUPLICATE, "successor"]) == ["mail", "mail-old"]


def test_machines_that_share_an_address_are_left_to_judgement() -> None:
    found = clusters(server("alpha", ip_address=("192.0.2.1",)), server("beta", ip_address=("192.0.2.1",)))
    assert names(found[ClusterKind.DUPLICATE, None]) == ["alpha", "beta"]


def test_a_cycle_is_a_tangle_and_a_chain_of_roles_are_tiers() -> None:
    cycle = clusters(server("a"), server("b"), links=(needs("a", "b"), needs("b", "a")))
    assert names(cycle[ClusterKind.DEPENDENCY, "tangle"]) == ["a", "b"]
    tiers = clusters(server("web1"), server("app1"), server("db1"), links=(needs("web1", "app1"), needs("app1", "db1")))
    assert names(tiers[ClusterKind.DEPENDENCY, "tiers"]) == ["app1", "db1", "web1"]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=12), st.text(max_size=8), max_size=12))
def test_clusters_are_made_of_assets_there_are_and_named_once(named: Mapping[str, str]) -> None:
    assets = [server(name, ip_address=(address,) if address else ()) for name, address in named.items()]
    found = find_clusters(assets, Graph(assets, (), NOISE), PARTS, find_duplicates(assets, KNOWN).pairs)
    keys = {asset.key for asset in assets}
    assert len({cluster.key for cluster in found}) == len(found)
    for cluster in found:
        members = [member.key for member in cluster.members]
        assert set(members) <= keys
        assert len(set(members)) == len(members) > 1
        assert len(cluster.evidence.split()) <= 5
