"""Every way in which an endpoint can fail, against a real server on loopback: requests, ledger, budget, time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from platform_core.agents.access import ModelAccess, Watch, open_access
from platform_core.agents.answers import AnswerForm, Reading, one_of
from platform_core.agents.cache import MemoryCache
from platform_core.agents.calls import Answer, Question
from platform_core.agents.clock import SystemClock
from platform_core.agents.failures import ModelFailed
from platform_core.agents.governor import Governor
from platform_core.agents.requests import Wording
from platform_core.domain.agents import AgentName
from platform_core.domain.model_calls import (
    AttemptStatus,
    Budget,
    CallPurpose,
    Cause,
    ModelAttempt,
    ModelEndpoint,
    Prices,
)
from platform_core.errors import Cancelled
from tests.harness.model_server import ModelServer, Says, always, answer, in_turn, running_model, saying

GOOD = json.dumps({"items": [{"id": "i1", "field": "hostname", "rationale": "the name"}]})
FORM = AnswerForm(["i1"], {"field": one_of(["hostname", "unmapped"])}, most=1, each_once=True)
KEY = "sk-very-secret-0123456789"


class LeapingClock(SystemClock):
    """The machine's clock, but waits cost no time: they are added up and leapt over."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def now(self) -> datetime:
        return super().now()


class Run:
    """A governor on a scripted server, with what it told."""

    def __init__(self, server: ModelServer, budget: Budget | None = None, **limits: Any) -> None:
        settings = {"attempt_seconds": 5.0, "deadline_seconds": 30.0, "requests_per_minute": 6_000, **limits}
        cancelled = settings.pop("cancelled", lambda: False)
        cache = settings.pop("cache", None)
        self.endpoint = ModelEndpoint(base_url=server.base_url, model="scripted", api_key=SecretStr(KEY), **settings)
        self.clock = LeapingClock()
        self.access: ModelAccess = open_access(self.endpoint, clock=self.clock, chance=Random(1), cache=cache)
        self.ledger: list[ModelAttempt] = []
        self.governor = Governor(
            self.access, budget or Budget(), Watch(attempt=self.ledger.append, cancelled=cancelled)
        )

    def ask(self, text: str = "Which field?", key: str = "") -> Answer[Reading]:
        wording = Wording(({"role": "user", "content": text},), FORM.schema)
        return self.governor.ask(Question(AgentName.CMDB_ANALYST, CallPurpose.PROPOSE, wording, FORM.read, key))

    def cause(self) -> Cause:
        with pytest.raises(ModelFailed) as failed:
            self.ask()
        return failed.value.cause

    @property
    def statuses(self) -> list[AttemptStatus]:
        return [line.status for line in self.ledger]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running_model(saying(GOOD)) as running:
        yield running


def test_a_good_answer_takes_one_request_and_one_line_with_the_tokens_told(server: ModelServer) -> None:
    run = Run(server)
    found = run.ask()
    assert [choice.model_dump()["field"] for choice in found.value.choices] == ["hostname"]
    assert run.statuses == [AttemptStatus.ANSWERED]
    assert run.governor.usage().tokens == server.told_tokens == 120


@pytest.mark.parametrize(
    ("status", "cause", "requests"),
    [
        (401, Cause.UNAUTHORISED, 1),
        (403, Cause.UNAUTHORISED, 1),
        (404, Cause.NO_SUCH_MODEL, 1),
        (302, Cause.REFUSED, 1),
        (418, Cause.REFUSED, 1),
        (429, Cause.OVERLOADED, 3),
        (500, Cause.SERVER_ERROR, 3),
        (503, Cause.SERVER_ERROR, 3),
    ],
)
def test_a_refusal_is_repeated_at_most_twice_and_only_where_repeating_can_help(
    server: ModelServer, status: int, cause: Cause, requests: int
) -> None:
    server.script = always(Says("<html>no</html>", status=status, headers={"Location": "http://127.0.0.1:1/"}))
    run = Run(server)
    assert run.cause() is cause
    assert server.requests == len(run.ledger) == requests
    assert run.governor.usage().requests == requests


@pytest.mark.parametrize("status", [429, 500])
def test_one_refusal_is_got_over(server: ModelServer, status: int) -> None:
    server.script = in_turn([Says("{}", status=status), Says(answer(GOOD))])
    run = Run(server)
    assert run.ask().value.choices
    assert run.statuses[1] is AttemptStatus.ANSWERED


def test_a_wait_that_the_endpoint_asks_for_is_kept(server: ModelServer) -> None:
    server.script = in_turn([Says("{}", status=429, headers={"Retry-After": "7"}), Says(answer(GOOD))])
    run = Run(server)
    run.ask()
    assert 6.9 < run.clock.slept < 8


def test_a_wait_that_outlasts_the_question_is_not_begun(server: ModelServer) -> None:
    server.script = always(Says("{}", status=429, headers={"Retry-After": "3600"}))
    run = Run(server)
    assert run.cause() is Cause.OVERLOADED
    assert server.requests == 1
    assert run.clock.slept < 30


def test_silence_ends_after_the_time_of_a_request_and_dripping_does_not_prolong_it(server: ModelServer) -> None:
    for says in (Says(answer(GOOD), wait=60), Says(answer(GOOD), drip=0.2)):
        server.script = always(says)
        run = Run(server, attempt_seconds=0.3, deadline_seconds=20.0)
        before = server.requests
        assert run.cause() is Cause.TIMED_OUT
        assert run.statuses == [AttemptStatus.TIMED_OUT] * 3
        assert server.requests - before == 3


def test_the_deadline_of_a_question_cuts_its_last_request_short(server: ModelServer) -> None:
    server.script = always(Says(answer(GOOD), wait=60))
    run = Run(server, attempt_seconds=30.0, deadline_seconds=0.4)
    assert run.cause() is Cause.TIMED_OUT
    assert run.statuses == [AttemptStatus.DEADLINE]


def test_the_end_of_the_run_is_the_end_of_its_question(server: ModelServer) -> None:
    server.script = always(Says(answer(GOOD), wait=60))
    run = Run(server, Budget(seconds=0.4))
    assert run.cause() is Cause.DEADLINE
    assert run.governor.obstacle() is Cause.DEADLINE


def test_a_stop_reaches_a_request_under_way(server: ModelServer) -> None:
    stop = threading.Event()
    server.script = always(Says(answer(GOOD), wait=60))
    run = Run(server, cancelled=stop.is_set)
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(Cancelled):
        run.ask()
    assert run.statuses == [AttemptStatus.CANCELLED]
    assert server.requests == 1


def test_a_connection_cut_in_the_middle_is_asked_again(server: ModelServer) -> None:
    server.script = in_turn([Says(answer(GOOD), cut=40), Says(answer(GOOD))])
    run = Run(server)
    run.ask()
    assert run.statuses == [AttemptStatus.CUT_OFF, AttemptStatus.ANSWERED]


def test_nobody_listening_is_told_at_once() -> None:
    with running_model(saying(GOOD)) as gone:
        pass
    run = Run(gone)
    assert run.cause() is Cause.UNREACHABLE
    assert run.statuses == [AttemptStatus.UNREACHABLE]


def test_a_huge_answer_is_not_read_to_its_end(server: ModelServer) -> None:
    server.script = always(Says(answer("x" * 2_000_000)))
    run = Run(server, max_bytes=50_000)
    assert run.cause() is Cause.UNUSABLE
    assert run.statuses == [AttemptStatus.TOO_LARGE]
    assert len(run.ledger[0].answer) <= 20_000


@pytest.mark.parametrize(
    "body",
    ["<html>", "[]", "{}", '{"choices": []}', '{"choices": [{"message": 3}]}', "null", "\x00\x01", '{"choices": [{}]}'],
)
def test_a_reply_that_is_none_of_the_protocol_is_not_asked_for_again(server: ModelServer, body: str) -> None:
    server.script = always(Says(body))
    run = Run(server)
    assert run.cause() is Cause.UNUSABLE
    assert server.requests == 1


@pytest.mark.parametrize("content", [None, "", "I cannot help with that.", '{"items": [{"id": "i9"}]}', "{", "[]" * 99])
def test_an_unusable_answer_gets_one_second_try_that_says_what_was_wrong(
    server: ModelServer, content: str | None
) -> None:
    server.script = saying(content)
    run = Run(server)
    assert run.cause() is Cause.UNUSABLE
    assert server.requests == 2
    assert "Answer" in str(server.asked[1].body["messages"][-1]["content"])


def test_an_unusable_answer_that_is_mended_counts(server: ModelServer) -> None:
    server.script = in_turn([Says(answer("hm")), Says(answer(f"```json\n{GOOD}\n```"))])
    run = Run(server)
    assert run.ask().value.choices
    assert run.governor.usage().tokens == server.told_tokens == 240


def test_an_answer_cut_off_at_the_token_limit_keeps_its_complete_items(server: ModelServer) -> None:
    server.script = saying(GOOD[:-2] + ', {"id": "i2", "fi', finish="length")
    assert Run(server).ask().value.choices


def test_a_form_of_answer_that_is_refused_is_asked_for_once_only(server: ModelServer) -> None:
    def picky(asked: Any) -> Says:
        refused = asked.form in {"json_schema", "json_object"}
        return Says('{"error": "response_format is not supported"}', status=400) if refused else Says(answer(GOOD))

    server.script = picky
    run = Run(server)
    run.ask()
    run.ask("And now?")
    assert [asked.form for asked in server.asked] == ["json_schema", "json_object", "", ""]


def test_a_question_longer_than_the_model_takes_is_not_repeated(server: ModelServer) -> None:
    server.script = always(Says('{"error": "maximum context length is 2048 tokens"}', status=400))
    run = Run(server)
    assert run.cause() is Cause.TOO_LONG
    assert server.requests == 1


def test_after_three_failures_in_a_row_nobody_is_asked_any_more(server: ModelServer) -> None:
    server.script = always(Says("{}", status=401))
    run = Run(server)
    causes = [run.cause() for _ in range(6)]
    assert causes == [Cause.UNAUTHORISED] * 3 + [Cause.CIRCUIT_OPEN] * 3
    assert server.requests == 3
    assert run.governor.obstacle() is Cause.CIRCUIT_OPEN


def test_a_success_closes_the_count_of_failures(server: ModelServer) -> None:
    bad = Says("{}", status=401)
    server.script = in_turn([bad, bad, Says(answer(GOOD)), bad, bad, Says(answer(GOOD))])
    run = Run(server)
    for works in (False, False, True, False, False, True):
        if works:
            run.ask()
        else:
            run.cause()
    assert run.governor.obstacle() is None


@pytest.mark.parametrize(
    "budget",
    [
        Budget(requests=5),
        Budget(tokens=6_000),
        Budget(cost=0.004),
    ],
)
def test_a_budget_is_never_exceeded_however_many_ask_at_once(server: ModelServer, budget: Budget) -> None:
    run = Run(server, budget, concurrency=8, prices=Prices(prompt=1.0, completion=2.0), max_tokens=1_000)

    def one(number: int) -> Cause | None:
        try:
            run.ask(f"Question {number}?")
        except ModelFailed as failure:
            return failure.cause
        return None

    with ThreadPoolExecutor(16) as pool:
        causes = list(pool.map(one, range(60)))
    usage = run.governor.usage()
    assert Cause.BUDGET in causes
    assert None in causes
    assert usage.requests <= budget.requests
    assert usage.tokens <= budget.tokens
    assert budget.cost is None or (usage.cost is not None and usage.cost <= budget.cost)
    assert server.requests == len(run.ledger) == usage.requests
    assert usage.tokens == server.told_tokens


def test_no_more_requests_are_under_way_than_allowed(server: ModelServer) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def slow(_: Any) -> Says:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.05)
        with lock:
            under_way -= 1
        return Says(answer(GOOD))

    server.script = slow
    run = Run(server, concurrency=2)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: run.ask(f"{n}?"), range(8)))
    assert most == 2


def test_the_rate_holds_back_what_comes_too_fast(server: ModelServer) -> None:
    run = Run(server, requests_per_minute=3)
    for number in range(5):
        run.ask(f"{number}?")
    assert run.clock.slept >= 20


def test_the_same_question_is_paid_once(server: ModelServer) -> None:
    cache = MemoryCache()
    first, second = Run(server, cache=cache), Run(server, cache=cache)
    first.ask(key="k")
    found = second.ask(key="k")
    assert found.from_cache
    assert found.value.choices
    assert server.requests == 1
    assert second.statuses == [AttemptStatus.CACHED]
    assert second.governor.usage().from_cache == 1
    assert second.governor.usage().requests == 0


def test_an_unusable_answer_is_not_kept(server: ModelServer) -> None:
    cache = MemoryCache()
    server.script = saying("nothing")
    with pytest.raises(ModelFailed):
        Run(server, cache=cache).ask(key="k")
    server.script = saying(GOOD)
    assert not Run(server, cache=cache).ask(key="k").from_cache


def test_a_key_that_an_endpoint_echoes_is_in_no_record_and_no_error(server: ModelServer) -> None:
    server.script = always(Says(json.dumps({"error": f"bad key {KEY} Bearer {KEY}"}), status=401))
    run = Run(server)
    with pytest.raises(ModelFailed) as failed:
        run.ask(f"my key is {KEY}, keep it")
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in run.ledger[0].model_dump_json()
    assert KEY not in str(failed.value) + repr(run.access) + repr(run.endpoint)


def test_a_server_without_a_key_gets_no_empty_one(server: ModelServer) -> None:
    endpoint = ModelEndpoint(base_url=server.base_url, model="local")
    governor = Governor(open_access(endpoint), Budget(), Watch())
    wording = Wording(({"role": "user", "content": "Which?"},), FORM.schema)
    governor.ask(Question(AgentName.CMDB_ANALYST, CallPurpose.PROPOSE, wording, FORM.read))
    assert "authorization" not in server.asked[0].headers


def test_an_endpoint_that_tells_no_tokens_is_charged_by_estimate(server: ModelServer) -> None:
    server.script = saying(GOOD, usage=None)
    run = Run(server)
    run.ask()
    usage = run.governor.usage()
    assert usage.estimated
    assert usage.tokens > 0
    assert run.ledger[0].estimated


def test_errors_of_the_governor_never_look_like_throttling_to_crewai() -> None:
    for cause in Cause:
        failure = ModelFailed(cause)
        text = str(failure).lower()
        assert not any(word in text for word in ("rate limit", "too many requests", "throttled", "context length"))
        assert getattr(failure, "status_code", None) is None
