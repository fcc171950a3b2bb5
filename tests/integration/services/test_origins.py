"""Behind each value of an asset: the cell it came from, as read, and the rule by which it became the value."""

from __future__ import annotations

from io import BytesIO

from platform_core.services import applying, inventories, mappings, receiving
from platform_core.services.inventories import ValueLineage
from platform_core.services.mappings import Action, Decision
from platform_core.store import Store
from tests.integration.services.conftest import ANA

TEXT = 'Server Name,RAM,Environment,Site\nweb01,"8.192,0",PRD,Ulm\nweb02,"4.096,5",Test,\n'


def lineage(store: Store, migration_id: int, key: str) -> dict[str, ValueLineage]:
    return {value.field: value for value in inventories.detail(store.unit_of_work(), migration_id, key).values}


def test_raw_text_and_rule_stand_beside_every_value(store: Store, migration_id: int) -> None:
    work = store.unit_of_work()
    (number,) = receiving.receive(store, migration_id, "export.csv", BytesIO(TEXT.encode()), ANA).imports
    said = [Decision(position=0, action=Action.CHANGE, field="asset_name")]
    said += [Decision(position=1, action=Action.CHANGE, field="memory_gb", unit="MB")]
    said += [Decision(position=2, action=Action.CHANGE, field="environment")]
    said += [Decision(position=3, action=Action.CHANGE, field="location")]
    mappings.decide(work, number, said, ANA)
    with work.reading():
        version = work.imports.get(number).version
    applying.apply(store, number, ANA, undecided=False, seen_version=version)
    web01 = lineage(store, migration_id, "server:web01")
    assert (web01["memory_gb"].value, web01["memory_gb"].raw) == (8.0, "8.192,0")
    assert "MB" in web01["memory_gb"].rule
    assert (web01["environment"].value, web01["environment"].raw, web01["environment"].column) == (
        "production",
        "PRD",
        "Environment",
    )
    assert (web01["location"].raw, web01["location"].rule) == ("Ulm", "as it stands")
    assert "location" not in lineage(store, migration_id, "server:web02")


def test_a_value_whose_file_is_gone_is_still_shown(store: Store, applied: int) -> None:
    asset = inventories.detail(store.unit_of_work(), applied, "server:web01")
    assert all(value.raw for value in asset.values if value.field == "os_name")
    store.files._fs.rm(store.files._root, recursive=True)
    again = lineage(store, applied, "server:web01")
    assert again["os_name"].value
    assert again["os_name"].raw == ""


def test_without_proof_the_same_cell_is_named_for_every_value(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    with work.reading():
        keys = sorted(work.assets.keys(applied))
    for key in keys:
        proved = inventories.detail(work, applied, key)
        named = inventories.detail(work, applied, key, proved=False)
        bare = tuple(value.model_copy(update={"raw": "", "rule": ""}) for value in proved.values)
        assert tuple(value.model_copy(update={"raw": "", "rule": ""}) for value in named.values) == bare
        assert named.findings == proved.findings
