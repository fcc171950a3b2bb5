"""What runs cost and how quickly they answer: `python -m tests.perf.runs --help`. Figures for docs/benchmarks.md."""

from __future__ import annotations

import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from platform_core.domain.organisations import DEFAULT
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.jobs import Order, place
from platform_core.services import activity, migrations, work, workers
from platform_core.services.activity import RunView
from platform_core.services.plans import PlanWish
from platform_core.services.requests import MakePlan, ReadFile, Request
from platform_core.services.work import kinds
from platform_core.store import Files, Store
from platform_core.store.columns import now
from platform_core.store.database import create_store_engine
from tests.harness.crashes import BREAKER, most_at_once, put_original
from tests.harness.server import running_workbench
from tests.harness.stream import visit
from tests.harness.workers import Crew, crew, wait_until
from tests.perf.portfolio import fill

MONDAY = now().date()
TURNS = 6
"""Turns of a frozen and a busy worker; also how many plans keep the worker busy."""


def main(
    runs: Annotated[int, typer.Option(help="Runs that wait at once.")] = 200,
    cancels: Annotated[int, typer.Option(help="Imports and plans that are cancelled in the middle.")] = 5,
    assets: Annotated[int, typer.Option(help="Size of the portfolio that is planned.")] = 10_000,
    reruns: Annotated[int, typer.Option(help="How often a page is run again.")] = 60,
    pages_only: Annotated[bool, typer.Option("--pages-only", help="Only the pages beside a busy worker.")] = False,
) -> None:
    """Measure draining, cancelling, polling, and pages beside a busy worker."""
    with tempfile.TemporaryDirectory(prefix="workbench-runs-") as folder:
        if not pages_only:
            with _crew(Path(folder) / "queue") as made:
                _say(_drained(made, Path(folder), runs))
                _say(_polled(made))
            for what in ("import", "plan"):
                with _crew(Path(folder) / what, assets) as made:
                    _say(_cancelled(made, Path(folder), what, cancels))
        _say(_beside_a_busy_worker(Path(folder), assets, reruns))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def _crew(folder: Path, assets: int = 0) -> Iterator[Crew]:
    folder.mkdir()
    url = f"sqlite:///{folder / 'workbench.db'}"
    store = Store(create_store_engine(url), Files(str(folder / "files"))).of(DEFAULT)
    store.upgrade()
    if assets:
        fill(folder, assets)
    with crew(store, url, folder) as made:
        yield made
    store.close()


def _drained(made: Crew, folder: Path, number: int) -> str:
    homes = [migrations.create(made.store.unit_of_work(), f"M{i}", BREAKER).id for i in range(20)]
    orders = []
    for i in range(number):
        request = _upload(made.store, folder, homes[i % len(homes)], 20, f"q{i}")
        orders.append(_order("read_file", RunKind.IMPORT, request, request.migration_id))
    asked = time.monotonic()
    run_ids = [place(made.store, order).run_id for order in orders]
    placed = time.monotonic() - asked
    for _ in range(2):
        made.start()
    began = time.monotonic()
    wait_until(lambda: not any(made.run(run_id).is_open for run_id in run_ids[-20:] + run_ids[:20]), 600)
    wait_until(lambda: not any(made.run(run_id).is_open for run_id in run_ids), 600)
    took = time.monotonic() - began
    ended = [made.run(run_id) for run_id in run_ids]
    completed = sum(run.status is RunStatus.COMPLETED for run in ended)
    by_migration = max(most_at_once([run for run in ended if run.migration_id == home]) for home in homes)
    by_worker = max(
        most_at_once([run for run in ended if run.worker == name]) for name in {run.worker for run in ended}
    )
    return (
        f"drain: {number} runs placed in {placed:.1f} s, drained by 2 workers in {took:.1f} s, {completed} completed; "
        f"at once: {most_at_once(ended)} in all, {by_worker} on a worker (limit 2), {by_migration} in a migration"
    )


def _polled(made: Crew) -> str:
    unit = made.store.unit_of_work()
    home = migrations.create(unit, "Polled", BREAKER).id
    run_id = place(made.store, Order(RunKind.PLAN, "x", BREAKER, home, job=""), at_once=kinds()["plan"]).run_id
    polls = 500
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(polls):
        activity.active(unit, home)
        activity.events(made.store, run_id, after=10**9)
    wall, spent = time.perf_counter() - began, time.process_time() - cpu
    return (
        f"poll of what goes on and its new events: {1000 * spent / polls:.2f} ms CPU, {1000 * wall / polls:.2f} ms wall"
    )


def _cancelled(made: Crew, folder: Path, what: str, number: int) -> str:
    seconds: list[float] = []
    at_rest: list[float] = []
    made.start()
    for i in range(number):
        request: Request = MakePlan(migration_id=1, wish=PlanWish(starts_on=MONDAY, name=f"Plan {i}"))
        if what == "import":
            request = _upload(made.store, folder, 1, 200_000, f"c{i}")
        started = work.start(made.store, request, BREAKER)
        run_id = started.run_id
        made.wait_for(run_id, _is_under_way)
        time.sleep(0.2 * i)
        asked = time.monotonic()
        activity.cancel(made.store.unit_of_work(), run_id, BREAKER)
        run = made.wait_for(run_id)
        if run.status is RunStatus.CANCELLED:
            seconds.append(time.monotonic() - asked)
            told = i + 1
            wait_until(lambda told=told: made.members[-1].log().count("status=cancelled") >= told)
            at_rest.append(time.monotonic() - asked)
    return (
        f"cancel of {what} ({len(seconds)} of {number} in the middle): run ended after {_spread(seconds)} s, "
        f"its worker free after {_spread(at_rest)} s"
    )


def _beside_a_busy_worker(folder: Path, assets: int, reruns: int) -> str:
    """Compare reruns while the worker plans with reruns while that same worker is frozen, in turns.

    Taking turns of a few seconds lets both sides have the same pages, the same open run and the same other load.
    """
    fill(folder / "var", assets)
    with running_workbench(folder, {"OMP_NUM_THREADS": "1", "EMBEDDED_WORKER": "true"}) as workbench:
        store = Store(create_store_engine(workbench.database_url), Files(str(workbench.var / "files"))).of(DEFAULT)
        unit = store.unit_of_work()
        wait_until(lambda: bool(workers.listed(unit)))
        run_ids = [work.start(store, _busy_plan(i), BREAKER).run_id for i in range(TURNS)]
        told = [_turns(workbench.url, store, page, reruns, run_ids) for page in ("overview", "waves", "agents")]
        for run_id in run_ids:
            activity.cancel(unit, run_id, BREAKER)
        store.close()
    return f"rerun p95, frozen worker → the same worker planning {assets:,} assets: {', '.join(told)}"


def _turns(url: str, store: Store, page: str, reruns: int, run_ids: list[int]) -> str:
    """Rerun a page in turns beside a frozen and a busy worker; returns its 95th percentiles and medians."""
    idle: list[float] = []
    busy: list[float] = []
    unit = store.unit_of_work()
    with visit(url, page, "migration=1") as opened:
        opened.run()
        for _ in range(TURNS):
            wait_until(lambda: any(_is_under_way(activity.run(unit, run_id)) for run_id in run_ids))
            (worker,) = [each for each in workers.listed(unit) if each.is_alive]
            os.kill(worker.pid, signal.SIGSTOP)
            try:
                idle += [opened.run().server_ms for _ in range(reruns // TURNS + 1)]
            finally:
                os.kill(worker.pid, signal.SIGCONT)
            busy += [opened.run().server_ms for _ in range(reruns // TURNS + 1)]
    was, now_ = _p95(idle), _p95(busy)
    medians = f"median {statistics.median(idle):.0f} → {statistics.median(busy):.0f}"
    return f"{page} {was:.0f} → {now_:.0f} ms ({now_ / was:.1f}×; {medians})"


def _busy_plan(number: int) -> MakePlan:
    wish = PlanWish(starts_on=MONDAY, name=f"Busy {number}", afresh=True)
    return MakePlan(migration_id=1, wish=wish)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _is_under_way(run: RunView) -> bool:
    return run.status is RunStatus.RUNNING and bool(run.text)


def _upload(store: Store, folder: Path, migration_id: int, rows: int, mark: str) -> ReadFile:
    lines = (f"{mark}-{i:06d},10.0.{i >> 8 & 255}.{i & 255},Ubuntu 22.04,8192,App {i // 9}" for i in range(rows))
    return put_original(store, folder, migration_id, f"{mark}.csv", lines)


def _order(job: str, kind: RunKind, request: ReadFile, migration_id: int) -> Order:
    return Order(kind, job, BREAKER, migration_id, job=job, arguments=request.model_dump(mode="json"))


def _spread(seconds: list[float]) -> str:
    return f"median {statistics.median(seconds):.2f}, longest {max(seconds):.2f}" if seconds else "none"


if __name__ == "__main__":
    typer.run(main)
