"""What analysts say of dependencies: kept over rebuilds, undone, and counted everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.domain.dependencies import DependencyFilter, DependencyState, DependencyVerdict, NoiseChange
from platform_core.domain.identity import Identity
from platform_core.domain.waves import Rules
from platform_core.errors import BadInput, Conflict
from platform_core.services import (
    applying,
    chronicle,
    dependency_decisions,
    dependency_list,
    exports,
    graphs,
    history,
    imports,
    noise,
    plans,
    strategies,
)
from platform_core.services.dependency_decisions import NewDependency
from platform_core.services.dependency_list import ListedDependency
from platform_core.services.duplicates_settled import carry_out
from platform_core.services.plans import PlanWish
from platform_core.store import Store
from tests.harness.portfolio import STARTS_ON
from tests.integration.services.conftest import Upload

ANA, BEN = Identity(name="Ana Example"), Identity(name="Ben Example")
SHOP, CRM, FAX = "application:shop", "application:crm", "application:faxarchive"
CONFIRMED, REJECTED, ADDED = DependencyVerdict


def listed(store: Store, migration_id: int, **wanted: object) -> list[ListedDependency]:
    return list(dependency_list.page(store.unit_of_work(), migration_id, DependencyFilter(**wanted)).lines)


def say(
    store: Store, migration_id: int, numbers: list[int], verdict: DependencyVerdict | None, by: Identity = ANA
) -> int:
    work = store.unit_of_work()
    seen = dependency_list.page(work, migration_id, DependencyFilter()).revision
    return dependency_decisions.decide(work, migration_id, numbers, verdict, "Asked the team", by, seen_revision=seen)


def cross(store: Store, migration_id: int) -> ListedDependency:
    """Return what the shop needs of the CRM, the one dependency between applications."""
    (line,) = listed(store, migration_id, port=443)
    return line


def depends_on_crm(store: Store, migration_id: int) -> tuple[str, ...]:
    return graphs.neighbourhood(store, migration_id, CRM, 1).depends_on_it


def inbound_of_crm(store: Store, migration_id: int) -> object:
    facts = strategies.argument(store.unit_of_work(), migration_id, CRM).facts
    return next(fact.value for fact in facts if fact.key == "inbound_dependencies")


def test_a_list_names_owners_states_and_noise(store: Store, applied: int) -> None:
    line = cross(store, applied)
    assert (line.source, line.target, line.state) == ("app01", "crm01", DependencyState.OPEN)
    assert (line.source_owner, line.target_owner) == ("Ada Example", "Ben Example")
    (name_service,) = listed(store, applied, state=DependencyState.NOISE)
    assert (name_service.port, name_service.service) == (53, "DNS")
    assert [line.port for line in listed(store, applied, subject_key=CRM)] == [443]
    assert [line.target for line in listed(store, applied, state=DependencyState.OUTSIDE)] == ["nowhere.example"]


def test_a_rejected_dependency_counts_nowhere_until_that_is_undone(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    plan = plans.make(store, applied, PlanWish(starts_on=STARTS_ON, rules=Rules(waves=2)), ANA)
    assert depends_on_crm(store, applied) == ("Shop",)
    assert inbound_of_crm(store, applied) == 1
    assert say(store, applied, [cross(store, applied).number], REJECTED) == 1
    assert depends_on_crm(store, applied) == ()
    assert inbound_of_crm(store, applied) == 0
    assert graphs.structure(store, applied).dependencies == 2
    with work.reading():
        sheet = exports.dependency_sheet(work.dependencies.all(applied))
    assert "crm01" not in [row[1] for row in sheet.rows]
    assert plans.view(work, plan.id).stale
    line = cross(store, applied)
    assert (line.state, line.reason, line.by) == (DependencyState.REJECTED, "Asked the team", "Ana Example")
    assert history.undo(work, applied, ANA) == "Rejected app01 → crm01 (port 443)"
    assert depends_on_crm(store, applied) == ("Shop",)
    assert inbound_of_crm(store, applied) == 1


def test_a_verdict_survives_a_rebuild_and_stays_in_the_history_of_both_ends(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    say(store, applied, [cross(store, applied).number], REJECTED)
    view = imports.listed(work, applied)[0]
    applying.withdraw(store, view.id, ANA, seen_version=view.version)
    assert cross(store, applied).state is DependencyState.REJECTED, "the ends are known by name while they are away"
    view = next(each for each in imports.listed(work, applied) if each.id == view.id)
    applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version)
    assert cross(store, applied).state is DependencyState.REJECTED
    assert depends_on_crm(store, applied) == ()
    for subject in (SHOP, CRM):
        assert "Rejected 1 dependency: Asked the team" in [
            event.text for event in chronicle.of_application(work, applied, subject)
        ]


def reject_a_seen_one(store: Store, migration_id: int) -> None:
    say(store, migration_id, [cross(store, migration_id).number], REJECTED, BEN)


def take_back_an_added_one(store: Store, migration_id: int) -> None:
    (added,) = listed(store, migration_id, state=DependencyState.ADDED)
    say(store, migration_id, [added.number], None, BEN)


def add_another(store: Store, migration_id: int) -> None:
    ends = NewDependency(source_key="server:old01", target_key="server:crm01", port=1433)
    dependency_decisions.add(store.unit_of_work(), migration_id, ends, "Told by the team", BEN)


def count_a_port_as_noise(store: Store, migration_id: int) -> None:
    change = noise.with_port(NoiseChange(), 443, is_noise=True)
    noise.apply(store.unit_of_work(), migration_id, change, "A proxy", BEN, seen_number=0)


@pytest.mark.parametrize("decide", [reject_a_seen_one, take_back_an_added_one, add_another, count_a_port_as_noise])
def test_what_is_decided_about_dependencies_during_a_rebuild_counts_when_it_ends(
    store: Store, applied: int, decide: Callable[[Store, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = NewDependency(source_key="server:web01", target_key="server:crm01", port=8080)
    dependency_decisions.add(store.unit_of_work(), applied, ends, "Told by the team", ANA)

    def carried_out_meanwhile(*told: Any) -> Any:
        decide(store, applied)
        return carry_out(*told)

    monkeypatch.setattr(applying, "carry_out", carried_out_meanwhile)
    applying.settle_duplicates(store, applied, ANA)
    monkeypatch.undo()
    during = [line.model_copy(update={"number": 0}) for line in listed(store, applied)], arguments(store, applied)
    assert decide.__name__ != "add_another" or 1433 in {line.port for line in during[0]}
    applying.settle_duplicates(store, applied, ANA)
    again = [line.model_copy(update={"number": 0}) for line in listed(store, applied)], arguments(store, applied)
    assert during == again


def arguments(store: Store, migration_id: int) -> dict[str, object]:
    work = store.unit_of_work()
    told = {key: strategies.argument(work, migration_id, key) for key in (SHOP, CRM, FAX)}
    return {key: (argument.facts, argument.line.engine, argument.line.confidence) for key, argument in told.items()}


def test_an_added_dependency_counts_like_one_that_was_seen(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    wanted = NewDependency(source_key="server:old01", target_key="server:crm01", port=1433, weight=7.0)
    dependency_decisions.add(work, applied, wanted, "The operator told us", ANA)
    assert depends_on_crm(store, applied) == ("Fax Archive", "Shop")
    assert inbound_of_crm(store, applied) == 2
    with pytest.raises(Conflict, match="known already"):
        dependency_decisions.add(work, applied, wanted, "Again", ANA)
    view = imports.listed(work, applied)[0]
    applying.withdraw(store, view.id, ANA, seen_version=view.version)
    view = next(each for each in imports.listed(work, applied) if each.id == view.id)
    applying.apply(store, view.id, ANA, undecided=True, seen_version=view.version)
    (line,) = listed(store, applied, state=DependencyState.ADDED)
    assert (line.source, line.target, line.port, line.weight) == ("old01", "crm01", 1433, 7.0)
    assert depends_on_crm(store, applied) == ("Fax Archive", "Shop")
    history.undo(work, applied, ANA)
    assert listed(store, applied, state=DependencyState.ADDED) == []
    assert depends_on_crm(store, applied) == ("Shop",)


def test_an_added_dependency_that_an_export_brings_later_is_not_counted_twice(
    store: Store, applied: int, upload: Upload
) -> None:
    wanted = NewDependency(source_key="server:old01", target_key="server:crm01", port=1433, weight=7.0)
    dependency_decisions.add(store.unit_of_work(), applied, wanted, "The operator told us", ANA)
    upload("later.csv", "Source Server,Destination Server,Destination Port,Protocol\nold01,crm01,1433,TCP\n")
    applying.apply_all(store, applied, ANA)
    (line,) = listed(store, applied, port=1433)
    assert (line.state, line.weight) == (DependencyState.CONFIRMED, 1.0)


def test_an_added_dependency_goes_when_it_is_rejected(store: Store, applied: int) -> None:
    wanted = NewDependency(source_key="server:old01", target_key="server:crm01")
    dependency_decisions.add(store.unit_of_work(), applied, wanted, "The operator told us", ANA)
    (line,) = listed(store, applied, state=DependencyState.ADDED)
    say(store, applied, [line.number], REJECTED)
    assert listed(store, applied, text="old01") == []
    history.undo(store.unit_of_work(), applied, ANA)
    assert [line.state for line in listed(store, applied, text="old01")] == [DependencyState.ADDED]


def test_a_confirmed_dependency_counts_over_a_noise_port(store: Store, applied: int, upload: Upload) -> None:
    upload("shares.csv", "Source Server,Destination Server,Destination Port,Protocol\nold01,crm01,445,TCP\n")
    applying.apply_all(store, applied, ANA)
    (share,) = listed(store, applied, port=445)
    assert share.state is DependencyState.NOISE
    assert depends_on_crm(store, applied) == ("Shop",)
    say(store, applied, [share.number], CONFIRMED)
    assert depends_on_crm(store, applied) == ("Fax Archive", "Shop")


def test_many_are_decided_and_undone_at_once(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    numbers = dependency_list.numbers(work, applied, DependencyFilter(subject_key=SHOP))
    assert say(store, applied, numbers, CONFIRMED) == 3
    assert dependency_list.tally(work, applied)[DependencyState.CONFIRMED] == 3
    assert say(store, applied, numbers, CONFIRMED) == 0, "nothing new to say"
    assert history.undo(work, applied, ANA) == "Confirmed 3 dependencies"
    assert dependency_list.tally(work, applied)[DependencyState.CONFIRMED] == 0


def test_a_verdict_that_a_colleague_changed_is_not_undone(store: Store, applied: int) -> None:
    number = cross(store, applied).number
    say(store, applied, [number], REJECTED)
    say(store, applied, [number], CONFIRMED, BEN)
    change = history.undoable(store.unit_of_work(), applied, ANA)
    assert change is None or "Rejected" not in change.text
    say(store, applied, [number], None, BEN)
    assert cross(store, applied).state is DependencyState.OPEN


def test_a_verdict_needs_a_reason_and_the_inventory_it_was_given_on(store: Store, applied: int) -> None:
    work, number = store.unit_of_work(), cross(store, applied).number
    with pytest.raises(BadInput, match="reason"):
        dependency_decisions.decide(work, applied, [number], REJECTED, " ", ANA, seen_revision=1)
    with pytest.raises(Conflict, match="rebuilt"):
        dependency_decisions.decide(work, applied, [number], REJECTED, "No", ANA, seen_revision=0)
    ends = NewDependency(source_key="server:old01", target_key="server:old01")
    with pytest.raises(BadInput, match="same"):
        dependency_decisions.add(work, applied, ends, "Loop", ANA)


def test_noise_is_previewed_applied_and_undone(store: Store, applied: int) -> None:
    work = store.unit_of_work()
    change = noise.with_port(NoiseChange(), 443, is_noise=True)
    effect = noise.preview(work, applied, change)
    assert (effect.drop_out, effect.come_back, effect.weight) == (1, 0, 1.0)
    plan = plans.make(store, applied, PlanWish(starts_on=STARTS_ON, rules=Rules(waves=2)), ANA)
    with pytest.raises(BadInput, match="reason"):
        noise.apply(work, applied, change, "", ANA, seen_number=0)
    assert noise.apply(work, applied, change, "A proxy", ANA, seen_number=0).number == 1
    assert depends_on_crm(store, applied) == ()
    assert inbound_of_crm(store, applied) == 0
    assert plans.view(work, plan.id).stale
    with pytest.raises(Conflict):
        noise.apply(work, applied, NoiseChange(), "Back", BEN, seen_number=0)
    history.undo(work, applied, ANA)
    assert depends_on_crm(store, applied) == ("Shop",)
    assert inbound_of_crm(store, applied) == 1
    assert noise.current(work, applied).change == NoiseChange()


def test_a_shipped_noise_port_can_count_and_a_process_can_be_noise(store: Store, applied: int, upload: Upload) -> None:
    upload(
        "processes.csv",
        "Source Server,Destination Server,Destination Port,Process\n"
        "old01,crm01,445,robocopy.exe\nold01,crm01,9999,C:\\Agents\\Scan\\scanner.exe -v\n",
    )
    applying.apply_all(store, applied, ANA)
    work = store.unit_of_work()
    assert depends_on_crm(store, applied) == ("Fax Archive", "Shop")
    quiet = noise.with_process(NoiseChange(), "scanner", is_noise=True)
    noise.apply(work, applied, quiet, "The scanner reaches everything", ANA, seen_number=0)
    assert depends_on_crm(store, applied) == ("Shop",)
    loud = noise.with_port(quiet, 445, is_noise=False)
    assert noise.preview(work, applied, loud).come_back == 1
    noise.apply(work, applied, loud, "File shares hold these together", ANA, seen_number=1)
    assert depends_on_crm(store, applied) == ("Fax Archive", "Shop")
    rows = {(line.port, line.process): line for line in noise.lines(work, applied, loud)}
    assert not rows[445, None].is_noise
    assert rows[53, None].is_noise
    assert rows[None, "C:\\Agents\\Scan\\scanner.exe -v"].is_noise
