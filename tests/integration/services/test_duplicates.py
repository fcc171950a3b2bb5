"""Duplicates from the search to the rebuilt inventory: decided, carried out, taken back, not asked again."""

from __future__ import annotations

import io
from typing import Any

import pytest

from platform_core.domain.asset_decisions import DuplicateAction
from platform_core.domain.duplicates import Likeness
from platform_core.domain.identity import Identity
from platform_core.errors import BadInput, Conflict
from platform_core.services import activity, applying, asset_edits, duplicates, history, receiving, work
from platform_core.services.asset_edits import CellEdit
from platform_core.services.duplicates import Choice, PairView
from platform_core.services.duplicates_settled import carry_out
from platform_core.services.requests import MergeDuplicates, Undo
from platform_core.store import Store
from tests.harness.workers import carry_out_waiting

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
CMDB = """Server Name,IP Address,Operating System,Application Name,Serial Number
payroll-web-01,10.0.0.5,RHEL 8,Payroll,CZ3412ABCD
ledger-db-01,10.0.0.6,RHEL 8,Ledger,CZ3412ABCE
crm-app-01,10.0.0.7,Windows Server 2019,CRM,CZ3412ABCF
shop-app-prod-01,10.0.0.8,RHEL 8,Shop,
shop-app-dev-01,10.0.0.8,RHEL 8,Shop,
"""
SHEET = """Host,IP Address,CPU Count,Application Name
paryoll-web-01,10.0.0.5,8,Wages
ledger-db-O1,10.0.0.6,4,Ledger
"""
FLOWS = """Source Server,Destination Server,Destination Port
paryoll-web-01,ledger-db-01,5432
"""
WEB, TYPO = "server:payroll-web-01", "server:paryoll-web-01"


@pytest.fixture
def searched(store: Store, migration_id: int) -> Store:
    for name, text in (("cmdb.csv", CMDB), ("sheet.csv", SHEET), ("flows.csv", FLOWS)):
        receiving.receive(store, migration_id, name, io.BytesIO(text.encode()), ANA)
    applying.apply_all(store, migration_id, ANA)
    duplicates.search(store, migration_id, ANA)
    return store


def pairs(store: Store, migration_id: int) -> dict[frozenset[str], PairView]:
    work = store.unit_of_work()
    found = [duplicates.listed(work, migration_id, band, offset=0, limit=50)[0] for band in Likeness]
    return {frozenset((view.first.key, view.second.key)): view for views in found for view in views}


def keys(store: Store, migration_id: int) -> set[str]:
    work = store.unit_of_work()
    with work.reading():
        return work.assets.keys(migration_id)


def decide(store: Store, migration_id: int, choice: Choice, by: Identity = ANA) -> int:
    pair = pairs(store, migration_id)[frozenset((WEB, TYPO))]
    duplicates.decide(store.unit_of_work(), migration_id, pair.id, choice, by)
    return pair.id


def waiting(store: Store, migration_id: int) -> int:
    return duplicates.state(store.unit_of_work(), migration_id).waiting


def test_slips_are_found_and_environments_are_not(searched: Store, migration_id: int) -> None:
    found = pairs(searched, migration_id)
    assert frozenset((WEB, TYPO)) in found
    assert frozenset(("server:ledger-db-01", "server:ledger-db-o1")) in found
    assert frozenset(("server:shop-app-prod-01", "server:shop-app-dev-01")) not in found


def test_the_pair_is_shown_side_by_side_with_its_reasons(searched: Store, migration_id: int) -> None:
    pair = pairs(searched, migration_id)[frozenset((WEB, TYPO))]
    seen = duplicates.detail(searched.unit_of_work(), migration_id, pair.id)
    names = {field.field: field for field in seen.fields}
    assert names["application_name"].differs
    assert not names["ip_address"].differs
    assert "They have the same address 10.0.0.5" in [reason.text for reason in seen.reasons]
    assert seen.suggested_key == WEB


def test_a_decision_waits_for_the_next_build_and_is_then_carried_out_with_what_hangs_on_it(
    searched: Store, migration_id: int
) -> None:
    decide(searched, migration_id, Choice(action=DuplicateAction.MERGE, stays=WEB))
    assert waiting(searched, migration_id) == 1
    assert TYPO in keys(searched, migration_id)
    applying.settle_duplicates(searched, migration_id, ANA)
    assert waiting(searched, migration_id) == 0
    assert TYPO not in keys(searched, migration_id)
    work = searched.unit_of_work()
    with work.reading():
        row = work.assets.get(migration_id, WEB)
        assert (row.cpu_cores, row.application_name) == (8, "Payroll; Wages")
        assert len(row.sources) == 2
        assert [(e.source_key, e.target_key) for e in work.dependencies.all(migration_id)] == [
            (WEB, "server:ledger-db-01")
        ]


def test_undo_opens_the_pair_again_and_the_next_build_brings_the_asset_back(searched: Store, migration_id: int) -> None:
    decide(searched, migration_id, Choice(action=DuplicateAction.KEEP, stays=WEB))
    applying.settle_duplicates(searched, migration_id, ANA)
    assert history.undo(searched.unit_of_work(), migration_id, ANA).startswith("Kept payroll-web-01")
    assert waiting(searched, migration_id) == 1
    assert frozenset((WEB, TYPO)) in pairs(searched, migration_id)
    applying.settle_duplicates(searched, migration_id, ANA)
    assert TYPO in keys(searched, migration_id)
    assert waiting(searched, migration_id) == 0


def test_what_is_no_duplicate_is_not_asked_again_also_after_a_new_import(searched: Store, migration_id: int) -> None:
    decide(searched, migration_id, Choice(action=DuplicateAction.APART, stays=WEB))
    assert waiting(searched, migration_id) == 0
    receiving.receive(searched, migration_id, "more.csv", io.BytesIO(b"Server Name,RAM (GB)\nnew-01,4\n"), ANA)
    applying.apply_all(searched, migration_id, ANA)
    duplicates.search(searched, migration_id, ANA)
    assert frozenset((WEB, TYPO)) not in pairs(searched, migration_id)
    assert TYPO in keys(searched, migration_id)


def test_a_decision_survives_taking_the_import_out_and_in_again(searched: Store, migration_id: int) -> None:
    decide(searched, migration_id, Choice(action=DuplicateAction.KEEP, stays=WEB))
    work = searched.unit_of_work()
    with work.reading():
        sheet = next(row for row in work.imports.of(migration_id) if row.file_name == "sheet.csv")
    applying.withdraw(searched, sheet.id, BEN, seen_version=sheet.version)
    assert waiting(searched, migration_id) == 0
    applying.apply_all(searched, migration_id, BEN)
    assert WEB in keys(searched, migration_id)
    assert TYPO not in keys(searched, migration_id)


def test_both_stay_under_a_parent(searched: Store, migration_id: int) -> None:
    with pytest.raises(BadInput):
        decide(searched, migration_id, Choice(action=DuplicateAction.PARENT, stays=WEB, parent=" "))
    decide(searched, migration_id, Choice(action=DuplicateAction.PARENT, stays=WEB, parent="Payroll farm"))
    applying.settle_duplicates(searched, migration_id, ANA)
    assert {WEB, TYPO, "other:payrollfarm"} <= keys(searched, migration_id)
    duplicates.search(searched, migration_id, ANA)
    assert frozenset((WEB, TYPO)) not in pairs(searched, migration_id)


def test_two_analysts_cannot_decide_about_one_pair(searched: Store, migration_id: int) -> None:
    number = decide(searched, migration_id, Choice(action=DuplicateAction.KEEP, stays=WEB))
    late = Choice(action=DuplicateAction.KEEP, stays=TYPO)
    with pytest.raises(Conflict):
        duplicates.decide(searched.unit_of_work(), migration_id, number, late, BEN)


def test_many_are_merged_at_once_as_previewed_and_taken_back_as_one(searched: Store, migration_id: int) -> None:
    before = keys(searched, migration_id)
    preview = duplicates.preview_all(searched.unit_of_work(), migration_id, 0.5)
    assert preview.going == 2
    assert ("payroll-web-01", "paryoll-web-01") in preview.examples
    assert duplicates.merge_all(searched.unit_of_work(), migration_id, 0.5, ANA) == preview.going
    applying.settle_duplicates(searched, migration_id, ANA)
    assert len(keys(searched, migration_id)) == len(before) - 2
    history.undo(searched.unit_of_work(), migration_id, ANA)
    applying.settle_duplicates(searched, migration_id, ANA)
    assert keys(searched, migration_id) == before


def test_merging_many_and_taking_that_back_are_left_to_a_worker_and_can_be_cancelled(
    searched: Store, migration_id: int, everything_is_large: None
) -> None:
    unit = searched.unit_of_work()
    wanted = MergeDuplicates(migration_id=migration_id, least=0.5)
    cancelled = work.start(searched, wanted, ANA)
    activity.cancel(unit, cancelled.run_id, ANA)
    assert carry_out_waiting(searched) == []
    begun = work.start(searched, wanted, ANA)
    assert begun.outcome is None
    assert duplicates.state(unit, migration_id).settled == 0
    assert carry_out_waiting(searched) == [begun.run_id]
    assert activity.run(unit, begun.run_id).result == {"going": 2}
    assert duplicates.state(unit, migration_id).settled == 2
    last = history.undoable(unit, migration_id, ANA)
    assert last is not None
    back = work.start(searched, Undo(migration_id=migration_id, entry=last.id), ANA)
    assert (back.outcome, carry_out_waiting(searched)) == (None, [back.run_id])
    assert duplicates.state(unit, migration_id).settled == 0


def test_an_asset_edited_while_it_is_merged_takes_its_value_along(
    searched: Store, migration_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(searched, migration_id, Choice(action=DuplicateAction.MERGE, stays=WEB))
    edit = CellEdit(asset_key=TYPO, field="memory_gb", text="64", seen=None)
    builds: list[int] = []

    def carried_out_meanwhile(*told: Any) -> Any:
        builds.append(len(builds))
        if len(builds) == 1:
            asset_edits.save(searched.unit_of_work(), migration_id, [edit], BEN)
        return carry_out(*told)

    monkeypatch.setattr(applying, "carry_out", carried_out_meanwhile)
    applying.settle_duplicates(searched, migration_id, ANA)
    assert len(builds) == 2, "only building again says what becomes of it"
    unit = searched.unit_of_work()
    with unit.reading():
        assert unit.assets.get(migration_id, WEB).memory_gb == 64


def test_an_asset_that_goes_leaves_nothing_to_decide_about_its_other_pairs(searched: Store, migration_id: int) -> None:
    again = "Host,IP Address\nPAYROLL-WEB-1.corp.example,10.0.0.5\n"
    receiving.receive(searched, migration_id, "third.csv", io.BytesIO(again.encode()), ANA)
    applying.apply_all(searched, migration_id, ANA)
    duplicates.search(searched, migration_id, ANA)
    decide(searched, migration_id, Choice(action=DuplicateAction.KEEP, stays=WEB))
    assert not any(TYPO in pair for pair in pairs(searched, migration_id))
