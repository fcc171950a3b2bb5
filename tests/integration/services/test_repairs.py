"""Quality of a stored inventory: every figure with its rows, and repairs that hold over the next import."""

from __future__ import annotations

from typing import Any

import pytest

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition, Rule
from platform_core.domain.identity import Identity
from platform_core.domain.quality import Dimension, Fault
from platform_core.errors import Conflict
from platform_core.inventory import find_faults
from platform_core.services import applying, history, inventories, quality, quality_rows, repairs, work
from platform_core.services.asset_edits import CellEdit, save
from platform_core.services.knowledge import fault_knowledge
from platform_core.services.requests import Repair
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from tests.harness.faulty_inventory import InMemory
from tests.integration.services.conftest import Upload

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")

FAULTY = """\
Server Name,RAM (GB),CPUs,Environment,Location,Technical Owner,Disk Used (GB),Disk (GB),Host Name
bad1,16384,4,PROD,Frankfurt,TBD - ask Ben,10,100,bad1.corp.example
bad2,32768,8,PROD,FRANKFURT,Cy Example,200,100,bad2
good,64,8,PROD,Frankfurt,Cy Example,50,100,good
"""

LATER = """\
Server Name,RAM (GB),CPUs,Environment
bad9,65536,16,PROD
"""


@pytest.fixture
def faulty(store: Store, migration_id: int, upload: Upload) -> int:
    upload("faulty.csv", FAULTY)
    applying.apply_all(store, migration_id, ANA)
    return migration_id


def fault(store: Store, migration_id: int, key: str) -> Fault:
    return next(each for each in quality.view(store, migration_id).faults if each.key == key)


def memory(unit: UnitOfWork, migration_id: int) -> dict[str, Any]:
    with unit.reading():
        return {asset.name: asset.values.get("memory_gb") for asset in unit.assets.all(migration_id)}


def test_every_fault_opens_exactly_its_rows_and_sql_finds_what_memory_finds(store: Store, faulty: int) -> None:
    unit = store.unit_of_work()
    view = quality.view(store, faulty)
    keys = {each.key for each in view.faults}
    assert {"memory-mib", "filler-technical_owner", "spelling-location", "host-with-domain"} <= keys
    for each in view.faults:
        rows = quality_rows.rows(unit, faulty, each.conditions, each.rule, offset=0, limit=50)
        assert (each.count, each.key) == (rows.total, each.key)
        assert len(rows.rows) == rows.total
    with unit.reading():
        assets = list(unit.assets.all(faulty))
    in_memory = find_faults(InMemory(assets), fault_knowledge(), now().date())
    gaps = {each.key for each in view.faults if each.dimension is Dimension.COMPLETENESS and each.change is None}
    assert {(f.key, f.count) for f in in_memory} == {(f.key, f.count) for f in view.faults if f.key not in gaps}


def test_the_score_is_the_mean_of_its_parts_and_rises_with_a_repair(store: Store, faulty: int) -> None:
    before = quality.view(store, faulty).score
    known = [part.score for part in before.parts if part.score is not None]
    assert before.score == pytest.approx(sum(known) / len(known))
    assert [part.name for part in before.parts] == [part.value for part in Dimension]
    rule = fault(store, faulty, "memory-mib").rule
    assert rule is not None
    work.start(store, Repair(migration_id=faulty, rules=(rule,), reason="RVTools"), ANA)
    after = quality.view(store, faulty).score
    assert after.score is not None
    assert before.score is not None
    assert after.score > before.score


def test_a_preview_shows_what_the_repair_then_does(store: Store, faulty: int) -> None:
    unit = store.unit_of_work()
    rule = fault(store, faulty, "memory-mib").rule
    assert rule is not None
    rows = quality_rows.rows(unit, faulty, rule.conditions, rule, offset=0, limit=20)
    at = rows.fields.index("memory_gb")
    assert {row.name: (row.before[at], row.after and row.after[at]) for row in rows.rows} == {
        "bad1": (16384, 16),
        "bad2": (32768, 32),
    }
    effect = repairs.apply(unit, faulty, [rule], "seen in RVTools", ANA)
    assert effect.assets == 2
    assert memory(unit, faulty) == {"bad1": 16, "bad2": 32, "good": 64}
    told = {each.field: each for each in inventories.detail(unit, faulty, "server:bad1").values}
    assert told["memory_gb"].built == 16384
    assert "seen in RVTools" in told["memory_gb"].set_by


def test_a_rule_mends_what_a_later_import_brings_and_is_taken_back_whole(
    store: Store, faulty: int, upload: Upload
) -> None:
    unit = store.unit_of_work()
    rule = fault(store, faulty, "memory-mib").rule
    assert rule is not None
    repairs.apply(unit, faulty, [rule], "", ANA)
    upload("later.csv", LATER)
    applying.apply_all(store, faulty, ANA)
    assert memory(unit, faulty) == {"bad1": 16, "bad2": 32, "good": 64, "bad9": 64}
    (standing,) = repairs.standing(unit, faulty)
    assert (standing.changed_at_first, standing.author, standing.rule) == (2, "Ana Example", rule)
    repairs.take_back(unit, faulty, standing.id, BEN)
    assert memory(unit, faulty) == {"bad1": 16384, "bad2": 32768, "good": 64, "bad9": 65536}
    assert repairs.standing(unit, faulty) == []
    with pytest.raises(Conflict):
        repairs.take_back(unit, faulty, standing.id, BEN)


def test_undo_takes_a_repair_back_and_leaves_what_was_set_by_hand_since(store: Store, faulty: int) -> None:
    unit = store.unit_of_work()
    rule = fault(store, faulty, "memory-mib").rule
    assert rule is not None
    repairs.apply(unit, faulty, [rule], "", ANA)
    edit = CellEdit(asset_key="server:bad1", field="memory_gb", text="24", seen=16.0)
    assert save(unit, faulty, [edit], BEN).cells == 1
    history.undo(unit, faulty, ANA)
    assert memory(unit, faulty) == {"bad1": 24, "bad2": 32768, "good": 64}
    history.undo(unit, faulty, BEN)
    assert memory(unit, faulty)["bad1"] == 16384


def test_a_rule_that_nothing_fits_is_refused_and_not_kept(store: Store, faulty: int) -> None:
    unit = store.unit_of_work()
    nowhere = Condition(field="location", test=Comparison.IS, value="Nowhere")
    rule = Rule(title="None", conditions=(nowhere,), change=Change(kind=ChangeKind.CLEAR, field="location"))
    with pytest.raises(Conflict):
        repairs.apply(unit, faulty, [rule], "", ANA)
    assert repairs.standing(unit, faulty) == []
