"""Agents as durable runs: asked for by a page, carried out by a worker that asks the model, watched and stopped."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from platform_core.domain.agents import AgentName
from platform_core.domain.model_calls import Cause
from platform_core.domain.runs import EventKind, ProposalState, RunStatus, TaskStatus
from platform_core.monitor import AgentMonitor
from platform_core.services import activity, proposals, receiving, work
from platform_core.services.crew import Subject
from platform_core.services.requests import AskAgent
from platform_core.settings import settings
from platform_core.store import Store
from tests.harness.answering import answering
from tests.harness.model_server import ModelServer, Says, answer, running_model
from tests.harness.workers import Crew, crew, wait_until
from tests.integration.jobs.conftest import ANA

ODD = b"Server Name,Box Figure,Who,Blob,Seen At\nweb01,8192,Ada,x9,2024-01-03\napp01,16384,Ben,x8,2024-02-03\n"


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with running_model(answering()) as server:
        yield server


@pytest.fixture
def asked(store: Store, migration_id: int) -> AskAgent:
    received = receiving.receive(store, migration_id, "odd.csv", BytesIO(ODD), ANA)
    subject = Subject(migration_id=migration_id, import_id=received.imports[0])
    return AskAgent(agent=AgentName.CMDB_ANALYST, subject=subject)


@pytest.fixture
def with_model(monkeypatch: pytest.MonkeyPatch, model: ModelServer) -> Iterator[None]:
    """This process is set up to have a model asked, as a page's would be."""
    monkeypatch.setenv("LLM_BASE_URL", model.base_url)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def workers(store: Store, database_url: str, tmp_path: Path, model: ModelServer, with_model: None) -> Iterator[Crew]:
    with crew(store, database_url, tmp_path, LLM_BASE_URL=model.base_url) as made:
        yield made


def test_without_a_model_the_engine_answers_in_the_page(store: Store, asked: AskAgent) -> None:
    started = work.start(store, asked, ANA)
    assert started.outcome is not None
    assert started.outcome["cause"] == Cause.NO_MODEL
    assert started.outcome["items"] == 5
    (task,) = AgentMonitor(store).tasks(started.run_id)
    assert (task.status, task.source) == (TaskStatus.COMPLETED, "fallback")


def test_without_a_worker_a_page_asks_no_model_and_says_so(
    store: Store, asked: AskAgent, model: ModelServer, with_model: None
) -> None:
    started = work.start(store, asked, ANA)
    assert started.outcome is not None
    assert started.outcome["cause"] == Cause.NO_WORKER
    assert model.requests == 0


def test_a_worker_asks_the_model_and_everything_it_did_can_be_seen(
    store: Store, asked: AskAgent, model: ModelServer, workers: Crew
) -> None:
    workers.start()
    started = work.start(store, asked, ANA)
    assert started.outcome is None
    assert work.start(store, asked, ANA).joined
    run = workers.wait_for(started.run_id)
    assert run.status is RunStatus.COMPLETED, run.error
    assert run.actor == AgentName.CMDB_ANALYST
    kept = proposals.of_run(store.unit_of_work(), started.run_id)
    assert run.result["proposals"] == sorted(view.id for view in kept)
    assert {view.state for view in kept} == {ProposalState.OPEN}
    unit = store.unit_of_work()
    with unit.reading():
        ledger = unit.calls.of_run(started.run_id)
        assert len(ledger) == model.requests == 1
        assert sum((line.prompt_tokens or 0) + (line.completion_tokens or 0) for line in ledger) == model.told_tokens
        assert "DATA-" in unit.calls.text(ledger[0].prompt)
    (task,) = AgentMonitor(store).tasks(started.run_id)
    assert (task.status, task.source) == (TaskStatus.COMPLETED, "model")
    kinds = {event.data.get("kind") for event in AgentMonitor(store).events(started.run_id)}
    assert {"run_started", "call_started", "crew", "run_finished"} <= kinds
    assert EventKind.CALL in {event.kind for event in AgentMonitor(store).events(started.run_id)}


def test_a_stop_reaches_a_model_call_under_way(
    store: Store, asked: AskAgent, model: ModelServer, workers: Crew
) -> None:
    model.script = lambda _: Says(answer("late"), wait=60)
    workers.start()
    started = work.start(store, asked, ANA)
    wait_until(lambda: model.requests > 0)
    activity.cancel(store.unit_of_work(), started.run_id, ANA)
    run = workers.wait_for(started.run_id)
    assert run.status is RunStatus.CANCELLED
    wait_until(lambda: model.left_early > 0)
    assert proposals.of_run(store.unit_of_work(), started.run_id) == []


def test_a_run_whose_worker_dies_while_it_asks_is_done_by_the_next_one_once(
    store: Store, asked: AskAgent, model: ModelServer, workers: Crew
) -> None:
    model.script = lambda question: Says(answer("late"), wait=60) if question.number == 1 else answering()(question)
    first = workers.start()
    started = work.start(store, asked, ANA)
    wait_until(lambda: model.requests > 0)
    first.kill()
    workers.bury(first)
    workers.start()
    run = workers.wait_for(started.run_id)
    assert run.status is RunStatus.COMPLETED, run.error
    assert model.requests == 2
    states = [task.status for task in AgentMonitor(store).tasks(started.run_id)]
    assert states == [TaskStatus.LOST, TaskStatus.COMPLETED]
    assert len(proposals.of_run(store.unit_of_work(), started.run_id)) == len(run.result["proposals"]) > 0
