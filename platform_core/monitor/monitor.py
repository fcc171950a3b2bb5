"""AgentMonitor: what agents do is written down as it happens, so that a refresh, a crash or a restart loses nothing.

Nothing is ever overwritten: a task ends once, events and ledger only grow. A task whose attempt at its run is not
going on any more counts as lost, whether or not anybody wrote that down.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from platform_core.domain.agents import AgentEvent
from platform_core.domain.model_calls import ModelAttempt
from platform_core.domain.runs import EventKind, RunStatus, TaskEnded, TaskStarted, TaskStatus
from platform_core.errors import Conflict
from platform_core.monitor.figures import (
    AgentFigures,
    Ends,
    RunFigures,
    agent_figures,
    decisions_by_agent,
    durations,
    spent_by_agent,
)
from platform_core.monitor.views import CallTexts, CallView, CurrentStatus, Event, TaskView, task_status
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.liveness import alive, status_of
from platform_core.store.models import CallRow, TaskRow

HISTORY = 50
EVENTS = 200


class AgentMonitor:
    """Writes down and tells what agents do, on one store. Safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start_task(self, started: TaskStarted) -> int:
        """Begin a task and return its number; what an earlier attempt at the same run left open is ended as lost.

        Raises NotFound when there is no such run, Conflict when it is over.
        """
        work = self._store.unit_of_work()
        with work:
            run = work.runs.locked(started.run_id)
            if run.ended_at is not None:
                raise Conflict(f"Run {run.id} is over.", hint="Begin a new one.")
            for left in work.tasks.of_run(run.id):
                if left.ended_at is None and left.attempt != run.attempt:
                    left.status, left.ended_at = TaskStatus.LOST, left.seen_at
            task = TaskRow(run_id=run.id, attempt=run.attempt, agent=started.agent, name=started.name)
            work.tasks.add(task)
            work.flush()
            run.seen_at = now()
            work.runs.tell(run, f"{started.name}: begun", EventKind.TASK, task_id=task.id)
            work.commit()
            return task.id

    def complete_task(
        self,
        task_id: int,
        *,
        source: str | None = None,
        cause: str | None = None,
        result: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """End a task with its result (figures and ids, never rows); raises Conflict when it cannot end any more."""
        self._end(task_id, TaskEnded(source=source, cause=cause, result=dict(result or {})))

    def fail_task(self, task_id: int, error: str, *, cause: str | None = None, cancelled: bool = False) -> None:
        """End a task that did not complete, with the reason in a sentence; raises Conflict as `complete_task`."""
        status = TaskStatus.CANCELLED if cancelled else TaskStatus.FAILED
        self._end(task_id, TaskEnded(status=status, cause=cause, error=error))

    def record(self, run_id: int, event: AgentEvent, *, task_id: int | None = None) -> int:
        """Append an event of an agent's own to its run, as a sign of life; returns the event's number."""
        work = self._store.unit_of_work()
        with work:
            run = work.runs.locked(run_id)
            run.seen_at = now()
            if task_id is not None:
                work.tasks.get(task_id).seen_at = now()
            data = {"kind": str(event.kind), "agent": str(event.agent), **event.data}
            row = work.runs.tell(run, event.text, EventKind.AGENT, task_id=task_id, data=data)
            row.at = event.at
            work.commit()
            return row.id

    def enter(self, run_id: int, attempt: ModelAttempt, *, task_id: int | None = None) -> int:
        """Append a request to a model, or one that the cache spared, to the ledger; returns its number."""
        facts = attempt.model_dump(exclude={"prompt", "answer"})
        work = self._store.unit_of_work()
        with work:
            run = work.runs.locked(run_id)
            run.seen_at = now()
            row = CallRow(run_id=run_id, task_id=task_id, **facts)
            work.calls.add(row, attempt.prompt, attempt.answer)
            work.flush()
            text = f"{attempt.model}: {attempt.status.replace('_', ' ')}"
            work.runs.tell(run, text, EventKind.CALL, task_id=task_id, data={"call": row.id})
            work.commit()
            return row.id

    def events(self, run_id: int, *, after: int = 0, limit: int = EVENTS) -> list[Event]:
        """Return what happened in a run after event number `after`, in order."""
        work = self._store.unit_of_work()
        with work.reading():
            return [Event.of(row) for row in work.runs.events(run_id, after=after, limit=limit)]

    def history(
        self, *, agent: str = "", migration_id: int | None = None, before: int = 0, limit: int = HISTORY
    ) -> list[TaskView]:
        """Return the latest tasks with a number below `before` (0 = all), newest first."""
        work = self._store.unit_of_work()
        with work.reading():
            workers = alive(work)
            found = work.tasks.with_runs(agent=agent, migration_id=migration_id, before=before, limit=limit)
            return [TaskView.of(task, run, workers) for task, run in found]

    def tasks(self, run_id: int) -> list[TaskView]:
        """Return the tasks of a run in the order they began; raises NotFound."""
        work = self._store.unit_of_work()
        with work.reading():
            run, workers = work.runs.get(run_id), alive(work)
            return [TaskView.of(task, run, workers) for task in work.tasks.of_run(run_id)]

    def calls(self, run_id: int) -> list[CallView]:
        """Return the ledger of a run, in the order in which its requests ended."""
        work = self._store.unit_of_work()
        with work.reading():
            return [CallView.of(row) for row in work.calls.of_run(run_id)]

    def said(self, call: int) -> CallTexts:
        """Return what was said in a request, by its number in the ledger; raises NotFound."""
        work = self._store.unit_of_work()
        with work.reading():
            row = work.calls.get(call)
            return CallTexts(prompt=work.calls.text(row.prompt), answer=work.calls.text(row.answer))

    def get_current_status(self, migration_id: int | None = None) -> CurrentStatus:
        """Return what goes on now, in one migration or (None) in all."""
        work = self._store.unit_of_work()
        with work.reading():
            workers = alive(work)
            states = Counter(status_of(run, workers) for run in work.runs.open(migration_id))
            found = [pair for pair in work.tasks.open() if migration_id in {None, pair[1].migration_id}]
            tasks = [TaskView.of(task, run, workers) for task, run in found]
        return CurrentStatus(
            running=tuple(task for task in tasks if task.status is TaskStatus.RUNNING),
            lost=tuple(task for task in tasks if task.status is TaskStatus.LOST),
            runs_running=states[RunStatus.RUNNING],
            runs_queued=states[RunStatus.QUEUED],
            runs_lost=states[RunStatus.LOST],
            workers=len(workers),
        )

    def agent_figures(self, since: datetime, migration_id: int | None = None) -> list[AgentFigures]:
        """Return durations, success, tokens, cost and decisions by agent, of what happened after `since`."""
        work = self._store.unit_of_work()
        with work.reading():
            ended = _ended_tasks(work, since, migration_id)
            spent = spent_by_agent(work.calls.sums(since, migration_id))
            return agent_figures(ended, spent, decisions_by_agent(work.proposals.counts(migration_id)))

    def run_figures(self, since: datetime, migration_id: int | None = None) -> list[RunFigures]:
        """Return durations, waiting times and success by kind of run, of the runs that ended after `since`."""
        work = self._store.unit_of_work()
        by_kind = defaultdict(list)
        with work.reading():
            for kind, *rest in work.runs.ended_since(since, migration_id):
                by_kind[kind].append(rest)
        return [
            RunFigures(
                kind=kind,
                ends=Ends.of(status for status, *_ in runs),
                took=durations(
                    [
                        (ended - (begun or asked)).total_seconds()
                        for status, asked, begun, ended in runs
                        if status == RunStatus.COMPLETED
                    ]
                ),
                waited=durations([max(0.0, (begun - asked).total_seconds()) for _, asked, begun, _ in runs if begun]),
            )
            for kind, runs in sorted(by_kind.items())
        ]

    def _end(self, task_id: int, ended: TaskEnded) -> None:
        work = self._store.unit_of_work()
        with work:
            task = work.tasks.get(task_id)
            run = work.runs.locked(task.run_id)
            if task.ended_at is not None or task.attempt != run.attempt or run.ended_at is not None:
                raise Conflict("This task was ended meanwhile, or its run went on without it.")
            task.status, task.source, task.cause = ended.status, ended.source, ended.cause
            task.error, task.result = ended.error, ended.result
            task.ended_at = task.seen_at = run.seen_at = now()
            text = f"{task.name}: {ended.error or ended.status}"
            work.runs.tell(run, text, EventKind.TASK, task_id=task.id)
            work.commit()


def _ended_tasks(work: UnitOfWork, since: datetime, migration_id: int | None) -> dict[str, list[tuple[str, float]]]:
    """Return (status, seconds) of each agent's tasks that ended or were lost after `since`."""
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for agent, status, start, end in work.tasks.ended_since(since, migration_id):
        found[agent].append((status, (end - start).total_seconds()))
    workers = alive(work)
    for task, run in work.tasks.open():
        if migration_id in {None, run.migration_id} and task.seen_at >= since:
            status = task_status(task, run, workers)
            if status is TaskStatus.LOST:
                found[task.agent].append((status, (task.seen_at - task.started_at).total_seconds()))
    return found
