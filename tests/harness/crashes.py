"""Killing workers at random while runs go on, and counting afterwards what became of every run and every effect."""

from __future__ import annotations

import hashlib
import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select

from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.jobs import Order, place
from platform_core.jobs.upkeep import MOST_LOSSES
from platform_core.services import activity, migrations, receiving
from platform_core.services.activity import RunView
from platform_core.services.plans import PlanWish
from platform_core.services.requests import ApplyAll, LoadSamples, MakePlan, ReadFile
from platform_core.store import Store
from platform_core.store.models import AuditRow, ImportRow, PlanRow, RunRow, RunStepRow
from tests.harness.workers import Crew, WorkerProcess, wait_until

BREAKER = Identity(name="crash test")
OPEN_ROUNDS = 2
"""Rounds of work that are kept open, so that each kill finds something to disturb."""
ROWS = 2_000


@dataclass
class Round:
    """The sample portfolio and a larger file in a migration of its own, then an inventory and a plan of both."""

    migration_id: int
    file_name: str
    waiting: list[Order]
    run_ids: list[int] = field(default_factory=list)


@dataclass
class Toll:
    """What was done to the workers, and what came of the runs."""

    kills: int = 0
    unburied: int = 0
    freezes: int = 0
    runs: int = 0
    resumed: int = 0
    most_workers: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


class CrashTest:
    """Keeps workers busy on a store and kills them until `kills` of them died in the middle of a run."""

    def __init__(self, crew: Crew, folder: Path, *, seed: int, workers: int = 2) -> None:
        self._crew = crew
        self._store: Store = crew.store
        self._folder = folder
        self._chance = random.Random(seed)
        self._workers = workers
        self._rounds: list[Round] = []
        self._thawed: WorkerProcess | None = None
        self.toll = Toll()

    def run(self, kills: int, *, unburied_share: float = 0.0, freeze_share: float = 0.0) -> Toll:
        """Kill until `kills` workers died while they held a run, then let everything come to its end and count.

        Of `unburied_share` of them nobody is told: their silence must be noticed. `freeze_share` are frozen until
        another worker took over, and thawed again.
        """
        began = time.monotonic()
        living: list[WorkerProcess] = []
        while self.toll.kills < kills:
            self._muster(living)
            self._keep_busy()
            time.sleep(self._chance.uniform(0.1, 2.0))
            at_work = self._crew.at_work()
            busy = [each for each in living if each.pid in at_work and at_work[each.pid].runs]
            victim = self._chance.choice(busy) if busy else None
            if victim is None or self._is_at_its_last(at_work[victim.pid].runs):
                continue
            living.remove(victim)
            self.toll.kills += 1
            draw = self._chance.random()
            if draw < freeze_share:
                self._freeze(victim)
            else:
                victim.kill()
                if draw < freeze_share + unburied_share:
                    self.toll.unburied += 1
                else:
                    self._crew.bury(victim)
        self._muster(living)
        wait_until(lambda: not self._go_on(), 600, self._open_runs)
        self.toll.seconds = time.monotonic() - began
        self._count()
        return self.toll

    def _muster(self, living: list[WorkerProcess]) -> None:
        """Have as many workers as there should be: those that ended by themselves are replaced too, none is left over.

        A thawed one that found out that it was declared dead ends by itself; beside the others it may linger.
        """
        living[:] = [each for each in living if each.is_there]
        while len(living) < self._workers:
            living.append(self._crew.start(ready=False))
        self.toll.most_workers = max(self.toll.most_workers, self._crew.running())
        if self._crew.running() > self._workers + 1:
            self.toll.faults.append(
                f"{self._crew.running()} workers at once instead of {self._workers} and a thawed one"
            )

    def _is_at_its_last(self, run_ids: tuple[int, ...]) -> bool:
        """Tell whether one more death would have a run given up, as one that kills its workers should be."""
        unit = self._store.unit_of_work()
        with unit.reading():
            return any(unit.runs.get(run_id).losses >= MOST_LOSSES - 1 for run_id in run_ids)

    def _freeze(self, victim: WorkerProcess) -> None:
        """Freeze a worker, let another take over what it held, and thaw it for a while."""
        self.toll.freezes += 1
        victim.freeze()
        self._crew.bury(victim)
        if self._thawed is not None:
            self._thawed.end()
        self._crew.start().end()
        victim.thaw()
        self._thawed = victim

    def _keep_busy(self) -> None:
        self._go_on()
        while sum(self._is_open(each) for each in self._rounds) < OPEN_ROUNDS:
            self._rounds.append(self._begin())
            self._go_on()

    def _begin(self) -> Round:
        number = len(self._rounds)
        migration = migrations.create(self._store.unit_of_work(), f"Round {number}", BREAKER).id
        name = f"servers-{number}.csv"
        wish = PlanWish(starts_on=date(2027, 1, 4), name=f"Plan {number}")
        orders = [
            _order("sample", RunKind.SAMPLE, LoadSamples(migration_id=migration), migration),
            _order("read_file", RunKind.IMPORT, self._upload(migration, name), migration),
            _order("apply_all", RunKind.INVENTORY, ApplyAll(migration_id=migration), migration),
            _order("plan", RunKind.PLAN, MakePlan(migration_id=migration, wish=wish), migration),
        ]
        return Round(migration, name, orders)

    def _upload(self, migration_id: int, name: str) -> ReadFile:
        lines = (f"{name}-{i:06d},10.0.{i >> 8 & 255}.{i & 255},Ubuntu 22.04,8192,App {i // 9}" for i in range(ROWS))
        return put_original(self._store, self._folder, migration_id, name, lines)

    def _go_on(self) -> bool:
        """Place what comes next in each round; tell whether anything is open."""
        for each in self._rounds:
            if each.waiting and not (each.run_ids and self._crew.run(each.run_ids[-1]).is_open):
                each.run_ids.append(place(self._store, each.waiting.pop(0)).run_id)
        return any(self._is_open(each) for each in self._rounds)

    def _is_open(self, each: Round) -> bool:
        return bool(each.waiting) or self._crew.run(each.run_ids[-1]).is_open

    def _open_runs(self) -> str:
        open_now = [self._crew.run(run_id) for each in self._rounds for run_id in each.run_ids]
        return "\n".join(repr(run) for run in open_now if run.is_open)

    def _count(self) -> None:
        for each in self._rounds:
            runs = [self._crew.run(run_id) for run_id in each.run_ids]
            self.toll.runs += len(runs)
            self.toll.resumed += sum(run.attempt > 1 for run in runs)
            for run in runs:
                ends = [event.text for event in activity.events(self._store, run.id)].count("Completed")
                if run.status is not RunStatus.COMPLETED or ends != 1:
                    self._fault(each, f"run {run.id} ({run.job}) is {run.status}, {ends} ends: {run.error}")
            for what, expected, found in self._effects(each):
                if expected != found:
                    self._fault(each, f"{what}: {found} instead of {expected}")

    def _effects(self, each: Round) -> list[tuple[str, object, object]]:
        """Return what should be there once, and what is there: (what, expected, found)."""
        unit = self._store.unit_of_work()
        mine = ImportRow.migration_id == each.migration_id
        with unit.reading():
            session = unit.runs._session  # the count looks at rows that no use case shows
            trail = Counter(session.scalars(select(AuditRow.action).where(AuditRow.migration_id == each.migration_id)))
            files = session.scalars(select(ImportRow.file_name).where(mine)).all()
            rows = session.scalar(select(ImportRow.rows_stored).where(mine, ImportRow.file_name == each.file_name))
            made = session.scalar(select(func.count(PlanRow.id)).where(PlanRow.migration_id == each.migration_id))
            revision = unit.migrations.get(each.migration_id).inventory_revision
            steps = session.execute(
                select(RunStepRow.run_id, RunStepRow.name)
                .join(RunRow, RunRow.id == RunStepRow.run_id)
                .where(RunRow.migration_id == each.migration_id)
            ).all()
        return [
            ("imports", 5, len(files)),
            ("different files", 5, len(set(files))),
            ("rows of the larger file", ROWS, rows),
            ("receipts in the trail", 5, trail["import.received"]),
            ("applied mappings in the trail", 5, trail["mapping.applied"]),
            ("inventory revisions", 2, revision),
            ("plans", 1, made),
            ("plans in the trail", 1, trail["plan.made"]),
            ("steps", 8, len(steps)),
            ("different steps", 8, len(set(steps))),
        ]

    def _fault(self, each: Round, text: str) -> None:
        self.toll.faults.append(f"migration {each.migration_id}: {text}")


def put_original(store: Store, folder: Path, migration_id: int, name: str, lines: Iterable[str]) -> ReadFile:
    """Store a list of servers as an upload left to a worker is stored, and return the request to read it."""
    content = "\n".join(("Server Name,IP Address,Operating System,RAM (MB),Application Name", *lines)).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder / "upload"
    path.write_bytes(content)
    store.files.publish(path, receiving.original_key(sha256))
    path.unlink()
    return ReadFile(migration_id=migration_id, name=name, sha256=sha256, size=len(content))


def most_at_once(runs: list[RunView]) -> int:
    """Return how many of these runs went on at the same moment, at most."""
    moments = []
    for run in runs:
        assert run.ended_at is not None
        moments += [(run.ended_at - timedelta(seconds=run.seconds), 1), (run.ended_at, -1)]
    most = going_on = 0
    for _, change in sorted(moments):
        going_on += change
        most = max(most, going_on)
    return most


def _order(job: str, kind: RunKind, request: LoadSamples | ReadFile | ApplyAll | MakePlan, migration_id: int) -> Order:
    arguments = request.model_dump(mode="json")
    return Order(kind, job, BREAKER, migration_id, job=job, arguments=arguments)
