"""The worker beside the pages: there when the workbench is, started again when it dies, gone when the workbench is."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from platform_core.domain.runs import RunKind, RunStatus
from platform_core.jobs import Order, place
from platform_core.services import activity, migrations, work, workers
from platform_core.services.requests import LoadSamples
from platform_core.store import Store
from tests.conftest import StartWorkbench
from tests.harness.portfolio import ANALYST, store_at
from tests.harness.server import Workbench
from tests.harness.stream import Run, visit
from tests.harness.workers import wait_until

pytestmark = pytest.mark.slow


@contextmanager
def store_of(workbench: Workbench) -> Iterator[Store]:
    store = store_at(workbench.var)
    try:
        yield store
    finally:
        store.close()


def alive(store: Store) -> list[int]:
    return [view.pid for view in workers.listed(store.unit_of_work()) if view.is_alive]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def polls(run: Run) -> bool:
    return any(message.HasField("auto_rerun") for message in run.messages)


def test_a_worker_that_dies_is_followed_by_another_which_goes_on_with_its_run(start_workbench: StartWorkbench) -> None:
    workbench = start_workbench({"EMBEDDED_WORKER": "true"})
    with store_of(workbench) as store:
        wait_until(lambda: len(alive(store)) == 1)
        (first,) = alive(store)
        migration = migrations.opened(store.unit_of_work(), None, ANALYST)
        started = work.start(store, LoadSamples(migration_id=migration.id), ANALYST)
        wait_until(lambda: activity.run(store.unit_of_work(), started.run_id).progress > 0.1)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not activity.run(store.unit_of_work(), started.run_id).is_open)
        run = activity.run(store.unit_of_work(), started.run_id)
        assert (run.status, run.attempt) == (RunStatus.COMPLETED, 2)
        assert len(alive(store)) == 1
        assert alive(store) != [first]
    assert 'event="worker died"' in workbench.log()


def test_the_worker_ends_with_the_workbench_even_when_that_is_killed(start_workbench: StartWorkbench) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        workbench = start_workbench({"EMBEDDED_WORKER": "true"})
        with store_of(workbench) as store:
            wait_until(lambda store=store: len(alive(store)) == 1)
            (pid,) = alive(store)
        os.kill(workbench.process.pid, number)
        workbench.process.wait()
        wait_until(lambda pid=pid: not is_there(pid))


def test_no_worker_is_started_where_the_settings_say_so(start_workbench: StartWorkbench) -> None:
    workbench = start_workbench()
    with visit(workbench.url, "agents") as opened:
        run = opened.run()
    assert any("whatever is begun now is done by the page itself" in word for word in run.words)
    with store_of(workbench) as store:
        assert workers.listed(store.unit_of_work()) == []


def test_the_activity_page_polls_while_something_goes_on_and_rests_when_nothing_does(
    start_workbench: StartWorkbench,
) -> None:
    workbench = start_workbench()
    with visit(workbench.url, "agents") as opened, store_of(workbench) as store:
        assert not polls(opened.run())
        migration = migrations.opened(store.unit_of_work(), None, ANALYST)
        waiting = place(store, Order(RunKind.PLAN, "Base plan", ANALYST, migration.id, job="plan"))
        assert polls(opened.run())
        activity.cancel(store.unit_of_work(), waiting.run_id, ANALYST)
        opened.run()
        assert not polls(opened.run())


def test_every_page_names_what_goes_on_until_it_is_over(start_workbench: StartWorkbench) -> None:
    workbench = start_workbench()
    with visit(workbench.url, "settings") as opened, store_of(workbench) as store:
        opened.run()
        migration = migrations.opened(store.unit_of_work(), None, ANALYST)
        order = Order(RunKind.PLAN, "Base plan", ANALYST, migration.id, job="plan")
        place(store, order)
        run = opened.run()
        assert polls(run)
        assert any(_progress(message) for message in run.messages)


def _progress(message: ForwardMsg) -> bool:
    return "waits for its turn" in message.delta.new_element.progress.text
