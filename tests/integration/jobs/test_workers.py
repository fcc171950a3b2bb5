"""Workers as processes of their own: killed, frozen, ended, cancelled, many runs at once; each effect comes once."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from platform_core.domain.runs import RunKind, RunStatus
from platform_core.jobs import Order, place
from platform_core.jobs.durable import forget_closed
from platform_core.services import activity, history, imports, inventories, migrations, plans, work
from platform_core.services.activity import RunView
from platform_core.services.plans import PlanWish
from platform_core.services.requests import ApplyAll, LoadSamples, MakePlan
from platform_core.settings import Settings
from platform_core.store import Store
from platform_core.store.columns import now
from platform_core.store.liveness import WORKER_LOST_AFTER
from tests.harness.crashes import most_at_once
from tests.harness.server import PROJECT_ROOT
from tests.harness.workers import Crew, wait_until
from tests.integration.jobs.conftest import ANA, SLOW, export, put_original, upload

STARTS_ON = date(2027, 1, 4)
WELL_BEGUN_SECONDS = 0.3
"""Of the second and more that reading the slow file takes."""

pytestmark = pytest.mark.slow


def begun(run: RunView) -> bool:
    """Return whether a worker has been at it for a while; its own word of progress comes too seldom to wait for."""
    return run.status is RunStatus.RUNNING and run.seconds >= WELL_BEGUN_SECONDS


def told(store: Store, migration_id: int, beginning: str) -> int:
    """Return how many lines of the trail begin like this."""
    changes = history.recent(store.unit_of_work(), migration_id, limit=1000)
    return sum(change.text.startswith(beginning) for change in changes)


def events(store: Store, run_id: int) -> list[str]:
    return [event.text for event in activity.events(store, run_id)]


def portfolio(store: Store, migration_id: int, servers: int = 1200) -> None:
    """Apply a portfolio that takes a worker about two seconds to plan."""
    upload(store, migration_id, export(servers))
    work.start(store, ApplyAll(migration_id=migration_id), ANA)


def make_plan(store: Store, migration_id: int) -> int:
    request = MakePlan(migration_id=migration_id, wish=PlanWish(starts_on=STARTS_ON))
    started = work.start(store, request, ANA)
    assert started.outcome is None
    return started.run_id


def crash_in_the_middle(crewed: Crew, run_id: int, middle: Callable[[RunView], bool] = begun) -> RunView:
    """Kill the worker that carries out a run, start another one, and return the run when it is over."""
    (first,) = crewed.members
    crewed.wait_for(run_id, middle)
    first.kill()
    crewed.bury(first)
    crewed.start()
    return crewed.wait_for(run_id)


def test_a_worker_killed_in_the_middle_of_an_import_leaves_one_whole_import(
    crewed: Crew, store: Store, migration_id: int, database_url: str
) -> None:
    queue = Settings(DATABASE_URL=database_url).queue_url
    assert forget_closed(queue, now().isoformat(), dry=False) == 0, "there is no queue yet, and none is made by looking"
    crewed.start()
    run_id = upload(store, migration_id, export(SLOW)).run_id
    run = crash_in_the_middle(crewed, run_id)
    assert (run.status, run.attempt) == (RunStatus.COMPLETED, 2)
    (view,) = imports.listed(store.unit_of_work(), migration_id)
    assert run.result["imports"] == [view.id]
    assert (view.rows_read, view.rows_stored, view.columns) == (SLOW, SLOW, 9)
    assert told(store, migration_id, "Read servers.csv") == 1
    assert events(store, run_id).count("Completed") == 1
    assert "Resumed" in events(store, run_id)
    said = f"reference={run.reference} run={run_id} attempt={{}} job=read_file migration={migration_id}"
    first, second = (member.log for member in crewed.members)
    assert any("run begun" in line and said.format(1) in line for line in first().splitlines())
    wait_until(lambda: any("status=completed" in line for line in second().splitlines()))
    assert all(said.format(2) in line for line in second().splitlines() if f" run={run_id} " in line)
    wait_until(lambda: forget_closed(queue, now().isoformat(), dry=True) == 2)
    assert [forget_closed(queue, now().isoformat(), dry=False) for _ in range(2)] == [2, 0]


def test_a_worker_killed_in_the_middle_of_a_plan_leaves_one_plan(crewed: Crew, store: Store, migration_id: int) -> None:
    portfolio(store, migration_id)
    crewed.start()
    run_id = make_plan(store, migration_id)
    run = crash_in_the_middle(crewed, run_id, lambda run: run.status is RunStatus.RUNNING)
    assert (run.status, run.attempt) == (RunStatus.COMPLETED, 2)
    ((plan_id, _),) = plans.listed(store.unit_of_work(), migration_id)
    assert run.result == {"plan_id": plan_id}
    assert told(store, migration_id, "Planned") == 1
    placed = plans.applications(store.unit_of_work(), plan_id)
    assert len(placed) == len({name for name, _ in placed}) > 100


def test_finished_steps_are_not_done_again(crewed: Crew, store: Store, migration_id: int) -> None:
    crewed.start()
    run_id = work.start(store, LoadSamples(migration_id=migration_id), ANA).run_id
    run = crash_in_the_middle(crewed, run_id, lambda run: run.progress >= 0.25)
    assert run.status is RunStatus.COMPLETED
    assert len(imports.listed(store.unit_of_work(), migration_id)) == run.result["files"] == 4
    assert told(store, migration_id, "Read ") == 4
    assert sum(inventories.kinds(store.unit_of_work(), migration_id).values()) == run.result["assets"]


def test_a_frozen_worker_that_comes_back_finds_its_run_done_and_ends(
    crewed: Crew, store: Store, migration_id: int
) -> None:
    frozen = crewed.start()
    run_id = upload(store, migration_id, export(SLOW)).run_id
    crewed.wait_for(run_id, begun)
    frozen.freeze()
    unit = store.everywhere().unit_of_work()
    with unit:  # as if 30 seconds had passed
        for row in unit.workers.open():
            row.seen_at = now() - WORKER_LOST_AFTER - timedelta(seconds=1)
        unit.commit()
    crewed.start()
    assert crewed.wait_for(run_id).status is RunStatus.COMPLETED
    frozen.thaw()
    assert frozen.wait(30) == 3, "declared dead"
    assert len(imports.listed(store.unit_of_work(), migration_id)) == 1
    assert told(store, migration_id, "Read servers.csv") == 1
    assert events(store, run_id).count("Completed") == 1


def test_a_silent_worker_is_shown_as_lost_with_its_run(crewed: Crew, store: Store, migration_id: int) -> None:
    frozen = crewed.start()
    run_id = upload(store, migration_id, export(SLOW)).run_id
    crewed.wait_for(run_id, begun)
    frozen.freeze()
    unit = store.everywhere().unit_of_work()
    long_ago = now() - WORKER_LOST_AFTER - timedelta(seconds=1)
    with unit:
        for row in unit.workers.open():
            row.seen_at = long_ago
        unit.runs.get(run_id).seen_at = long_ago
        unit.commit()
    run = crewed.run(run_id)
    assert (run.status, run.is_open) == (RunStatus.LOST, True)
    activity.cancel(store.unit_of_work(), run_id, ANA)
    assert crewed.run(run_id).status is RunStatus.CANCELLED


def test_a_worker_asked_to_end_gives_back_what_it_holds(crewed: Crew, store: Store, migration_id: int) -> None:
    first = crewed.start()
    run_id = upload(store, migration_id, export(SLOW)).run_id
    crewed.wait_for(run_id, begun)
    assert first.end() == 0
    assert crewed.run(run_id).status is RunStatus.QUEUED
    assert crewed.at_work() == {}
    crewed.start()
    assert crewed.wait_for(run_id).status is RunStatus.COMPLETED
    assert len(imports.listed(store.unit_of_work(), migration_id)) == 1


def test_cancelling_stops_a_run_at_once_and_its_worker_soon(crewed: Crew, store: Store, migration_id: int) -> None:
    worker = crewed.start()
    run_id = upload(store, migration_id, export(2 * SLOW)).run_id
    crewed.wait_for(run_id, begun)
    activity.cancel(store.unit_of_work(), run_id, ANA)
    assert crewed.run(run_id).status is RunStatus.CANCELLED
    wait_until(lambda: "status=cancelled" in worker.log())
    assert imports.listed(store.unit_of_work(), migration_id) == []
    assert crewed.run(run_id).status is RunStatus.CANCELLED


def test_what_a_worker_refuses_is_a_failed_run_with_the_sentence(
    crewed: Crew, store: Store, migration_id: int, tmp_path: Path
) -> None:
    crewed.start()
    broken = put_original(store, tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    order = Order(
        RunKind.IMPORT, broken.name, ANA, migration_id, job="read_file", arguments=broken.model_dump(mode="json")
    )
    run = crewed.wait_for(place(store, order).run_id)
    assert run.status is RunStatus.FAILED
    assert "is a picture, not a table" in (run.error or "")
    unknown = Order(RunKind.IMPORT, "x", ANA, migration_id, job="conjure")
    assert "does not know the job" in (crewed.wait_for(place(store, unknown).run_id).error or "")


def test_waiting_runs_drain_within_the_limits(store: Store, crewed: Crew, tmp_path: Path, migration_id: int) -> None:
    work_in = [migration_id, *(migrations.create(store.unit_of_work(), f"M{i}", ANA).id for i in range(5))]
    orders = []
    for number in range(40):
        request = put_original(store, tmp_path, export(20, f"q{number}"))
        request = request.model_copy(update={"migration_id": work_in[number % len(work_in)]})
        arguments = request.model_dump(mode="json")
        orders.append(Order(RunKind.IMPORT, "x", ANA, request.migration_id, job="read_file", arguments=arguments))
    run_ids = [place(store, order).run_id for order in orders]
    crewed.start()
    crewed.start()
    wait_until(lambda: not any(activity.active(store.unit_of_work(), number) for number in work_in))
    runs = [crewed.run(run_id) for run_id in run_ids]
    assert {run.status for run in runs} == {RunStatus.COMPLETED}
    for run in runs:
        assert events(store, run.id).count("Begun") == 1
    assert most_at_once(runs) <= 4, "two on each of two workers"
    for number in work_in:
        assert most_at_once([run for run in runs if run.migration_id == number]) == 1
    for worker in {run.worker for run in runs}:
        assert most_at_once([run for run in runs if run.worker == worker]) <= 2


def test_the_queue_keeps_json_and_a_write_ahead_log(
    crewed: Crew, store: Store, migration_id: int, database_url: str
) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("the file of the queue is SQLite's")
    crewed.start()
    run_id = work.start(store, LoadSamples(migration_id=migration_id), ANA).run_id
    assert crewed.wait_for(run_id).status is RunStatus.COMPLETED
    queue = sqlite3.connect(database_url.removeprefix("sqlite:///").replace(".db", "-queue.db"))
    assert queue.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert queue.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = queue.execute("SELECT application_version, serialization FROM workflow_status").fetchall()
    assert {version for version, _ in rows} == {"1"}
    assert not any("pickle" in (kind or "") for _, kind in rows)
    kept = queue.execute("SELECT output FROM operation_outputs WHERE function_name LIKE 'read%'").fetchall()
    assert len(kept) == 4
    queue.close()


@pytest.mark.parametrize(
    ("imported", "never"),
    [
        ("platform_core.services.workers, platform_core.jobs.worker", "streamlit"),
        ("platform_core.services.workers, platform_core.services.handlers", "dbos"),
        ("pages._frame, pages._run_detail, pages._outcomes, platform_core.api", "crewai"),
        ("pages._ask, pages._agent_mode, pages._agent_work, pages._proposals_here, pages._feedback_by_model", "crewai"),
        ("pages._frame, pages._run_detail, pages._outcomes, platform_core.api", "dbos"),
    ],
)
def test_each_process_imports_only_its_own(imported: str, never: str) -> None:
    script = f"import sys, {imported}; sys.exit(any(name.split('.')[0] == {never!r} for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_a_worker_of_a_test_ends_with_the_test_even_when_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.harness.databases import blank_database_of\n"
        "from tests.harness.portfolio import store_at\n"
        "from tests.harness.workers import crew\n"
        f"folder = Path({str(tmp_path)!r})\n"
        "url = blank_database_of(folder)\n"
        "with crew(store_at(folder), url, folder) as made:\n"
        "    frozen = made.start(ready=False)\n"
        "    frozen.freeze()\n"
        "    print(frozen.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    test = subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True)
    assert test.stdout is not None
    pid = int(test.stdout.readline())
    test.kill()
    test.wait()
    wait_until(lambda: not _is_there(pid))


def _is_there(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
