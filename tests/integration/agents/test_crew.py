"""The crew path: CrewAI really runs, asks only through the governor, and whatever it meets the engine stands."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platform_core.agents import crew_backend
from platform_core.agents.access import Watch, open_access
from platform_core.agents.crew_backend import CrewBackend
from platform_core.agents.manager import AgentManager
from platform_core.agents.specs import load_agents
from platform_core.domain.agents import AgentEvent, AgentEventKind, AgentName, AgentStatus
from platform_core.domain.model_calls import Budget, Cause, ModelAttempt, ModelEndpoint
from platform_core.reference import DATA
from tests.harness.agent_contexts import doubtful_column, mapping_context, one_of_each
from tests.harness.answering import answer_to, answering
from tests.harness.faults import FAULTS
from tests.harness.model_server import (
    ModelServer,
    Says,
    always,
    answer,
    in_turn,
    running_model,
    tool_call,
)

ROOT = Path(__file__).resolve().parents[3]
COLUMNS = mapping_context(doubtful_column(0, "Box"), doubtful_column(1, "Addr"))


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model(answering()) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crewai")


def manager(server: ModelServer, folder: Path, **limits: Any) -> AgentManager:
    settings = {"attempt_seconds": 0.5, "deadline_seconds": 2.0, "requests_per_minute": 6_000, **limits}
    endpoint = ModelEndpoint(base_url=server.base_url, model="scripted", **settings)
    return AgentManager(load_agents(DATA), CrewBackend(open_access(endpoint), folder))


@pytest.mark.parametrize("context", one_of_each(), ids=lambda context: type(context).__name__)
def test_every_agent_runs_as_a_crew_of_crewai_with_one_request(server: ModelServer, folder: Path, context: Any) -> None:
    events: list[AgentEvent] = []
    attempts: list[ModelAttempt] = []
    result = manager(server, folder).run(context, watch=Watch(event=events.append, attempt=attempts.append))
    assert result.status is AgentStatus.COMPLETED
    assert result.proposals
    mirrored = [event.data["type"] for event in events if event.kind is AgentEventKind.CREW]
    assert {"task_started", "agent_execution_started", "llm_call_started", "llm_call_completed"} <= set(mirrored)
    assert {"task_completed", "agent_execution_completed"} <= set(mirrored)
    assert server.requests == len(attempts) == 1
    assert server.told_tokens == result.usage.tokens
    body = server.asked[0].body
    assert "tools" not in body
    assert body["messages"][0]["role"] == "system"
    assert result.prompt_version
    assert any(spec.role in server.asked[0].words for spec in load_agents(DATA).specs.values())


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_leaves_a_complete_result_for_few_requests(
    server: ModelServer, folder: Path, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script, cause = FAULTS[fault]
    attempts: list[ModelAttempt] = []
    patience = {} if cause is Cause.TIMED_OUT else {"attempt_seconds": 10.0, "deadline_seconds": 30.0}
    result = manager(server, folder, **patience).run(COLUMNS, watch=Watch(attempt=attempts.append))
    assert result.status is AgentStatus.DEGRADED
    assert result.degraded is not None
    assert result.degraded.cause is cause
    assert len(result.engine) == 2
    assert result.proposals == ()
    assert 1 <= server.counted(len(attempts)) == len(attempts) == result.usage.requests <= 6
    assert server.told_tokens <= result.usage.tokens
    assert "DATA-" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "first",
    [
        Says("{}", status=429, headers={"Retry-After": "0"}),
        Says("<html>", status=503),
        FAULTS["invented values"][0](None),  # type: ignore[arg-type]
        FAULTS["broken tool arguments"][0](None),  # type: ignore[arg-type]
    ],
    ids=["429 once", "503 once", "invented, then corrected", "a tool, then an answer"],
)
def test_one_failure_is_got_over_with_a_second_request(server: ModelServer, folder: Path, first: Says) -> None:
    good = answering()
    server.script = lambda asked: first if asked.number == 1 else good(asked)
    attempts: list[ModelAttempt] = []
    result = manager(server, folder, deadline_seconds=10.0).run(COLUMNS, watch=Watch(attempt=attempts.append))
    assert result.status is AgentStatus.COMPLETED
    assert len(result.proposals) == 2
    assert server.requests == len(attempts) == result.usage.requests == 2
    assert server.told_tokens == result.usage.tokens


def test_an_answer_in_fences_is_read_at_once(server: ModelServer, folder: Path) -> None:
    server.script = lambda asked: Says(answer(f"Here you are:\n```json\n{json.dumps(answer_to(asked))}\n```"))
    assert len(manager(server, folder).run(COLUMNS).proposals) == 2
    assert server.requests == 1


def test_nobody_listening_leaves_a_complete_result(server: ModelServer, folder: Path) -> None:
    deaf = ModelServer(answering())
    deaf.stop_listening()
    result = manager(deaf, folder).run(COLUMNS)
    assert result.degraded is not None
    assert result.degraded.cause is Cause.UNREACHABLE
    assert len(result.engine) == 2


def test_a_persistent_429_costs_three_requests(server: ModelServer, folder: Path) -> None:
    server.script = always(Says("{}", status=429))
    manager(server, folder, deadline_seconds=20.0).run(COLUMNS)
    assert server.requests == 3


def test_a_model_that_contradicts_itself_from_request_to_request_is_read_each_time(
    server: ModelServer, folder: Path
) -> None:
    flip = iter(range(10_000))
    server.script = answering(
        lambda name, kind, item: item["candidates"][next(flip) % 2] if name == "field" else kind["enum"][0]
    )
    wide = mapping_context(*(doubtful_column(n, f"C{n}") for n in range(12)))
    result = manager(server, folder, max_tokens=60, concurrency=1).run(wide)
    assert server.requests == 12
    assert len({proposal.change.field for proposal in result.proposals}) == 2  # type: ignore[union-attr]


def test_a_stop_reaches_the_request_under_way_and_hangs_up(server: ModelServer, folder: Path) -> None:
    stop = threading.Event()
    server.script = lambda _: stop.set() or Says(answer("x"), wait=60)  # type: ignore[func-returns-value]
    result = manager(server, folder, attempt_seconds=60.0, deadline_seconds=60.0).run(
        COLUMNS, watch=Watch(cancelled=stop.is_set)
    )
    assert result.status is AgentStatus.CANCELLED
    assert server.requests == 1


def test_eight_runs_at_once_keep_their_events_apart(server: ModelServer, folder: Path) -> None:
    shared = manager(server, folder, concurrency=8)
    heard: list[list[AgentEvent]] = [[] for _ in range(8)]
    threads = [
        threading.Thread(target=lambda mine=mine: shared.run(COLUMNS, watch=Watch(event=mine.append))) for mine in heard
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for mine in heard:
        kinds = [event.data["type"] for event in mine if event.kind is AgentEventKind.CREW]
        assert kinds.count("task_started") == kinds.count("task_completed") == 1
    ids = [event.data["event_id"] for mine in heard for event in mine if event.kind is AgentEventKind.CREW]
    assert len(ids) == len(set(ids))


def test_a_consultation_gets_tools_and_stops_using_them(server: ModelServer, folder: Path) -> None:
    server.script = always(Says(tool_call("nothing_of_this_name", "{}")))
    reply = manager(server, folder).consult(AgentName.RISK_ASSESSOR, "What is risky?")
    assert server.requests <= 8
    assert reply.tools == ()
    assert reply.status is AgentStatus.DEGRADED


def test_a_budget_of_nothing_asks_nobody(server: ModelServer, folder: Path) -> None:
    result = manager(server, folder).run(COLUMNS, Budget(requests=0))
    assert result.status is AgentStatus.BUDGET_EXHAUSTED
    assert server.requests == 0


def test_nothing_is_sent_anywhere_but_to_the_endpoint(
    server: ModelServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def noted_look_up(host: Any, *rest: Any, **more: Any) -> Any:
        asked.append(str(host))
        return look_up(host, *rest, **more)

    def noted_connect(self: socket.socket, address: Any) -> Any:
        asked.append(str(address[0]) if isinstance(address, tuple) else str(address))
        return connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", noted_look_up)
    monkeypatch.setattr(socket.socket, "connect", noted_connect)
    assert manager(server, folder).run(COLUMNS).proposals
    assert {host for host in asked if host not in {"127.0.0.1", "localhost"}} == set()


def test_without_crewai_the_engines_answer_and_say_what_is_missing(
    server: ModelServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Path) -> Any:
        raise ImportError("No module named 'crewai'")

    monkeypatch.setattr(crew_backend, "crew_tasks", missing)
    result = manager(server, folder).run(COLUMNS)
    assert result.status is AgentStatus.ENGINE_ONLY
    assert result.degraded is not None
    assert result.degraded.cause is Cause.NOT_INSTALLED
    assert len(result.engine) == 2
    assert server.requests == 0


def test_a_second_reply_to_a_task_is_the_first_one_again(server: ModelServer, folder: Path) -> None:
    server.script = in_turn([Says(answer("no")), Says(answer("no again")), Says("{}", status=500)])
    manager(server, folder).run(COLUMNS)
    assert server.requests == 2


PROGRAM = """
import sys
from platform_core import api, cli
from platform_core.services import agent_tools, bootstrap, crew, proposals
from tests.harness.agent_contexts import one_of_each
manager = bootstrap.agent_manager()
for context in one_of_each():
    assert manager.run(context).engine
    manager.estimate(context)
assert not [name for name in sys.modules if name.partition(".")[0] in {"crewai", "chromadb", "litellm"}]
print("complete")
"""


def test_pages_api_terminal_and_agents_without_a_model_never_load_crewai() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "complete", done.stderr


def test_a_home_that_cannot_be_written_is_no_obstacle(server: ModelServer, tmp_path: Path) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from tests.integration.agents.test_crew import COLUMNS, manager
class There: base_url = {server.base_url!r}
print(manager(There, Path({str(tmp_path / "crewai")!r})).run(COLUMNS).status)
"""
    environment = {"HOME": "/proc/nowhere", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().splitlines()[-1:] == ["completed"], done.stderr
