"""What an agent's run did, piece by piece, and how agents work here: on a model or alone, and what may leave."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from platform_core.agents.failures import degradation
from platform_core.domain.agents import AgentEventKind, Dropped
from platform_core.domain.base import Frozen
from platform_core.domain.model_calls import AttemptStatus, Budget, Cause, Degradation
from platform_core.domain.runs import EventKind, TaskStatus
from platform_core.monitor import AgentMonitor, CallTexts, CallView, Event, TaskView
from platform_core.services import activity, proposals
from platform_core.services.bootstrap import agent_data
from platform_core.services.taken_back import note_taken_back
from platform_core.settings import settings
from platform_core.store import Store, UnitOfWork
from platform_core.store.columns import now
from platform_core.store.liveness import alive

_GOOD = frozenset({AttemptStatus.ANSWERED, AttemptStatus.CACHED})
_OF_ONE_RUN = frozenset(
    {Cause.NO_MODEL, Cause.NO_WORKER, Cause.CANCELLED, Cause.BUDGET, Cause.DEADLINE, Cause.TOO_LONG, Cause.INTERNAL}
)
"""Causes that say nothing about how the next run will fare."""
_SHORTEST_BAR = 0.02
"""Seconds below which a bar could not be seen."""


class Share(Frozen):
    """How much of one part of a budget is spent; `unit` is what it is counted in."""

    unit: str
    spent: float
    most: float

    @property
    def share(self) -> float:
        """Between 0 and 1, however much was spent."""
        return min(1.0, self.spent / self.most) if self.most else 1.0


class SpentOnRun(Frozen):
    """What a run's requests took: tokens read and written, cost where prices are known."""

    tokens: int
    cost: float | None


class Span(Frozen):
    """A bar of the waterfall. `begin` counts seconds from the start of the first task, `state` is good, bad or open.

    `call` is the number of the request in the ledger; None for a task, and for a request that is under way.
    """

    label: str
    begin: float
    seconds: float
    state: str
    text: str
    call: int | None = None
    is_task: bool = False


class Refused(Frozen):
    """An answer of a model that did not pass, why, and in which exchange (`call_id`, "" = beside the others)."""

    call_id: str
    item: str | None
    reason: str
    said: str


class AgentWork(Frozen):
    """What the agents of one run did: tasks, requests, time, what it took of the budget, what did not pass and why."""

    tasks: tuple[TaskView, ...]
    calls: tuple[CallView, ...]
    spans: tuple[Span, ...]
    budget: tuple[Share, ...]
    refused: tuple[Refused, ...]
    degraded: tuple[Degradation, ...]
    warnings: tuple[str, ...]


class Mode(Frozen):
    """How agents work here. `endpoint` is empty without a model; `degraded` says why none helps, and what to do.

    `leaves_machine` = what is sent goes to another host; `shared` are then the fields whose cells may go along.
    """

    endpoint: str
    model: str
    leaves_machine: bool
    shared: tuple[str, ...]
    degraded: Degradation | None


def mode(work: UnitOfWork, migration_id: int) -> Mode:
    """Return how agents work here: on which model, what may leave, and what keeps them from it as far as is known."""
    chosen = settings()
    endpoint = chosen.model_endpoint
    if endpoint is None:
        return Mode(endpoint="", model="", leaves_machine=False, shared=(), degraded=_without_model())
    external = not endpoint.is_loopback
    return Mode(
        endpoint=endpoint.name,
        model=endpoint.model,
        leaves_machine=external,
        shared=tuple(sorted({*agent_data().shareable, *chosen.LLM_SHARED_COLUMNS})) if external else (),
        degraded=_obstacle(work, migration_id),
    )


def of_run(store: Store, run_id: int, events: Sequence[Event]) -> AgentWork:
    """Return what agents did in a run; `events` are all of its events so far, as pages hold them. Raises NotFound."""
    monitor = AgentMonitor(store)
    tasks, calls = monitor.tasks(run_id), monitor.calls(run_id)
    told = [event for event in events if event.kind is EventKind.AGENT]
    return AgentWork(
        tasks=tuple(tasks),
        calls=tuple(calls),
        spans=tuple(_spans(tasks, calls, told)),
        budget=tuple(_budget(tasks, calls, told)),
        refused=tuple(_refused(told)),
        degraded=tuple(degradation(Cause(cause)) for cause in dict.fromkeys(task.cause for task in tasks) if cause),
        warnings=tuple(text for task in tasks for text in _texts(task.result.get("warnings"))),
    )


def spent(work: UnitOfWork, run_ids: Sequence[int]) -> dict[int, SpentOnRun]:
    """Return what runs spent on models, of those that asked one."""
    with work.reading():
        sums = work.calls.sums_by_run(run_ids)
    return {run_id: SpentOnRun(tokens=tokens or 0, cost=cost) for run_id, tokens, cost in sums}


def figures(store: Store, migration_id: int, *, days: int) -> activity.Figures:
    """Return the figures over what ended in the last `days` days; what was taken back meanwhile is noted first."""
    note_taken_back(store.unit_of_work(), migration_id)
    return activity.figures(store, migration_id, days=days)


def said(store: Store, call: int) -> CallTexts:
    """Return what was said in a request; raises NotFound."""
    return AgentMonitor(store).said(call)


def spoken(texts: CallTexts) -> list[tuple[str, str]]:
    """Return the messages of a prompt as (role, text); one that was cut to its kept length is returned as it is."""
    try:
        messages = json.loads(texts.prompt)
        return [(str(message["role"]), str(message.get("content") or "")) for message in messages]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [("sent", texts.prompt)] if texts.prompt else []


def as_json(store: Store, run_id: int) -> bytes:
    """Return all that is kept of a run as a JSON document, what was said to models included; raises NotFound."""
    monitor = AgentMonitor(store)
    calls = monitor.calls(run_id)
    work = store.unit_of_work()
    document = {
        "run": activity.run(work, run_id).model_dump(mode="json"),
        "tasks": [task.model_dump(mode="json") for task in monitor.tasks(run_id)],
        "calls": [call.model_dump(mode="json") | monitor.said(call.id).model_dump() for call in calls],
        "proposals": [view.model_dump(mode="json") for view in proposals.of_run(work, run_id)],
        "events": [event.model_dump(mode="json") for event in activity.events(store, run_id)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _without_model() -> Degradation:
    if settings().CREWAI_ENABLED:
        return degradation(Cause.NO_MODEL)
    return Degradation(
        cause=Cause.NO_MODEL,
        text="Asking a model is switched off.",
        hint="Set CREWAI_ENABLED=true, and DEEPINFRA_API_KEY or LLM_BASE_URL, to have one asked.",
    )


def _obstacle(work: UnitOfWork, migration_id: int) -> Degradation | None:
    """Return why the configured model does not help: no worker lives, or the latest task got nothing from it."""
    with work.reading():
        if not alive(work):
            return degradation(Cause.NO_WORKER)
        cause = next((task.cause for task, _ in work.tasks.with_runs(migration_id=migration_id, limit=1)), None)
    return degradation(Cause(cause)) if cause and cause not in _OF_ONE_RUN else None


def _spans(tasks: Sequence[TaskView], calls: Sequence[CallView], told: Iterable[Event]) -> list[Span]:
    """Return the bars of the waterfall: each task, below it its requests in the order in which they began."""
    if not tasks:
        return []
    zero = min(task.started_at for task in tasks)
    spans = []
    open_calls = _under_way(told)
    for task in tasks:
        spans.append(
            Span(
                label=f"{task.name} ({task.id})" if len(tasks) > 1 else task.name,
                begin=_since(zero, task.started_at),
                seconds=max(task.seconds, _SHORTEST_BAR),
                state=_STATES.get(task.status, "bad"),
                text=task.error or str(task.status),
                is_task=True,
            )
        )
        mine = sorted((call for call in calls if call.task_id == task.id), key=lambda call: (call.started_at, call.id))
        spans += [_request(call, f"Request {place}", zero) for place, call in enumerate(mine, start=1)]
        if task.status is TaskStatus.RUNNING:
            ended = {call.call_id for call in mine}
            waiting = [(call_id, at) for call_id, at in open_calls.items() if call_id not in ended]
            spans += [_open_request(at, f"Request {len(mine) + n}", zero) for n, (_, at) in enumerate(waiting, start=1)]
    return spans


_STATES = {TaskStatus.COMPLETED: "good", TaskStatus.RUNNING: "open"}


def _request(call: CallView, label: str, zero: datetime) -> Span:
    again = f", attempt {call.number}" if call.number > 1 else ""
    said_of = str(call.status).replace("_", " ")
    return Span(
        label=f"{label}{again}",
        begin=_since(zero, call.started_at),
        seconds=max(call.seconds, _SHORTEST_BAR),
        state="good" if call.status in _GOOD else "bad",
        text=f"{said_of}, {call.tokens:,} tokens",
        call=call.id,
    )


def _open_request(at: datetime, label: str, zero: datetime) -> Span:
    return Span(
        label=label,
        begin=_since(zero, at),
        seconds=max(_since(at, now()), _SHORTEST_BAR),
        state="open",
        text="under way",
    )


def _under_way(told: Iterable[Event]) -> dict[str, datetime]:
    """Return the exchanges with a model that began and have not ended, each with its start."""
    found: dict[str, datetime] = {}
    for event in told:
        call_id = str(event.data.get("call_id", ""))
        if event.data.get("kind") == AgentEventKind.CALL_STARTED:
            found[call_id] = event.at
        elif event.data.get("kind") in {AgentEventKind.CALL_FINISHED, AgentEventKind.CALL_FAILED}:
            found.pop(call_id, None)
    return found


def _budget(tasks: Sequence[TaskView], calls: Sequence[CallView], told: Iterable[Event]) -> list[Share]:
    """Return what was spent of the budget that the latest attempt began with; nothing where no model was asked."""
    given = [event.data["budget"] for event in told if event.data.get("budget")]
    if not given or not tasks:
        return []
    budget, task = Budget.model_validate(given[-1]), tasks[-1]
    sent = [call for call in calls if call.task_id == task.id and call.status is not AttemptStatus.CACHED]
    shares = [
        Share(unit="requests", spent=len(sent), most=budget.requests),
        Share(unit="tokens", spent=sum(call.tokens for call in sent), most=budget.tokens),
        Share(unit="seconds", spent=round(task.seconds, 1), most=budget.seconds),
    ]
    costs = [call.cost for call in sent if call.cost is not None]
    if budget.cost is not None and costs:
        shares.append(Share(unit=settings().LLM_CURRENCY, spent=round(sum(costs), 6), most=budget.cost))
    return shares


def _refused(told: Iterable[Event]) -> list[Refused]:
    found = []
    for event in told:
        dropped = event.data.get("refused")
        for each in dropped if isinstance(dropped, list) else ():
            one = Dropped.model_validate(each)
            call_id = str(event.data.get("call_id", ""))
            found.append(Refused(call_id=call_id, item=one.item, reason=one.reason, said=one.said))
    return found


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list) else []


def _since(start: datetime, moment: datetime) -> float:
    return max(0.0, (moment - start) / timedelta(seconds=1))
