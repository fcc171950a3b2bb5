"""What a reply of the chat protocol says: the words, the tokens, or which kind of refusal it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from platform_core.agents.forms import Form
from platform_core.agents.transport import HttpReply
from platform_core.domain.model_calls import AttemptStatus

_TOO_LONG = re.compile(
    r"(?i)context[ _-]?(?:length|window|size)|maximum context|too (?:long|many tokens)|n_ctx|prompt is longer"
)
_ABOUT_THE_FORM = re.compile(r"(?i)response_format|json_?schema|grammar|guided|structured[ _]output")
_MAY_REFUSE_A_FORM = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
_BY_STATUS = {
    HTTPStatus.UNAUTHORIZED: AttemptStatus.UNAUTHORISED,
    HTTPStatus.FORBIDDEN: AttemptStatus.UNAUTHORISED,
    HTTPStatus.NOT_FOUND: AttemptStatus.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT: AttemptStatus.TIMED_OUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: AttemptStatus.TOO_LONG,
    HTTPStatus.TOO_MANY_REQUESTS: AttemptStatus.SLOW_DOWN,
}
_THOUGHTS = re.compile(r"^\s*<think>.*?(?:</think>|$)", re.DOTALL)
_MOST_TOKENS = 10_000_000  # a larger figure is a defect of the server, not a count
_MOST_TOOL_CALLS = 4


@dataclass(frozen=True)
class Spoken:
    """What a model said: `content`, the tools it wants used, and whether it was `cut` at the token limit.

    Tokens are None when the server told none.
    """

    content: str
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    cut: bool = False
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one request; `spoken` is there when the model said something, however odd."""

    status: AttemptStatus
    http_status: int | None = None
    spoken: Spoken | None = None
    retry_after: float | None = None
    text: str = ""


def outcome_of(reply: HttpReply, form: Form, now: datetime) -> Outcome:
    """Read a complete reply to a request that asked for `form`; never raises."""
    text = reply.body.decode("utf-8", "replace")
    if reply.status != HTTPStatus.OK:
        return Outcome(
            status=_refusal(reply.status, text, form),
            http_status=reply.status,
            retry_after=_retry_after(reply.headers.get("retry-after", ""), now),
            text=text,
        )
    spoken = _spoken(text)
    if spoken is None:
        return Outcome(AttemptStatus.UNREADABLE, reply.status, text=text)
    said = AttemptStatus.ANSWERED if spoken.content or spoken.tool_calls else AttemptStatus.EMPTY
    return Outcome(said, reply.status, spoken, text=spoken.content or canonical_tools(spoken))


def canonical_tools(spoken: Spoken) -> str:
    """Return the tool calls of an answer as text, for the ledger."""
    return json.dumps(spoken.tool_calls, default=str) if spoken.tool_calls else ""


def _refusal(status: int, text: str, form: Form) -> AttemptStatus:
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    bad_request = status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
    if bad_request and _TOO_LONG.search(text):
        return AttemptStatus.TOO_LONG
    if form is not Form.TEXT and status in _MAY_REFUSE_A_FORM and (bad_request or _ABOUT_THE_FORM.search(text)):
        return AttemptStatus.FORM_REFUSED
    return AttemptStatus.SERVER_ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else AttemptStatus.REFUSED


def _spoken(text: str) -> Spoken | None:
    """Return what a 200 reply says, None when it is not a reply of the chat protocol."""
    try:
        reply = json.loads(text)
        choice = reply["choices"][0]
        message = choice["message"]
        content = _content(message.get("content"))
        usage = reply.get("usage") if isinstance(reply.get("usage"), dict) else {}
        return Spoken(
            content=content or _content(message.get("refusal")),
            tool_calls=_tool_calls(message.get("tool_calls")),
            cut=choice.get("finish_reason") == "length",
            prompt_tokens=_count(usage.get("prompt_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return None


def _content(value: Any) -> str:
    """Return the words of a message, which may come in parts, without thoughts spoken aloud before them."""
    if isinstance(value, list):
        value = "".join(part["text"] for part in value if isinstance(part, dict) and isinstance(part.get("text"), str))
    return _THOUGHTS.sub("", value).strip() if isinstance(value, str) else ""


def _tool_calls(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list):
        return ()
    return tuple(call for call in value[:_MOST_TOOL_CALLS] if isinstance(call, dict))


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None


def _retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or a date."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
