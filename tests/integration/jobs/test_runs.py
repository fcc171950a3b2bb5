"""Runs in this process: small work is done at once, large work waits, and who lost a run writes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.errors import BadInput, Cancelled, Conflict, NotFound, Unavailable
from platform_core.jobs import Hold, HoldLost, Order, Outcome, StepsInRequest, Turn, carry_out, close_abandoned, place
from platform_core.jobs.desk import take
from platform_core.jobs.tickets import Ticket
from platform_core.services import activity, history, imports, migrations, plans, work
from platform_core.services.requests import Apply, LoadSamples, MakePlan
from platform_core.store import Store
from platform_core.store.columns import now
from platform_core.store.liveness import REQUEST_LOST_AFTER, WORKER_LOST_AFTER
from tests.harness.crashes import put_original
from tests.harness.organisations import second_organisation
from tests.harness.workers import carry_out_waiting
from tests.integration.jobs.conftest import ANA, LARGE, export, upload

BEN = Identity(name="Ben Example")


def audit_count(store: Store, migration_id: int) -> int:
    return len(history.recent(store.unit_of_work(), migration_id, limit=100))


def silence(store: Store, run_id: int, seconds: float) -> None:
    unit = store.unit_of_work()
    with unit:
        unit.runs.get(run_id).seen_at = now() - timedelta(seconds=seconds)
        unit.commit()


def test_a_small_file_is_read_at_once_as_one_completed_run(store: Store, migration_id: int, worker_row: str) -> None:
    started = upload(store, migration_id, export(20))
    assert started.outcome is not None
    run = activity.run(store.unit_of_work(), started.run_id)
    assert (run.status, run.progress, run.worker) == (RunStatus.COMPLETED, 1.0, None)
    assert run.result == started.outcome
    assert activity.runs(store.unit_of_work(), migration_id)[1] == 1
    assert [view.id for view in imports.listed(store.unit_of_work(), migration_id)] == started.outcome["imports"]


def test_a_large_file_waits_for_a_worker_and_the_same_request_joins_it(
    store: Store, migration_id: int, worker_row: str
) -> None:
    first, second = (upload(store, migration_id, export(LARGE)) for _ in range(2))
    assert (first.outcome, second.outcome) == (None, None)
    assert (second.run_id, second.joined) == (first.run_id, True)
    assert activity.run(store.unit_of_work(), first.run_id).status is RunStatus.QUEUED
    other = upload(store, migration_id, export(LARGE, "b"))
    assert other.run_id != first.run_id


def test_a_worker_of_all_carries_out_a_run_within_its_organisation(
    store: Store, migration_id: int, tmp_path: Path
) -> None:
    other = store.of(second_organisation(store, "Southgate"))
    theirs = migrations.create(other.unit_of_work(), "Theirs", ANA).id
    asked = put_original(other, tmp_path, theirs, "servers.csv", ["web01,192.0.2.1,Ubuntu 22.04,8192,Shop"])
    order = Order(RunKind.IMPORT, "servers.csv", ANA, theirs, job="read_file", arguments=asked.model_dump(mode="json"))
    placed = place(other, order)
    assert carry_out_waiting(store) == []
    assert carry_out_waiting(store.everywhere()) == [placed.run_id]
    (found,) = imports.listed(other.unit_of_work(), theirs)
    assert activity.run(other.unit_of_work(), placed.run_id).result["imports"] == [found.id]
    unit = other.unit_of_work()
    with unit.reading():
        assert other.files.exists(unit.imports.get(found.id).table)
        assert not store.files.exists(unit.imports.get(found.id).table)
    with pytest.raises(NotFound):
        activity.run(store.unit_of_work(), placed.run_id)
    with pytest.raises(NotFound):
        imports.view(store.unit_of_work(), found.id)


def test_without_a_living_worker_the_page_does_large_work_itself(store: Store, migration_id: int) -> None:
    told: list[float] = []
    request = LoadSamples(migration_id=migration_id)
    started = work.start(store, request, ANA, watch=lambda share, _: told.append(share))
    assert started.outcome is not None
    assert started.outcome["assets"] > 400
    assert told == sorted(told)
    assert told[-1] > 0.8


def test_a_silent_worker_is_no_living_one(store: Store, migration_id: int, worker_row: str) -> None:
    unit = store.everywhere().unit_of_work()
    with unit:
        unit.workers.open()[0].seen_at = now() - WORKER_LOST_AFTER - timedelta(seconds=1)
        unit.commit()
    assert work.start(store, LoadSamples(migration_id=migration_id), ANA).outcome is not None


def test_what_is_refused_is_a_failed_run_with_the_sentence(store: Store, migration_id: int) -> None:
    with pytest.raises(BadInput, match="nothing to plan"):
        work.start(store, MakePlan(migration_id=migration_id, wish=plans.PlanWish(starts_on=date(2027, 1, 4))), ANA)
    (run,), _ = activity.runs(store.unit_of_work(), migration_id)
    assert run.status is RunStatus.FAILED
    assert "nothing to plan" in (run.error or "")
    assert run.can_be_repeated
    with pytest.raises(BadInput, match="nothing to plan"):
        work.retry(store, run.id, BEN)
    assert activity.runs(store.unit_of_work(), migration_id)[0][0].started_by == BEN.name


def test_a_waiting_run_is_cancelled_at_once_and_can_be_begun_again(
    store: Store, migration_id: int, worker_row: str
) -> None:
    started = work.start(store, LoadSamples(migration_id=migration_id), ANA)
    activity.cancel(store.unit_of_work(), started.run_id, BEN)
    run = activity.run(store.unit_of_work(), started.run_id)
    assert (run.status, run.is_open) == (RunStatus.CANCELLED, False)
    again = work.retry(store, started.run_id, ANA)
    assert again.run_id != started.run_id
    assert not again.joined


def test_completed_and_running_runs_cannot_be_begun_again(store: Store, migration_id: int) -> None:
    done = upload(store, migration_id, export(5))
    with pytest.raises(Conflict, match="completed"):
        work.retry(store, done.run_id, ANA)
    going_on = place(store, Order(RunKind.PLAN, "Base plan", ANA, migration_id, job="plan"), at_once=True)
    with pytest.raises(Conflict, match="running"):
        work.retry(store, going_on.run_id, ANA)


def test_a_cancelled_run_in_the_page_stops_at_its_next_progress_and_keeps_nothing(
    store: Store, migration_id: int
) -> None:
    def cancel(_share: float, _text: str) -> None:
        (run,) = activity.active(store.unit_of_work(), migration_id)
        activity.cancel(store.unit_of_work(), run.id, ANA)

    with pytest.raises(Cancelled):
        work.start(store, LoadSamples(migration_id=migration_id), ANA, watch=cancel)
    assert imports.listed(store.unit_of_work(), migration_id) == []
    assert activity.runs(store.unit_of_work(), migration_id)[0][0].status is RunStatus.CANCELLED


def held(store: Store, migration_id: int, worker: str) -> tuple[Hold, Order]:
    """Place a run and take it for `worker`."""
    placed = place(store, Order(RunKind.IMPORT, "x", ANA, migration_id, job="read_file"))
    return taken(store, placed.run_id, worker)


def taken(store: Store, run_id: int, worker: str) -> tuple[Hold, Order]:
    unit = store.unit_of_work()
    with unit.reading():
        ticket = Ticket.of(unit.runs.get(run_id))
    found = take(store, ticket, worker, work.kinds())
    assert found is not None
    return found


def move_on(store: Store, run_id: int) -> None:
    """Take a run away from whoever holds it, as a round does when its worker fell silent."""
    unit = store.unit_of_work()
    with unit:
        run = unit.runs.locked(run_id)
        run.attempt, run.worker, run.status = run.attempt + 1, None, RunStatus.LOST
        unit.commit()


def note(hold: Hold, order: Order, name: str = "write") -> list[bool]:
    """Carry out a run with one step that records a line in the trail; return whether the step was a repeated one."""
    seen: list[bool] = []

    def how(turn: Turn) -> Outcome:
        def write(step: object) -> Outcome:
            seen.append(step.repeated)  # type: ignore[attr-defined]
            if not seen[-1]:
                unit = step.store.unit_of_work()  # type: ignore[attr-defined]
                with unit:
                    unit.audit.record(ANA, "test.noted", migration_id=order.migration_id, text="noted")
                    unit.commit()
            return {}

        return turn.step(name, write)

    carry_out(Turn(hold, order, StepsInRequest()), how)
    return seen


def test_who_lost_a_run_can_neither_write_nor_end_it(store: Store, migration_id: int) -> None:
    hold, order = held(store, migration_id, "w1")
    move_on(store, hold.run_id)
    before = audit_count(store, migration_id)
    with pytest.raises(HoldLost):
        note(hold, order)
    assert audit_count(store, migration_id) == before
    assert activity.run(store.unit_of_work(), hold.run_id).is_open
    with pytest.raises(HoldLost):
        hold.note("still here")


def test_a_step_whose_effect_is_there_is_not_done_again(store: Store, migration_id: int) -> None:
    hold, order = held(store, migration_id, "w1")
    guarded: list[object] = []

    def dies_after_its_commit(turn: Turn) -> Outcome:
        def write(step: object) -> Outcome:
            unit = step.store.unit_of_work()  # type: ignore[attr-defined]
            with unit:
                unit.audit.record(ANA, "test.noted", migration_id=migration_id, text="noted")
                unit.commit()
            guarded.append(step)
            raise HoldLost  # as good as dead: nothing is recorded any more

        return turn.step("write", write)

    with pytest.raises(HoldLost):
        carry_out(Turn(hold, order, StepsInRequest()), dies_after_its_commit)
    once = audit_count(store, migration_id)
    move_on(store, hold.run_id)
    second, order = taken(store, hold.run_id, "w2")
    assert note(second, order) == [True]
    assert audit_count(store, migration_id) == once
    assert activity.run(store.unit_of_work(), hold.run_id).status is RunStatus.COMPLETED


def test_an_attempt_is_taken_by_one_worker_only(store: Store, migration_id: int) -> None:
    placed = place(store, Order(RunKind.IMPORT, "x", ANA, migration_id, job="read_file"))
    unit = store.unit_of_work()
    with unit.reading():
        ticket = Ticket.of(unit.runs.get(placed.run_id))
    assert take(store, ticket, "w1", work.kinds()) is not None
    assert take(store, ticket, "w2", work.kinds()) is None


def test_a_run_over_its_time_is_stopped_with_the_reason(store: Store, migration_id: int) -> None:
    hold, order = held(store, migration_id, "w1")
    unit = store.unit_of_work()
    with unit:
        unit.runs.get(hold.run_id).deadline_at = now() - timedelta(seconds=1)
        unit.commit()
    with pytest.raises(Unavailable, match="longer than it may"):
        note(hold, order)
    run = activity.run(store.unit_of_work(), hold.run_id)
    assert run.status is RunStatus.FAILED
    assert "longer than it may" in (run.error or "")


def test_a_run_whose_page_died_is_lost_and_no_longer_in_the_way(store: Store, migration_id: int) -> None:
    order = Order(RunKind.PLAN, "Base plan", ANA, migration_id, job="plan", deduplication_key="plan-1")
    dead = place(store, order, at_once=True)
    assert place(store, order, at_once=True).run_id == dead.run_id
    silence(store, dead.run_id, REQUEST_LOST_AFTER.total_seconds() + 1)
    run = activity.run(store.unit_of_work(), dead.run_id)
    assert (run.status, run.is_open) == (RunStatus.LOST, False)
    assert activity.active(store.unit_of_work(), migration_id) == []
    assert [view.id for view in activity.runs(store.unit_of_work(), migration_id, status=RunStatus.LOST)[0]] == [run.id]
    assert activity.runs(store.unit_of_work(), migration_id, status=RunStatus.RUNNING) == ([], 0)
    assert place(store, order, at_once=True).is_new


def test_a_workbench_that_starts_again_ends_what_its_pages_left_behind(store: Store, migration_id: int) -> None:
    left = place(store, Order(RunKind.PLAN, "Base plan", ANA, migration_id, job="plan"), at_once=True)
    waiting = place(store, Order(RunKind.PLAN, "Other plan", ANA, migration_id, job="plan"))
    close_abandoned(store)
    unit = store.unit_of_work()
    assert activity.run(unit, left.run_id).status is RunStatus.LOST
    assert activity.run(unit, waiting.run_id).status is RunStatus.QUEUED


def test_two_applications_of_one_import_at_once_change_the_inventory_once(store: Store, migration_id: int) -> None:
    upload(store, migration_id, export(30))
    (view,) = imports.listed(store.unit_of_work(), migration_id)
    request = Apply(import_id=view.id, undecided=True, seen_version=view.version)
    assert work.start(store, request, ANA).outcome is not None
    with pytest.raises(Conflict):
        work.start(store, request, BEN)
    assert activity.runs(store.unit_of_work(), migration_id, status=RunStatus.FAILED)[1] == 1


def test_pages_of_runs_add_up(store: Store, migration_id: int) -> None:
    for number in range(7):
        upload(store, migration_id, export(3, f"n{number}"))
    unit = store.unit_of_work()
    pages = [activity.runs(unit, migration_id, kind=RunKind.IMPORT, offset=at, limit=3) for at in (0, 3, 6)]
    assert [total for _, total in pages] == [7, 7, 7]
    numbers = [run.id for runs, _ in pages for run in runs]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 7
