"""One HTTP request to a model, from the words to the line in the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from platform_core.agents.access import ModelAccess
from platform_core.agents.forms import Form, response_format
from platform_core.agents.purse import estimated_tokens
from platform_core.agents.replies import Outcome, outcome_of
from platform_core.agents.transport import CutOff, HttpRequest, TooLarge, Unreachable
from platform_core.domain.agents import AgentName
from platform_core.domain.model_calls import AttemptStatus, CallPurpose, ModelAttempt, ModelEndpoint
from platform_core.errors import Cancelled

RECORDED_LENGTH = 20_000
"""Longest prompt or answer kept in the ledger, in characters."""

Message = Mapping[str, Any]
"""A message of the chat protocol: role, content, and for tools their calls."""


@dataclass(frozen=True)
class Wording:
    """What is sent, apart from the form: the messages so far, the schema of the answer, tools on offer."""

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    tools: tuple[Mapping[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """The messages as JSON text, as the ledger keeps them."""
        return json.dumps(list(self.messages), ensure_ascii=False, default=str)

    def tokens(self) -> int:
        """Return an upper estimate of the tokens that the endpoint will count as prompt."""
        return estimated_tokens(self.text) + (estimated_tokens(json.dumps(self.tools)) if self.tools else 0)


@dataclass(frozen=True)
class Entered:
    """What identifies a request in the ledger."""

    call_id: str
    number: int
    agent: AgentName
    purpose: CallPurpose
    request_hash: str


class Late(Exception):
    """The moment given has passed."""


def send(access: ModelAccess, wording: Wording, form: Form, until: float, cancelled: Callable[[], bool]) -> Outcome:
    """Send one request and return what became of it; never raises.

    `until` is the end of the whole question on the clock; a single request also ends after its own time.
    """
    start = access.clock.monotonic()
    end = min(until, start + access.endpoint.attempt_seconds)

    def check() -> None:
        if cancelled():
            raise Cancelled("The run was cancelled.")
        if access.clock.monotonic() >= end:
            raise Late

    try:
        reply = access.transport.post(_request(access.endpoint, wording, form), check)
    except Cancelled:
        return Outcome(AttemptStatus.CANCELLED)
    except Late:
        return Outcome(AttemptStatus.DEADLINE if end >= until else AttemptStatus.TIMED_OUT)
    except Unreachable:
        return Outcome(AttemptStatus.UNREACHABLE)
    except CutOff:
        return Outcome(AttemptStatus.CUT_OFF)
    except TooLarge:
        return Outcome(AttemptStatus.TOO_LARGE)
    return outcome_of(reply, form, access.clock.now())


def spent_on(outcome: Outcome, prompt_estimate: int) -> tuple[int, int, bool]:
    """Return (prompt tokens, completion tokens, whether they are estimates) that a request is charged with.

    Endpoints charge for what they read and wrote, also when nobody waited for the end; they do not charge for
    requests they turned away.
    """
    if outcome.spoken is None:
        read_it = outcome.status in _READ_BY_THE_MODEL
        return (prompt_estimate if read_it else 0), 0, read_it
    told = outcome.spoken.prompt_tokens, outcome.spoken.completion_tokens
    return (
        prompt_estimate if told[0] is None else told[0],
        estimated_tokens(outcome.text) if told[1] is None else told[1],
        None in told,
    )


def ledger_line(
    access: ModelAccess, entered: Entered, wording: Wording, form: Form, outcome: Outcome, started: float
) -> ModelAttempt:
    """Return the ledger's line of a request that began at `started` on the clock, free of keys."""
    seconds = access.clock.monotonic() - started
    prompt, completion, estimated = spent_on(outcome, wording.tokens())
    spoke = outcome.spoken is not None
    clean = access.redactor.clean
    return ModelAttempt(
        call_id=entered.call_id,
        number=entered.number,
        agent=entered.agent,
        purpose=entered.purpose,
        model=access.endpoint.model,
        endpoint=access.endpoint.name,
        started_at=access.clock.now() - timedelta(seconds=seconds),
        seconds=seconds,
        status=outcome.status,
        http_status=outcome.http_status,
        prompt_tokens=prompt if spoke else None,
        completion_tokens=completion if spoke else None,
        estimated=estimated and spoke,
        cost=access.endpoint.prices.cost(prompt, completion),
        response_format=form if wording.schema is not None else Form.TEXT,
        request_hash=entered.request_hash,
        prompt=clean(wording.text)[:RECORDED_LENGTH],
        answer=clean(outcome.text[: 2 * RECORDED_LENGTH])[:RECORDED_LENGTH],
    )


_READ_BY_THE_MODEL = frozenset(
    {
        AttemptStatus.TIMED_OUT,
        AttemptStatus.CUT_OFF,
        AttemptStatus.TOO_LARGE,
        AttemptStatus.DEADLINE,
        AttemptStatus.CANCELLED,
        AttemptStatus.UNREADABLE,
    }
)


def _request(endpoint: ModelEndpoint, wording: Wording, form: Form) -> HttpRequest:
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": _sendable(wording.messages),
        "temperature": endpoint.temperature,
        "max_tokens": endpoint.max_tokens,
        "stream": False,
    }
    wanted = response_format(form, wording.schema)
    if wanted is not None:
        body["response_format"] = wanted
    if wording.tools:
        body["tools"] = list(wording.tools)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    key = endpoint.api_key.get_secret_value()
    if key:  # local servers have none, and an empty one makes an illegal header
        headers["Authorization"] = f"Bearer {key}"
    encoded = json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return HttpRequest(endpoint.chat_url, headers, encoded, endpoint.max_bytes, direct=endpoint.is_loopback)


def _sendable(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return the messages with the keys that the chat protocol knows, and no others."""
    known = ("role", "content", "name", "tool_calls", "tool_call_id")
    return [{key: message[key] for key in known if key in message} for message in messages]
