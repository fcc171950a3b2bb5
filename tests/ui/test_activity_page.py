"""Long work from a page's side: it waits, goes on, is stopped, found done, repeated; and the page that shows it all."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from platform_core.domain.runs import RunKind, RunStatus
from platform_core.jobs import Order, place
from platform_core.services import activity, agent_activity, imports, work
from platform_core.services.activity import RunView
from platform_core.services.requests import LoadSamples, MakePlan
from platform_core.store import Store
from platform_core.store.columns import now
from platform_core.store.liveness import REQUEST_LOST_AFTER, WORKER_LOST_AFTER
from platform_core.store.models import WorkerRow
from tests.harness.portfolio import ANALYST, STARTS_ON
from tests.harness.screen import Screen
from tests.harness.workers import carry_out_waiting

MIRROR = "activity"


def add_worker(store: Store, silent: float = 0.0) -> None:
    unit = store.everywhere().unit_of_work()
    with unit:
        seen = now() - timedelta(seconds=silent)
        unit.workers.add(WorkerRow(id="w1", host="Host_1", pid=77, seen_at=seen))
        unit.commit()


def latest(screen: Screen) -> RunView:
    return activity.runs(screen.store.unit_of_work(), 1)[0][0]


def progress(screen: Screen) -> list[str]:
    return [bar.proto.text.replace("\\", "").replace(":small[]", "") for bar in screen.at.main.progress]


def said(screen: Screen) -> str:
    return screen.text.replace("\\", "").replace(":small[]", "")


@pytest.fixture
def waiting(empty: Screen) -> Screen:
    """The overview after the sample was asked for, with a worker that is alive."""
    add_worker(empty.store)
    return empty.open("overview").click("load-sample")


def test_long_work_is_left_to_the_worker_and_the_page_stays_free(waiting: Screen) -> None:
    assert latest(waiting).status is RunStatus.QUEUED
    assert progress(waiting) == ["Sample portfolio: waits for its turn"]
    assert waiting.alerts == []
    assert imports.listed(waiting.store.unit_of_work(), 1) == []
    waiting.open("settings", migration=1)
    assert progress(waiting) == ["Sample portfolio: waits for its turn"]


def test_asking_for_the_same_again_joins_what_is_under_way(waiting: Screen) -> None:
    waiting.click("load-sample")
    assert waiting.toasts == ["This is under way already"]
    assert activity.runs(waiting.store.unit_of_work(), 1)[1] == 1


def test_what_is_done_is_told_and_shown_where_it_was_asked_for(waiting: Screen) -> None:
    carry_out_waiting(waiting.store)
    waiting.at.run()
    assert progress(waiting) == []
    assert [toast.replace("\\", "") for toast in waiting.toasts] == ["Loaded 4 files: 488 assets, 69 applications"]
    assert waiting.at.metric[0].value == "488"
    assert "open-" not in " ".join(str(button.key) for button in waiting.buttons())


def test_what_is_done_while_one_is_elsewhere_can_be_opened_from_there(waiting: Screen) -> None:
    waiting.open("settings", migration=1)
    carry_out_waiting(waiting.store)
    waiting.at.run()
    assert "Sample portfolio is done." in said(waiting)
    waiting.open("feedback", migration=1)
    run = latest(waiting)
    waiting.click(f"open-{run.id}")
    assert waiting.title == "Overview"
    assert "is done." not in said(waiting)


def test_what_is_done_can_be_waved_away(waiting: Screen) -> None:
    waiting.open("settings", migration=1)
    carry_out_waiting(waiting.store)
    waiting.at.run()
    waiting.click(f"dismiss-{latest(waiting).id}")
    assert "is done." not in said(waiting)


def test_what_failed_in_the_worker_is_told_as_an_error(waiting: Screen) -> None:
    work.start(waiting.store, LoadSamples(migration_id=1), ANALYST)  # joins
    unit = waiting.store.unit_of_work()
    with unit:
        run = unit.runs.locked(latest(waiting).id)
        run.status, run.error, run.ended_at = RunStatus.FAILED, "The disk is full. Make room.", now()
        unit.commit()
    waiting.at.run()
    assert [alert.replace("\\", "") for alert in waiting.alerts] == ["The disk is full. Make room."]
    waiting.at.run()
    assert waiting.alerts == []


def test_cancelling_what_waits_stops_it_at_once(waiting: Screen) -> None:
    run = latest(waiting)
    waiting.click(f"cancel-{run.id}")
    assert latest(waiting).status is RunStatus.CANCELLED
    assert progress(waiting) == []
    assert waiting.toasts == ["Sample portfolio was cancelled"]


def test_the_queue_is_shown_in_its_order_with_the_workers(waiting: Screen) -> None:
    place(waiting.store, Order(RunKind.PLAN, "Base plan", ANALYST, 1, job="plan"))
    waiting.open("agents", migration=1)
    assert progress(waiting) == [
        "Sample portfolio: number 1 in the queue",
        "Plan of Base plan: number 2 in the queue",
    ]
    assert "Worker Host_1, process 77 · has nothing to do · sign of life" in said(waiting)


def test_a_silent_worker_is_called_lost_and_so_is_its_run(empty: Screen) -> None:
    empty.open("agents")
    add_worker(empty.store, silent=WORKER_LOST_AFTER.total_seconds() + 5)
    placed = place(empty.store, Order(RunKind.PLAN, "Base plan", ANALYST, 1, job="plan"))
    unit = empty.store.unit_of_work()
    with unit:
        run = unit.runs.locked(placed.run_id)
        run.status, run.worker, run.seen_at = RunStatus.RUNNING, "w1", now() - timedelta(minutes=1)
        unit.commit()
    empty.open("agents", migration=1)
    assert "lost: no sign of life" in said(empty)
    assert list(empty.table("runs")["State"]) == ["Lost"]
    assert any("Its worker gives no sign of life" in alert for alert in empty.alerts)
    assert any("what waits or was lost goes on" in alert for alert in empty.alerts)
    assert "its worker went away; another one goes on from there" in progress(empty)[0]


def test_a_run_whose_page_died_is_lost_and_can_be_begun_again(loaded: Screen) -> None:
    request = MakePlan(migration_id=1, wish={"starts_on": STARTS_ON, "name": "Second plan"})  # type: ignore[arg-type]
    order = Order(RunKind.PLAN, "Second plan", ANALYST, 1, job="plan", arguments=request.model_dump(mode="json"))
    placed = place(loaded.store, order, at_once=True)
    unit = loaded.store.unit_of_work()
    with unit:
        unit.runs.locked(placed.run_id).seen_at = now() - REQUEST_LOST_AFTER - timedelta(seconds=1)
        unit.commit()
    loaded.open("agents", migration=1, state="Lost")
    assert list(loaded.table("runs")["Run"]) == [placed.run_id]
    assert "what was not finished is not kept" in loaded.alerts[0]
    assert progress(loaded) == []
    loaded.click(f"retry-{placed.run_id}")
    assert latest(loaded).status is RunStatus.COMPLETED
    assert loaded.toasts[0].startswith("Planned")


def test_nothing_alive_and_something_waiting_is_said(waiting: Screen) -> None:
    unit = waiting.store.everywhere().unit_of_work()
    with unit:
        unit.workers.end("w1")
        unit.commit()
    waiting.open("agents", migration=1)
    assert "No worker is alive: what waits or was lost goes on" in waiting.alerts[0]


def test_without_workers_the_page_says_who_does_the_work(loaded: Screen) -> None:
    loaded.open("agents", migration=1)
    assert "whatever is begun now is done by the page itself" in said(loaded)
    assert loaded.alerts == []


def test_new_events_are_added_to_those_seen(waiting: Screen) -> None:
    waiting.open("agents", migration=1)
    mirror = waiting.at.session_state[MIRROR]
    assert [event.text for event in mirror["events"]] == ["Queued"]
    first = mirror["events"][0]
    carry_out_waiting(waiting.store)
    waiting.at.run()
    events = waiting.at.session_state[MIRROR]["events"]
    assert events[0] is first, "what was seen is not fetched again"
    assert events == activity.events(waiting.store, latest(waiting).id)
    assert events[-1].text == "Completed"
    numbers = [event.id for event in events]
    assert numbers == sorted(set(numbers))
    again = Screen(waiting.store).open("agents", migration=1)
    assert again.at.session_state[MIRROR]["events"] == events, "another session, after a refresh, sees the same"


def test_the_history_is_paged_and_filtered(loaded: Screen) -> None:
    for number in range(30):
        activity.cancel(
            loaded.store.unit_of_work(),
            place(loaded.store, Order(RunKind.RISK, f"r{number}", ANALYST, 1)).run_id,
            ANALYST,
        )
    loaded.open("agents", migration=1, state="Cancelled", what="Risk")
    assert len(loaded.table("runs")) == 25
    loaded.set("runs-page", 2)
    assert list(loaded.table("runs")["Object"]) == ["r4", "r3", "r2", "r1", "r0"]
    assert "No run is like this." in said(Screen(loaded.store).open("agents", migration=1, state="Failed"))


def test_figures_are_those_of_the_store(loaded: Screen) -> None:
    loaded.open("agents", migration=1)
    assert len(loaded.at.dataframe) == 1, "figures are worked out once somebody opens them"
    loaded.set("figures", value=True)
    table = loaded.table("Runs by kind with durations and success")
    figures = activity.figures(loaded.store, 1, days=30)
    assert list(table["What"]) == [each.kind.capitalize() for each in figures.runs] == ["Plan", "Sample"]
    assert list(table["Median (s)"]) == [each.took.p50 for each in figures.runs]
    assert list(table["Success"]) == [100, 100]


def test_a_run_can_be_taken_away_as_json(loaded: Screen) -> None:
    run = latest(loaded)
    loaded.open("agents", migration=1)
    assert f"export-{run.id}" in {button.key for button in loaded.at.download_button}
    document = json.loads(agent_activity.as_json(loaded.store, run.id))
    assert document["run"]["status"] == "completed"
    assert [event["text"] for event in document["events"]][-1] == "Completed"


def test_what_a_run_came_to_is_opened_from_its_line(loaded: Screen) -> None:
    loaded.open("agents", migration=1)
    loaded.click(f"open-run-{latest(loaded).id}")
    assert loaded.title == "Waves"
