"""A run as a whole: what is asked, in which order, and what its result says when something fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from platform_core.agents.access import Watch
from platform_core.agents.batches import estimate, survey
from platform_core.agents.cmdb_analyst import CmdbAnalyst
from platform_core.agents.contexts import ColumnInQuestion
from platform_core.agents.privacy import Veil, sharing
from platform_core.agents.specs import AgentData, load_agents
from platform_core.domain.agents import AgentEvent, AgentEventKind, AgentStatus, AnswerSource
from platform_core.domain.model_calls import Budget, Cause, ModelEndpoint, Prices
from platform_core.reference import DATA
from tests.harness.agent_contexts import doubtful_column, mapping_context
from tests.harness.answering import answer_to, answering
from tests.harness.asking import run_plainly
from tests.harness.model_server import Asked, ModelServer, Says, always, answer, running_model

AGENTS: AgentData = load_agents(DATA)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model(answering()) as running:
        yield running


def endpoint(server: ModelServer | None, **limits: Any) -> ModelEndpoint:
    url = server.base_url if server else "http://127.0.0.1:9/v1"
    return ModelEndpoint(base_url=url, model="scripted", concurrency=1, requests_per_minute=6_000, **limits)


def analyst(*columns: ColumnInQuestion) -> CmdbAnalyst:
    veil = Veil(sharing(False, AGENTS.shareable, (), b"k"), {}, frozenset(AGENTS.name_parts))
    return CmdbAnalyst(AGENTS, mapping_context(*columns), veil)


def unlike(number: int) -> list[ColumnInQuestion]:
    return [doubtful_column(place, f"Column {place}", samples=(f"v{place}",)) for place in range(number)]


def test_like_questions_are_asked_once_and_answered_for_all(server: ModelServer) -> None:
    alike = [doubtful_column(place, "Box") for place in range(40)]
    result = run_plainly(analyst(*alike), endpoint(server))
    assert server.requests == 1
    assert len(server.asked[0].data["items"]) == 1
    assert len(result.proposals) == result.asked == 40


def test_a_batch_holds_what_an_answer_has_room_for() -> None:
    sizes = [len(batch.entries) for batch in survey(analyst(*unlike(60)), endpoint(None, max_tokens=600)).batches]
    assert sizes == [10] * 6


def test_the_most_valuable_questions_come_first(server: ModelServer) -> None:
    columns = unlike(6)
    columns[4] = columns[4].model_copy(update={"filled": 10})
    columns[2] = columns[2].model_copy(update={"filled": 1})
    run_plainly(analyst(*columns), endpoint(server, max_tokens=60))
    headers = [item["header"] for asked in server.asked for item in asked.data["items"]]
    assert headers[0] == "Column 4"
    assert headers[-1] == "Column 2"


def test_an_estimate_is_no_less_than_what_a_run_takes(server: ModelServer) -> None:
    priced = endpoint(server, prices=Prices(prompt=1.0, completion=2.0))
    agent = analyst(*unlike(60))
    told = estimate(agent, survey(agent, priced), priced, Budget())
    result = run_plainly(agent, priced)
    assert told.calls == told.affordable == result.usage.requests == server.requests
    assert told.cost is not None
    sent = sum(len(asked.words.encode()) for asked in server.asked)
    assert told.prompt_tokens >= sent / 4


def test_an_estimate_says_how_much_of_it_the_budget_allows() -> None:
    agent = analyst(*unlike(60))
    there = endpoint(None, max_tokens=600)
    told = estimate(agent, survey(agent, there), there, Budget(requests=2))
    assert (told.calls, told.affordable) == (6, 2)


def test_a_spent_budget_keeps_what_was_answered(server: ModelServer) -> None:
    result = run_plainly(analyst(*unlike(60)), endpoint(server, max_tokens=600), budget=Budget(requests=2))
    assert result.status is AgentStatus.BUDGET_EXHAUSTED
    assert result.degraded is not None
    assert result.degraded.cause is Cause.BUDGET
    assert len(result.proposals) == result.asked == 20
    assert server.requests == 2
    assert len(result.engine) == 60


def test_one_failing_request_leaves_the_others_standing(server: ModelServer) -> None:
    server.script = lambda asked: Says("{}", status=404) if asked.number == 2 else answering()(asked)
    result = run_plainly(analyst(*unlike(30)), endpoint(server, max_tokens=600))
    assert result.status is AgentStatus.PARTIAL
    assert len(result.proposals) > 0
    assert len(result.engine) == 30


def test_an_error_that_nobody_foresaw_is_calm_and_leaves_the_engine_standing(server: ModelServer) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("no such attribute")

    result = run_plainly(analyst(*unlike(3)), endpoint(server), ask=broken)
    assert result.status is AgentStatus.DEGRADED
    assert result.degraded is not None
    assert result.degraded.cause is Cause.INTERNAL
    assert len(result.engine) == 3


def test_a_stopped_run_says_so(server: ModelServer) -> None:
    stop = threading.Event()

    def script(asked: Asked) -> Says:
        stop.set()
        return Says(answer("x"), wait=30)

    server.script = script
    result = run_plainly(analyst(*unlike(30)), endpoint(server, max_tokens=600), watch=Watch(cancelled=stop.is_set))
    assert result.status is AgentStatus.CANCELLED
    assert server.requests == 1
    assert result.proposals == ()


def test_an_item_the_model_says_nothing_about_is_told(server: ModelServer) -> None:
    def forgetful(asked: Asked) -> Says:
        said = answer_to(asked)
        return Says(answer(json.dumps({"items": said["items"][1:]})))

    server.script = forgetful
    result = run_plainly(analyst(*unlike(3)), endpoint(server))
    assert len(result.proposals) == 2
    assert len(result.dropped) == 1
    assert sorted(result.sources.values()) == [AnswerSource.FALLBACK, AnswerSource.MODEL, AnswerSource.MODEL]


def test_answers_that_are_all_the_same_or_all_against_the_engine_are_pointed_out(server: ModelServer) -> None:
    columns = [
        doubtful_column(n, f"C{n}", field="hostname" if n % 2 else "fqdn", others=("hostname", "fqdn", "asset_name"))
        for n in range(8)
    ]
    server.script = answering(lambda name, kind, item: "asset_name" if name == "field" else kind["enum"][0])
    warnings = run_plainly(analyst(*columns), endpoint(server)).warnings
    assert len(warnings) == 2


def test_everything_that_happens_is_told_in_order_with_its_share(server: ModelServer) -> None:
    told: list[AgentEvent] = []
    run_plainly(analyst(*unlike(30)), endpoint(server, max_tokens=600), watch=Watch(event=told.append))
    kinds = [event.kind for event in told]
    assert kinds[0] is AgentEventKind.RUN_STARTED
    assert kinds[-1] is AgentEventKind.RUN_FINISHED
    assert kinds.count(AgentEventKind.BATCH_FINISHED) == kinds.count(AgentEventKind.CALL_FINISHED) == 3
    shares = [event.share for event in told if event.share is not None]
    assert shares == sorted(shares)


def test_nothing_in_doubt_asks_nobody(server: ModelServer) -> None:
    result = run_plainly(analyst(), endpoint(server))
    assert result.status is AgentStatus.ENGINE_ONLY
    assert result.degraded is None
    assert server.requests == 0


@pytest.mark.parametrize("status", [429, 500, 401])
def test_a_failing_endpoint_costs_few_requests_however_many_batches_there_are(server: ModelServer, status: int) -> None:
    server.script = always(Says("{}", status=status, headers={"Retry-After": "0"}))
    result = run_plainly(analyst(*unlike(200)), endpoint(server, max_tokens=600))
    assert result.status is AgentStatus.DEGRADED
    assert server.requests <= 9
    assert server.requests == result.usage.requests
