"""Deciding about columns, applying the mapping, taking it back."""

from __future__ import annotations

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import MappingState, Source
from platform_core.errors import BadInput, Conflict
from platform_core.services import applying, history, imports, inventories, learning, mappings
from platform_core.services.imports import ImportView
from platform_core.services.mappings import Action, ColumnView, Decision
from platform_core.store import Store
from tests.integration.services.conftest import SERVERS, Upload

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")


def column(store: Store, view: ImportView, header: str) -> ColumnView:
    return next(c for c in mappings.columns(store.unit_of_work(), view.id) if c.header == header)


def test_columns_that_need_a_decision_come_first(store: Store, uploaded: list[ImportView]) -> None:
    for view in uploaded:
        needs = [c.needs_decision for c in mappings.columns(store.unit_of_work(), view.id)]
        assert needs == sorted(needs, reverse=True)


def test_a_suggestion_shows_its_evidence_and_its_rivals(store: Store, uploaded: list[ImportView]) -> None:
    ram = column(store, uploaded[0], "RAM (MB)")
    argument = mappings.argument(store.unit_of_work(), uploaded[0].id, ram.position)
    assert (ram.field, ram.unit) == ("memory_gb", "MB")
    assert argument.candidates[0].field == "memory_gb"
    assert argument.evidence
    assert argument.profile["filled"] == 5


def test_changing_ignoring_and_resetting_a_column(store: Store, uploaded: list[ImportView]) -> None:
    view, work = uploaded[0], store.unit_of_work()
    position = column(store, view, "Support Group").position
    mappings.decide(work, view.id, [Decision(position=position, action=Action.CHANGE, field="technical_owner")], ANA)
    changed = column(store, view, "Support Group")
    assert (changed.field, changed.state, changed.source) == ("technical_owner", MappingState.CHANGED, Source.ANALYST)
    mappings.decide(work, view.id, [Decision(position=position, action=Action.IGNORE)], ANA)
    assert column(store, view, "Support Group").state is MappingState.IGNORED
    mappings.decide(work, view.id, [Decision(position=position, action=Action.RESET)], ANA)
    back = column(store, view, "Support Group")
    assert (back.field, back.state) == ("support_group", MappingState.SUGGESTED)


def test_two_analysts_on_one_column_the_second_is_told_who_was_faster(store: Store, uploaded: list[ImportView]) -> None:
    view = uploaded[0]
    seen = column(store, view, "Environment")
    decision = Decision(position=seen.position, action=Action.ACCEPT, seen_version=seen.version)
    mappings.decide(store.unit_of_work(), view.id, [decision], ANA)
    other = Decision(position=seen.position, action=Action.IGNORE, seen_version=seen.version)
    with pytest.raises(Conflict, match="Ana Example"):
        mappings.decide(store.unit_of_work(), view.id, [other], BEN)
    assert column(store, view, "Environment").state is MappingState.ACCEPTED


def test_a_field_that_does_not_exist_is_refused(store: Store, uploaded: list[ImportView]) -> None:
    with pytest.raises(BadInput):
        mappings.decide(
            store.unit_of_work(), uploaded[0].id, [Decision(position=0, action=Action.CHANGE, field="nonsense")], ANA
        )


def test_nothing_reaches_inventory_or_memory_before_the_mapping_is_applied(
    store: Store, migration_id: int, uploaded: list[ImportView]
) -> None:
    work = store.unit_of_work()
    mappings.accept_band(work, uploaded[0].id, 0.5, ANA)
    assert inventories.kinds(work, migration_id) == {}
    assert learning.timeline(work, migration_id) == []


def test_applying_does_what_the_try_out_said(store: Store, migration_id: int, uploaded: list[ImportView]) -> None:
    work, view = store.unit_of_work(), uploaded[0]
    promised = applying.try_out(work, view.id, undecided=True)
    assert inventories.kinds(work, migration_id) == {}
    done = applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version)
    assert (promised.created, promised.updated, promised.skipped) == (done.assets, 0, 0)
    assert done.assets == 5 + done.applications == 8
    assert imports.view(work, view.id).state is ImportState.APPLIED


def test_values_are_normalised_with_the_cell_they_came_from(store: Store, applied: int) -> None:
    detail = inventories.detail(store.unit_of_work(), applied, "server:crm01")
    memory = next(value for value in detail.values if value.field == "memory_gb")
    assert (memory.value, memory.file_name, memory.column, memory.line) == (32.0, "servers.csv", "RAM (MB)", 4)


def test_applying_a_stale_view_is_a_conflict_and_changes_nothing(
    store: Store, migration_id: int, uploaded: list[ImportView]
) -> None:
    view = uploaded[0]
    applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version)
    with pytest.raises(Conflict):
        applying.apply(store, view.id, BEN, undecided=True, seen_version=view.version)
    assert imports.view(store.unit_of_work(), view.id).state is ImportState.APPLIED


def test_a_mapping_without_a_column_is_not_applied(store: Store, uploaded: list[ImportView]) -> None:
    work, view = store.unit_of_work(), uploaded[2]
    every = mappings.columns(work, view.id)
    mappings.decide(work, view.id, [Decision(position=c.position, action=Action.IGNORE) for c in every], ANA)
    with pytest.raises(BadInput, match="No column"):
        applying.apply(store, view.id, ANA, undecided=False, seen_version=view.version)
    assert imports.view(work, view.id).state is ImportState.REVIEW


def test_taking_an_import_out_leaves_the_inventory_as_if_it_had_never_been(
    store: Store, migration_id: int, uploaded: list[ImportView]
) -> None:
    work = store.unit_of_work()
    applying.apply(store, uploaded[0].id, ANA, undecided=True, seen_version=uploaded[0].version)
    with work.reading():
        before = {asset.key: asset for asset in work.assets.all(migration_id)}
    second = imports.view(work, uploaded[1].id)
    applying.apply(store, second.id, ANA, undecided=True, seen_version=second.version)
    applying.withdraw(store, second.id, ANA, seen_version=imports.view(work, second.id).version)
    with work.reading():
        assert {asset.key: asset for asset in work.assets.all(migration_id)} == before


def test_what_was_decided_and_applied_is_used_for_the_next_file(
    store: Store, migration_id: int, uploaded: list[ImportView], upload: Upload
) -> None:
    work, view = store.unit_of_work(), uploaded[0]
    position = column(store, view, "Support Group").position
    mappings.decide(work, view.id, [Decision(position=position, action=Action.CHANGE, field="technical_owner")], ANA)
    applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version)
    upload("next export.csv", SERVERS.replace("web01", "web99"))
    fresh = imports.listed(work, migration_id)[-1]
    learned = column(store, fresh, "Support Group")
    assert (learned.field, learned.source) == ("technical_owner", Source.LEARNED)
    argument = mappings.argument(work, fresh.id, learned.position)
    assert any("Ana Example" in reason.text for reason in argument.evidence)


def test_the_last_decision_can_be_undone_by_its_author_only(
    store: Store, migration_id: int, uploaded: list[ImportView]
) -> None:
    work, view = store.unit_of_work(), uploaded[0]
    position = column(store, view, "Environment").position
    mappings.decide(work, view.id, [Decision(position=position, action=Action.IGNORE)], ANA)
    assert history.undoable(work, migration_id, BEN) is None
    assert "Environment" in history.undo(work, migration_id, ANA)
    assert column(store, view, "Environment").state is MappingState.SUGGESTED
    assert history.undoable(work, migration_id, ANA) is None


def test_a_decision_that_the_inventory_is_built_on_is_not_offered_for_undoing(
    store: Store, migration_id: int, uploaded: list[ImportView]
) -> None:
    work, view = store.unit_of_work(), uploaded[0]
    position = column(store, view, "Environment").position
    mappings.decide(work, view.id, [Decision(position=position, action=Action.IGNORE)], ANA)
    applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version)
    assert history.undoable(work, migration_id, ANA) is None
    applying.withdraw(store, view.id, ANA, seen_version=imports.view(work, view.id).version)
    assert "Environment" in history.undo(work, migration_id, ANA)


def test_a_guessed_unit_is_asked_for_and_never_accepted_in_bulk(
    store: Store, migration_id: int, upload: Upload
) -> None:
    lines = "".join(f"web{number},{4 * (number % 4 + 1)},Linux\n" for number in range(20))
    upload("bare.csv", f"Server Name,Memory,Operating System\n{lines}")
    work = store.unit_of_work()
    view = imports.listed(work, migration_id)[-1]
    memory = column(store, view, "Memory")
    assert (memory.field, memory.unit, memory.asks_unit, memory.needs_decision) == ("memory_gb", "GB", True, True)
    mappings.accept_band(work, view.id, 0.0, ANA)
    assert column(store, view, "Memory").state is MappingState.SUGGESTED
    mappings.decide(work, view.id, [Decision(position=memory.position, action=Action.ACCEPT)], ANA)
    assert not column(store, view, "Memory").asks_unit
