"""What analysts set by hand: kept over rebuilds, told beside the raw value, assessed at once, and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.inventory import AssetKind
from platform_core.services import applying, asset_edits, history, imports, inventories, plans, strategies
from platform_core.services.asset_edits import CellEdit, Saved
from platform_core.store import Store, UnitOfWork

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
WEB, APP, OLD, CRM_HOST = "server:web01", "server:app01", "server:old01", "server:crm01"
SHOP, CRM, FAX = "application:shop", "application:crm", "application:faxarchive"


def value(work: UnitOfWork, migration_id: int, key: str, field: str) -> Any:
    with work.reading():
        return getattr(work.assets.get(migration_id, key), field)


def edit(work: UnitOfWork, migration_id: int, key: str, field: str, text: str, by: Identity = ANA) -> Saved:
    seen = value(work, migration_id, key, field)
    wanted = CellEdit(asset_key=key, field=field, text=text, seen=list(seen) if isinstance(seen, tuple) else seen)
    return asset_edits.save(work, migration_id, [wanted], by, reason="told by the owner")


def rebuild(store: Store, migration_id: int) -> None:
    """Take an import out and apply it again."""
    view = imports.listed(store.unit_of_work(), migration_id)[0]
    applying.withdraw(store, view.id, BEN, seen_version=view.version)
    applying.apply_all(store, migration_id, BEN)


def snapshot(work: UnitOfWork, migration_id: int) -> list[object]:
    """Every asset and every judgement, without row numbers and moments."""
    with work.reading():
        subject_of = work.assets.subjects(migration_id)
        assets = [(a.key, a.kind, a.values, subject_of[a.key]) for a in work.assets.all(migration_id)]
        left_out = {"id", "version", "assessed_at", "override_at"}
        judged = [
            {c.key: getattr(row, c.key) for c in row.__table__.columns if c.key not in left_out}
            for row in (*work.recommendations.of(migration_id), *work.risks.of(migration_id))
        ]
        return [assets, sorted(judged, key=str)]


EDITS = {
    "a number with its unit": (WEB, "memory_gb", "65536 MB", 64.0),
    "a word of a closed set": (WEB, "environment", "DEV", "development"),
    "a text": (OLD, "os_name", "Windows Server 2022", "Windows Server 2022"),
    "a list": (WEB, "ip_address", "192.0.2.77; 192.0.2.78", ("192.0.2.77", "192.0.2.78")),
    "nothing": (WEB, "support_group", "n/a", None),
    "the application": (WEB, "application_name", "crm", "crm"),
    "an application that is unknown": (OLD, "application_name", "Nowhere", "Nowhere"),
    "the retirement of a caller": (APP, "retirement_date", "2027-01-31", None),
    "the kind": (OLD, "kind", "storage", "storage"),
    "the kind of an application": (CRM, "kind", "software", "software"),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_in_place_comes_to_what_a_rebuild_comes_to(store: Store, applied: int, what: str) -> None:
    key, field, text, expected = EDITS[what]
    work = store.unit_of_work()
    saved = edit(work, applied, key, field, text)
    assert (saved.cells, saved.refused, saved.overtaken) == (1, (), ())
    if expected is not None:
        assert value(work, applied, key, field) == expected
    edited = snapshot(work, applied)
    rebuild(store, applied)
    assert snapshot(work, applied) == edited


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_is_taken_back_like_any_other_change(store: Store, applied: int, what: str) -> None:
    key, field, text, _ = EDITS[what]
    work = store.unit_of_work()
    before = snapshot(work, applied)
    edit(work, applied, key, field, text)
    assert snapshot(work, applied) != before
    assert history.undoable(work, applied, BEN) is None
    history.undo(work, applied, ANA)
    assert snapshot(work, applied) == before
    rebuild(store, applied)
    assert snapshot(work, applied) == before


def test_taking_back_the_first_of_two_edits_leaves_the_second(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    edit(work, applied, WEB, "memory_gb", "16", by=BEN)
    edit(work, applied, WEB, "memory_gb", "32", by=ANA)
    history.undo(work, applied, BEN)
    assert value(work, applied, WEB, "memory_gb") == 32
    history.undo(work, applied, ANA)
    assert value(work, applied, WEB, "memory_gb") == 8


def test_only_the_touched_applications_are_assessed_again_and_a_plan_is_out_of_date(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    plan = plans.make(store, applied, plans.PlanWish(starts_on=date(2027, 1, 4)), ANA)
    assert not plans.view(work, plan.id).stale
    with work.reading():
        before = {row.subject_key: row.assessed_at for row in work.recommendations.of(applied)}
    saved = edit(work, applied, OLD, "os_name", "Windows Server 2022")
    with work.reading():
        after = {row.subject_key: row.assessed_at for row in work.recommendations.of(applied)}
    assert {key for key in before if before[key] != after[key]} == {FAX}
    assert saved.effect.applications == 1
    assert plans.view(work, plan.id).stale
    sources = {fact.key: fact.source for fact in strategies.argument(work, applied, FAX).facts}
    assert sources["os"].startswith("set by Ana Example, ")


def test_cells_that_cannot_be_read_are_told_by_row_and_field_and_the_others_kept(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    edits = [
        CellEdit(asset_key=WEB, field="memory_gb", text="plenty", seen=8.0),
        CellEdit(asset_key=WEB, field="cpu_cores", text="6", seen=4),
        CellEdit(asset_key=OLD, field="kind", text="gadget", seen="server"),
        CellEdit(asset_key=APP, field="dependencies", text="crm01", seen=None),
        CellEdit(asset_key="server:gone", field="cpu_cores", text="1", seen=None),
    ]
    saved = asset_edits.save(work, applied, edits, ANA)
    assert [(each.name, each.field) for each in saved.refused] == [
        ("web01", "memory_gb"),
        ("old01", "kind"),
        ("app01", "dependencies"),
        ("server:gone", "cpu_cores"),
    ]
    assert all(each.why for each in saved.refused)
    assert value(work, applied, WEB, "cpu_cores") == 6
    assert value(work, applied, WEB, "memory_gb") == 8


def test_a_cell_that_a_colleague_changed_meanwhile_is_not_overwritten(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    edit(work, applied, WEB, "memory_gb", "16", by=BEN)
    mine = CellEdit(asset_key=WEB, field="memory_gb", text="32", seen=8.0)
    (problem,) = asset_edits.save(work, applied, [mine], ANA).overtaken
    assert (problem.name, problem.theirs, problem.by) == ("web01", 16.0, "Ben Example")
    assert value(work, applied, WEB, "memory_gb") == 16
    asset_edits.save(work, applied, [mine.model_copy(update={"seen": problem.theirs})], ANA)
    assert value(work, applied, WEB, "memory_gb") == 32


def test_a_decision_whose_asset_is_gone_waits_and_counts_again_when_it_comes_back(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    edit(work, applied, OLD, "kind", AssetKind.STORAGE)
    servers = next(view for view in imports.listed(work, applied) if view.file_name == "servers.csv")
    applying.withdraw(store, servers.id, ANA, seen_version=servers.version)
    assert [each.asset_key for each in asset_edits.waiting(work, applied)] == [OLD]
    applying.apply_all(store, applied, ANA)
    assert asset_edits.waiting(work, applied) == []
    assert value(work, applied, OLD, "kind") == AssetKind.STORAGE


def test_lineage_says_who_set_a_value_and_why_beside_what_the_imports_say(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    edit(work, applied, WEB, "memory_gb", "64")
    edit(work, applied, WEB, "support_group", "")
    told = {each.field: each for each in inventories.detail(work, applied, WEB).values}
    assert (told["memory_gb"].value, told["memory_gb"].built, told["memory_gb"].line) == (64, 8, 2)
    assert told["memory_gb"].set_by.startswith("set by Ana Example on 20")
    assert told["memory_gb"].set_by.endswith(": told by the owner")
    assert (told["support_group"].value, told["support_group"].built) == (None, "Team Web")
    assert told["cpu_cores"].set_by == ""
