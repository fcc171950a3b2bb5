"""What may be large is left to a worker: comparing an export before it is applied, undoing, taking a rule back."""

from __future__ import annotations

import pytest

from platform_core.domain.asset_decisions import Change, ChangeKind, Comparison, Condition, Rule
from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunStatus
from platform_core.errors import Conflict
from platform_core.services import activity, applying, comparing, history, mappings, repairs, work
from platform_core.services.applying import TryOut
from platform_core.services.imports import ImportView
from platform_core.services.mappings import Action, Decision
from platform_core.services.requests import Repair, TakeBack, Undo
from platform_core.store import Store
from tests.harness.workers import carry_out_waiting

ANA = Identity(name="Ana Example")


def rule() -> Rule:
    return Rule(
        title="Production is live",
        conditions=(Condition(field="environment", test=Comparison.IS, value="production"),),
        change=Change(kind=ChangeKind.SET, field="location", value="Leeds"),
    )


def places(store: Store, migration_id: int) -> set[object]:
    unit = store.unit_of_work()
    with unit.reading():
        return {asset.values.get("location") for asset in unit.assets.all(migration_id)}


def unit_stamp(store: Store, migration_id: int) -> str | None:
    unit = store.unit_of_work()
    with unit.reading():
        return unit.migrations.get(migration_id).inventory_stamp


def test_a_comparison_is_left_to_a_worker_kept_and_no_answer_once_the_mapping_changed(
    store: Store, uploaded: list[ImportView], everything_is_large: None
) -> None:
    unit, view = store.unit_of_work(), uploaded[0]
    wanted = comparing.request(unit, view.id, undecided=True)
    assert work.latest(store, wanted, ANA) is None
    begun = work.start(store, wanted, ANA)
    assert begun.outcome is None
    assert carry_out_waiting(store) == [begun.run_id]
    assert work.latest(store, comparing.request(unit, view.id, undecided=True), ANA) == begun.run_id
    kept = activity.run(unit, begun.run_id)
    assert TryOut.model_validate(kept.result["found"]) == applying.try_out(unit, view.id, undecided=True)
    mappings.decide(unit, view.id, [Decision(position=3, action=Action.IGNORE)], ANA)
    changed = comparing.request(unit, view.id, undecided=True)
    assert work.latest(store, changed, ANA) is None
    with pytest.raises(Conflict):
        comparing.compare(unit, wanted, lambda share, text: None)


def test_a_comparison_can_be_cancelled_while_it_waits(
    store: Store, uploaded: list[ImportView], everything_is_large: None
) -> None:
    wanted = comparing.request(store.unit_of_work(), uploaded[0].id, undecided=True)
    begun = work.start(store, wanted, ANA)
    activity.cancel(store.unit_of_work(), begun.run_id, ANA)
    assert carry_out_waiting(store) == []
    assert activity.run(store.unit_of_work(), begun.run_id).status is RunStatus.CANCELLED


def test_undo_and_taking_a_rule_back_are_left_to_a_worker_where_they_reach_far(
    store: Store, applied: int, everything_is_large: None
) -> None:
    unit = store.unit_of_work()
    before = places(store, applied)
    repairs.apply(unit, applied, [rule()], "", ANA)
    last = history.undoable(unit, applied, ANA)
    assert last is not None
    begun = work.start(store, Undo(migration_id=applied, entry=last.id), ANA)
    assert begun.outcome is None
    assert "Leeds" in places(store, applied)
    carry_out_waiting(store)
    assert activity.run(unit, begun.run_id).result == {"text": last.text}
    assert places(store, applied) == before
    work.start(store, Repair(migration_id=applied, rules=(rule(),), reason=""), ANA)
    carry_out_waiting(store)
    (standing,) = repairs.standing(unit, applied)
    begun = work.start(store, TakeBack(migration_id=applied, rule=standing.id), ANA)
    carry_out_waiting(store)
    assert activity.run(unit, begun.run_id).result["assets"] == standing.changed_at_first
    assert places(store, applied) == before


def test_what_changed_most_of_the_inventory_is_taken_back_by_building_it_anew(
    store: Store, applied: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "ALWAYS_IN_PLACE", 0)
    unit = store.unit_of_work()
    before = places(store, applied)
    stamp = unit_stamp(store, applied)
    repairs.apply(unit, applied, [rule()], "", ANA)
    last = history.undoable(unit, applied, ANA)
    assert last is not None
    undone = work.start(store, Undo(migration_id=applied, entry=last.id), ANA)
    assert places(store, applied) == before
    told = [event.text for event in activity.events(store, undone.run_id)]
    assert any("applications" in text for text in told), "a rebuild tells what it came to"
    rebuilt = unit_stamp(store, applied)
    assert rebuilt != stamp
    assert history.undoable(unit, applied, ANA) is None
    done = work.start(store, Repair(migration_id=applied, rules=(rule(),), reason="moved"), ANA)
    (standing,) = repairs.standing(unit, applied)
    assert done.outcome is not None
    assert done.outcome["assets"] == standing.changed_at_first == 4
    assert "Leeds" in places(store, applied)
    assert (unit_stamp(store, applied) != rebuilt, standing.reason) == (True, "moved")
    back = work.start(store, TakeBack(migration_id=applied, rule=standing.id), ANA)
    assert back.outcome is not None
    assert back.outcome["assets"] == standing.changed_at_first
    assert places(store, applied) == before
    assert repairs.standing(unit, applied) == []


def test_undo_takes_back_what_was_meant_or_nothing(store: Store, applied: int) -> None:
    unit = store.unit_of_work()
    repairs.apply(unit, applied, [rule()], "", ANA)
    first = history.undoable(unit, applied, ANA)
    assert first is not None
    repairs.apply(
        unit, applied, [rule().model_copy(update={"change": Change(kind=ChangeKind.CLEAR, field="os_name")})], "", ANA
    )
    with pytest.raises(Conflict):
        work.start(store, Undo(migration_id=applied, entry=first.id), ANA)
    assert len(repairs.standing(unit, applied)) == 2
