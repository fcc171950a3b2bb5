"""AgentMonitor: tasks end once, nothing runs for ever, figures add up to what was written."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from platform_core.domain.agents import AgentEvent, AgentEventKind, AgentName
from platform_core.domain.identity import Identity
from platform_core.domain.model_calls import AttemptStatus, CallPurpose, ModelAttempt
from platform_core.domain.runs import EventKind, ProposalState, RunKind, RunStatus, TaskStarted, TaskStatus
from platform_core.errors import Conflict, NotFound
from platform_core.jobs import Hold, Order, place
from platform_core.monitor import AgentMonitor
from platform_core.store import Store
from platform_core.store.columns import now
from platform_core.store.liveness import REQUEST_LOST_AFTER
from platform_core.store.models import ProposalRow

ANA = Identity(name="Ana Example")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def monitor(store: Store) -> AgentMonitor:
    return AgentMonitor(store)


@pytest.fixture
def run_id(store: Store, migration_id: int) -> int:
    return begin(store, migration_id)


def begin(store: Store, migration_id: int) -> int:
    order = Order(RunKind.AGENT, "servers.csv", ANA, migration_id, actor="cmdb_analyst")
    return place(store, order, at_once=True).run_id


def task(run_id: int, agent: str = "cmdb_analyst", name: str = "Columns in doubt") -> TaskStarted:
    return TaskStarted(run_id=run_id, agent=agent, name=name)


def attempt(status: AttemptStatus = AttemptStatus.ANSWERED, **facts: object) -> ModelAttempt:
    given: dict[str, object] = {
        "call_id": "c1",
        "number": 1,
        "agent": "cmdb_analyst",
        "purpose": CallPurpose.PROPOSE,
        "model": "small",
        "endpoint": "127.0.0.1:1",
        "started_at": now(),
        "seconds": 0.5,
        "status": status,
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "cost": 0.25,
        "prompt": "[…]",
        "answer": "{}",
    }
    return ModelAttempt.model_validate(given | facts)


def change(store: Store, run_id: int, **values: object) -> None:
    unit = store.unit_of_work()
    with unit:
        run = unit.runs.locked(run_id)
        for name, value in values.items():
            setattr(run, name, value)
        unit.commit()


def test_a_task_is_told_from_its_beginning_to_its_end(monitor: AgentMonitor, run_id: int) -> None:
    number = monitor.start_task(task(run_id))
    assert [each.id for each in monitor.get_current_status().running] == [number]
    monitor.complete_task(number, source="model", result={"proposals": 3})
    (ended,) = monitor.tasks(run_id)
    assert (ended.status, ended.source, ended.result) == (TaskStatus.COMPLETED, "model", {"proposals": 3})
    assert ended.seconds >= 0
    assert monitor.get_current_status().running == ()
    told = [(event.kind, event.text) for event in monitor.events(run_id) if event.task_id == number]
    assert told == [(EventKind.TASK, "Columns in doubt: begun"), (EventKind.TASK, "Columns in doubt: completed")]


def test_a_failed_task_says_why(monitor: AgentMonitor, run_id: int) -> None:
    failed, stopped = monitor.start_task(task(run_id)), monitor.start_task(task(run_id))
    monitor.fail_task(failed, "The endpoint refused the key.", cause="unauthorised")
    monitor.fail_task(stopped, "The run was cancelled.", cancelled=True)
    assert [(each.status, each.cause) for each in monitor.tasks(run_id)] == [
        (TaskStatus.FAILED, "unauthorised"),
        (TaskStatus.CANCELLED, None),
    ]


def test_a_task_ends_once(monitor: AgentMonitor, run_id: int) -> None:
    number = monitor.start_task(task(run_id))
    monitor.complete_task(number)
    with pytest.raises(Conflict):
        monitor.fail_task(number, "Too late.")
    with pytest.raises(Conflict):
        monitor.complete_task(number, source="model")
    assert monitor.tasks(run_id)[0].source is None


def test_a_run_that_is_over_or_gone_takes_no_task(monitor: AgentMonitor, store: Store, run_id: int) -> None:
    Hold(store, run_id, attempt=1).end(RunStatus.COMPLETED)
    with pytest.raises(Conflict, match="is over"):
        monitor.start_task(task(run_id))
    with pytest.raises(NotFound):
        monitor.start_task(task(run_id + 1000))


def test_a_task_whose_run_fell_silent_is_lost_not_running(
    monitor: AgentMonitor, store: Store, migration_id: int, run_id: int
) -> None:
    monitor.start_task(task(run_id))
    change(store, run_id, seen_at=now() - REQUEST_LOST_AFTER - timedelta(seconds=1))
    status = monitor.get_current_status(migration_id)
    assert status.running == ()
    assert [each.status for each in status.lost] == [TaskStatus.LOST]
    assert (status.runs_running, status.runs_lost) == (0, 1)
    assert [each.status for each in monitor.history()] == [TaskStatus.LOST]
    (figures,) = monitor.agent_figures(LONG_AGO)
    assert (figures.ends.lost, figures.ends.success_rate) == (1, 0.0)


def test_the_next_attempt_ends_what_the_former_left_open_and_the_former_can_end_nothing(
    monitor: AgentMonitor, store: Store, run_id: int
) -> None:
    left = monitor.start_task(task(run_id))
    change(store, run_id, attempt=2)
    with pytest.raises(Conflict):
        monitor.complete_task(left)
    again = monitor.start_task(task(run_id))
    assert {each.id: each.status for each in monitor.tasks(run_id)} == {
        left: TaskStatus.LOST,
        again: TaskStatus.RUNNING,
    }


def test_a_task_whose_run_ended_without_it_is_lost(monitor: AgentMonitor, store: Store, run_id: int) -> None:
    monitor.start_task(task(run_id))
    Hold(store, run_id, attempt=1).end(RunStatus.FAILED, error="x")
    assert monitor.tasks(run_id)[0].status is TaskStatus.LOST


def test_events_are_read_on_from_the_last_one_seen(monitor: AgentMonitor, run_id: int) -> None:
    happened = AgentEvent(
        at=now(), agent=AgentName.CMDB_ANALYST, kind=AgentEventKind.BATCH_STARTED, text="Batch 1", data={"items": 25}
    )
    numbers = [monitor.record(run_id, happened) for _ in range(5)]
    assert numbers == sorted(set(numbers))
    seen = monitor.events(run_id, after=numbers[1])
    assert [event.id for event in seen] == numbers[2:]
    assert seen[0].data == {"kind": "batch_started", "agent": "cmdb_analyst", "items": 25}
    assert monitor.events(run_id, after=numbers[-1]) == []
    assert len(monitor.events(run_id, limit=2)) == 2


def test_events_of_many_threads_are_all_there_in_one_order(monitor: AgentMonitor, run_id: int) -> None:
    def tell(name: str) -> None:
        for number in range(10):
            at, agent = now(), AgentName.CMDB_ANALYST
            text = f"{name}{number}"
            monitor.record(run_id, AgentEvent(at=at, agent=agent, kind=AgentEventKind.CALL_STARTED, text=text))

    threads = [threading.Thread(target=tell, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    seen: list[str] = []
    last = 0
    while any(thread.is_alive() for thread in threads) or monitor.events(run_id, after=last):
        for event in monitor.events(run_id, after=last):
            last = event.id
            seen.append(event.text)
    told = [text for text in seen if text[-1].isdigit()]
    assert len(told) == len(set(told)) == 40, "a reader that goes on from the last number misses nothing"
    for name in "abcd":
        assert [text for text in told if text[0] == name] == [f"{name}{number}" for number in range(10)]


def test_tokens_cost_and_decisions_are_summed_by_agent(
    monitor: AgentMonitor, store: Store, migration_id: int, run_id: int
) -> None:
    number = monitor.start_task(task(run_id))
    monitor.enter(run_id, attempt(), task_id=number)
    monitor.enter(run_id, attempt(cost=None, estimated=True), task_id=number)
    monitor.enter(run_id, attempt(AttemptStatus.SLOW_DOWN, prompt_tokens=None, completion_tokens=None, cost=None))
    monitor.enter(run_id, attempt(AttemptStatus.CACHED))
    monitor.enter(run_id, attempt(agent="wave_planner", cost=None))
    unit = store.unit_of_work()
    with unit:
        for item, (state, agrees) in enumerate(
            [
                (ProposalState.OPEN, False),
                (ProposalState.ACCEPTED, False),
                (ProposalState.ACCEPTED, True),
                (ProposalState.REJECTED, False),
                (ProposalState.REVERTED, False),
            ]
        ):
            facts = {"run_id": run_id, "migration_id": migration_id, "agent": "cmdb_analyst", "kind": "column"}
            unit.proposals.add_all([ProposalRow(**facts, item=str(item), state=state, agrees=agrees)])
        unit.commit()
    monitor.complete_task(number)
    analyst, planner = monitor.agent_figures(LONG_AGO, migration_id)
    spent = analyst.spent
    assert (spent.requests, spent.from_cache, spent.tokens) == (3, 1, 240)
    assert (spent.cost, spent.unpriced, spent.estimated) == (0.25, 2, 1)
    assert (analyst.ends.completed, analyst.ends.success_rate) == (1, 1.0)
    made = analyst.decisions
    assert (made.open, made.accepted, made.rejected, made.helped, made.harmed) == (1, 3, 1, 1, 1)
    assert (planner.spent.requests, planner.spent.cost, planner.ends.success_rate) == (1, None, None)
    assert monitor.agent_figures(now() + timedelta(days=1), migration_id)[0].spent.requests == 0
    assert monitor.agent_figures(LONG_AGO, migration_id + 1) == []


def test_runs_are_summed_by_kind(monitor: AgentMonitor, store: Store, migration_id: int) -> None:
    for seconds, status in ((10, RunStatus.COMPLETED), (20, RunStatus.COMPLETED), (1, RunStatus.FAILED)):
        number = begin(store, migration_id)
        Hold(store, number, attempt=1).end(status)
        change(
            store, number, begun_at=now() - timedelta(seconds=seconds), started_at=now() - timedelta(seconds=seconds)
        )
    (figures,) = monitor.run_figures(LONG_AGO, migration_id)
    assert figures.kind == RunKind.AGENT
    assert figures.ends.success_rate == pytest.approx(2 / 3)
    assert figures.took.p50 == pytest.approx(15, abs=1)
    assert figures.took.longest == pytest.approx(20, abs=1)


def test_history_is_newest_first_and_by_agent(monitor: AgentMonitor, run_id: int) -> None:
    first = monitor.start_task(task(run_id))
    second = monitor.start_task(task(run_id, "wave_planner"))
    assert [each.id for each in monitor.history()] == [second, first]
    assert [each.id for each in monitor.history(agent="cmdb_analyst")] == [first]
    assert len(monitor.history(limit=1)) == 1
