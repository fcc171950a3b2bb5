"""Dependencies after an edit of names: they mean at once whom they would after a rebuild, and go back with undo."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from platform_core.dependencies import resolve
from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition, Rule
from platform_core.domain.identity import Identity
from platform_core.domain.inventory import Inventory
from platform_core.services import applying, history, inventories, repairs, snapshots
from platform_core.services.asset_edits import CellEdit, save
from platform_core.store import Store
from tests.integration.services.conftest import Upload

ANA = Identity(name="Ana Example")
SERVERS = """\
Server Name,IP Address,Operating System,RAM (MB),CPUs,Application Name,Environment
web01,192.0.2.11,Ubuntu 22.04,8192,4,Shop,PROD
web02,192.0.2.12,Ubuntu 22.04,8192,4,Shop,PROD
db01,192.0.2.13,Ubuntu 22.04,8192,4,Ledger,PROD
db02,192.0.2.14,Ubuntu 22.04,8192,4,Archive,PROD
"""
FLOWS = """\
Source Server,Destination Server,Destination Port
web01,db01,5432
web02,db-main,5432
web02,db01,5432
web01,192.0.2.14,1521
"""


@pytest.fixture
def linked(store: Store, migration_id: int, upload: Upload) -> int:
    upload("servers.csv", SERVERS)
    upload("flows.csv", FLOWS)
    applying.apply_all(store, migration_id, ANA)
    return migration_id


def links(store: Store, migration_id: int) -> set[tuple[object, ...]]:
    unit = store.unit_of_work()
    with unit.reading():
        found = unit.dependencies.all(migration_id)
    return {(d.source_key or d.source_name, d.target_key or d.target_name, d.port, d.weight) for d in found}


def told(store: Store, migration_id: int) -> tuple[object, ...]:
    """Return everything that follows from whom dependencies mean."""
    unit = store.unit_of_work()
    open_names = {(f.raw, f.text) for f in inventories.findings(unit, migration_id, "unresolved", "dep_target")}
    with unit.reading():
        facts = {
            row.subject_key: {key: fact["value"] for key, fact in row.facts.items() if "dependencies" in key}
            for row in unit.recommendations.of(migration_id)
        }
    return links(store, migration_id), open_names, facts


def edit(store: Store, migration_id: int, key: str, field: str, seen: object, text: str) -> None:
    save(store.unit_of_work(), migration_id, [CellEdit(asset_key=key, field=field, text=text, seen=seen)], ANA)


def test_a_host_name_set_by_hand_finds_the_dependencies_that_use_it_as_a_rebuild_does(
    store: Store, linked: int
) -> None:
    before = told(store, linked)
    assert ("server:web02", "db-main", 5432, 1.0) in links(store, linked)
    edit(store, linked, "server:db01", "hostname", None, "db-main")
    found = told(store, linked)
    assert ("server:web02", "server:db01", 5432, 2.0) in links(store, linked), "both rows tell the same now"
    assert found[1] == set()
    applying.settle_duplicates(store, linked, ANA)
    assert told(store, linked) == found
    history.undo(store.unit_of_work(), linked, ANA)
    applying.settle_duplicates(store, linked, ANA)
    assert told(store, linked) == before


def test_a_name_that_two_assets_have_means_none_of_them(store: Store, linked: int) -> None:
    edit(store, linked, "server:db02", "hostname", None, "db01")
    assert ("server:web01", "db01", 5432, 1.0) in links(store, linked)
    found = told(store, linked)
    applying.settle_duplicates(store, linked, ANA)
    assert told(store, linked) == found


def test_an_address_taken_away_by_a_rule_opens_the_end_and_comes_back_with_the_rule(store: Store, linked: int) -> None:
    before = told(store, linked)
    condition = Condition(field="ip_address", test=Comparison.HAS, value="192.0.2.14")
    rule = Rule(title="Old", conditions=(condition,), change=Change(kind=ChangeKind.CLEAR, field="ip_address"))
    repairs.apply(store.unit_of_work(), linked, [rule], "", ANA)
    assert ("server:web01", "192.0.2.14", 1521, 1.0) in links(store, linked)
    found = told(store, linked)
    applying.settle_duplicates(store, linked, ANA)
    assert told(store, linked) == found
    history.undo(store.unit_of_work(), linked, ANA)
    assert told(store, linked) == before


HOSTS = ("web-07", "WEB07", "web07.corp.example", "web 07", "Web_07.corp.example", "web07.other.example", "1.2.3 4")
OTHERS = ("ä-server", "Ä-Server", "ｗｅｂ07", "db.corp", "db.corp.example.", "db")
ADDRESSES = ("10.0.0.7", "2001:db8::7", "2001:DB8:0:0::7")
ODD_NAMES = (*HOSTS, *OTHERS, *ADDRESSES)
FIELDS = ("hostname", "fqdn", "asset_name", "asset_id", "ip_address", "database_name")


def test_any_name_set_by_hand_links_as_if_all_names_had_been_looked_at(
    store: Store, migration_id: int, upload: Upload
) -> None:
    chance = random.Random(5)
    servers = "".join(f"{name},10.0.0.{place}\n" for place, name in enumerate(ODD_NAMES) if ":" not in name)
    upload("servers.csv", f"Server Name,IP Address\n{servers}")
    pairs = [(one, other) for one in ODD_NAMES for other in ODD_NAMES if one != other]
    flows = "".join(f"{one},{other},{port}\n" for port, (one, other) in enumerate(chance.sample(pairs, 60), 1000))
    upload("flows.csv", f"Source Server,Destination Server,Destination Port\n{flows}")
    applying.apply_all(store, migration_id, ANA)
    unit = store.unit_of_work()
    snapshots.prepare(unit, migration_id)
    keys = sorted(unit_keys(store, migration_id))
    seen: set[frozenset[tuple[object, ...]]] = set()
    for _ in range(20):
        key, field = chance.choice(keys), chance.choice(FIELDS)
        with unit.reading():
            value = getattr(unit.assets.get(migration_id, key), field)
        text = chance.choice(ADDRESSES if field == "ip_address" else ODD_NAMES)
        edit(store, migration_id, key, field, list(value) if isinstance(value, tuple) else value, text)
        found = links(store, migration_id)
        with unit.reading():
            opened = [replace(d, source_key=None, target_key=None) for d in unit.dependencies.all(migration_id)]
            whole = Inventory(list(unit.assets.all(migration_id)), opened, [])
        resolve(whole)
        names = {(d.source_key or d.source_name, d.target_key or d.target_name, d.port, d.weight) for d in opened}
        assert found == names
        seen.add(frozenset(found))
    assert len(seen) > 6, "the edits did change whom dependencies mean"


def unit_keys(store: Store, migration_id: int) -> set[str]:
    unit = store.unit_of_work()
    with unit.reading():
        return unit.assets.keys(migration_id)
