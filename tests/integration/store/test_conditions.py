"""A condition means the same in SQL as of an asset in memory, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from platform_core.domain.asset_decisions import Comparison as Is
from platform_core.domain.asset_decisions import Condition
from platform_core.domain.inventory import Asset, AssetKind, Inventory, Value
from platform_core.inventory.conditions import predicate
from platform_core.reference import catalogue
from platform_core.store import Store
from platform_core.store.staged_conditions import keys_meeting
from platform_core.store.staging import staging
from tests.harness.staged import stage_inventory, store_assets

VALUES: list[dict[str, Value]] = [
    {},
    {"cpu_cores": 4, "memory_gb": 16.0, "hostname": "WEB01.corp.example", "fqdn": "WEB01.corp.example"},
    {"cpu_cores": 4, "memory_gb": 4096.0, "hostname": "192.0.2.7", "ip_address": ("192.0.2.7", "0.0.0.0")},
    {"cpu_cores": 0, "memory_gb": 0.5, "hostname": "a_b%c", "location": "Frankfurt", "datacenter": "Frankfurt"},
    {"install_date": date(2024, 5, 1), "retirement_date": date(2020, 1, 1), "is_virtual": False},
    {"install_date": date(2019, 5, 1), "retirement_date": date(2020, 1, 1), "is_virtual": True},
    {"ip_address": ("0.0.0.0",), "location": "FRANKFURT", "datacenter": "Berlin", "hostname": "..1"},
]

CONDITIONS = [
    Condition(field="cpu_cores", test=Is.IS, value=4),
    Condition(field="cpu_cores", test=Is.IS_NOT, value=4),
    Condition(field="cpu_cores", test=Is.EMPTY),
    Condition(field="cpu_cores", test=Is.FILLED),
    Condition(field="cpu_cores", test=Is.ONE_OF, value=[0, 8]),
    Condition(field="cpu_cores", test=Is.ONE_OF, value=[]),
    Condition(field="cpu_cores", test=Is.IS, value="many"),
    Condition(field="memory_gb", test=Is.ABOVE, other="cpu_cores", factor=128),
    Condition(field="memory_gb", test=Is.BELOW, value=16),
    Condition(field="memory_gb", test=Is.AT_MOST, value=16),
    Condition(field="memory_gb", test=Is.AT_LEAST, value=16.0),
    Condition(field="retirement_date", test=Is.BELOW, other="install_date"),
    Condition(field="install_date", test=Is.ABOVE, value="2020-01-01"),
    Condition(field="install_date", test=Is.IS, value="2024-05-01"),
    Condition(field="is_virtual", test=Is.IS, value=True),
    Condition(field="is_virtual", test=Is.IS, value=False),
    Condition(field="hostname", test=Is.CONTAINS, value=".CORP."),
    Condition(field="hostname", test=Is.CONTAINS, value="_b%"),
    Condition(field="hostname", test=Is.STARTS, value="web"),
    Condition(field="hostname", test=Is.ENDS, value="example"),
    Condition(field="hostname", test=Is.MADE_OF, value="0123456789."),
    Condition(field="hostname", test=Is.MADE_OF, value="0123456789.", negate=True),
    Condition(field="cpu_cores", test=Is.ABOVE, value=2, negate=True),
    Condition(field="memory_gb", test=Is.ABOVE, other="storage_gb", negate=True),
    Condition(field="cpu_cores", test=Is.FILLED, negate=True),
    Condition(field="hostname", test=Is.IS, other="fqdn"),
    Condition(field="location", test=Is.IS, other="datacenter"),
    Condition(field="location", test=Is.IS_NOT, other="datacenter"),
    Condition(field="location", test=Is.IS, value="Frankfurt"),
    Condition(field="ip_address", test=Is.HAS, value="0.0.0.0"),
    Condition(field="ip_address", test=Is.HAS, value="192.0.2"),
    Condition(field="ip_address", test=Is.IS, value=["0.0.0.0"]),
    Condition(field="kind", test=Is.IS, value="server"),
    Condition(field="kind", test=Is.ONE_OF, value=["network", "storage"]),
    Condition(field="name", test=Is.ENDS, value="3"),
    Condition(field="key", test=Is.ONE_OF, value=["server:1", "network:2"]),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_both_ways_find_the_same_assets(store: Store, migration_id: int, condition: Condition) -> None:
    kinds = [AssetKind.SERVER, AssetKind.SERVER, AssetKind.NETWORK]
    assets = [Asset(f"{kinds[i % 3]}:{i}", kinds[i % 3], f"asset {i}", dict(values)) for i, values in enumerate(VALUES)]
    work = store.unit_of_work()
    with work:
        store_assets(work, migration_id, *assets)
        work.commit()
    holds = predicate(condition, catalogue())
    with work.reading():
        found = [each.asset.key for each in work.asset_edits.partly(migration_id, (), [condition])]
    assert found == [asset.key for asset in assets if holds(asset)]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_a_staged_inventory_is_asked_in_the_same_words(condition: Condition) -> None:
    assets = [Asset(f"server:{i}", AssetKind.SERVER, f"asset {i}", dict(values)) for i, values in enumerate(VALUES)]
    holds = predicate(condition, catalogue())
    with staging() as staged:
        stage_inventory(staged, Inventory(assets))
        found = keys_meeting(staged, [(condition,), (Condition(field="name", test=Is.IS, value="asset 0"),)])
    assert found == {asset.key for asset in assets if holds(asset) or asset.name == "asset 0"}
