"""Calls to a language model: where they go, what they may spend, and what each of them came to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from platform_core.domain.base import Frozen

MILLION = 1_000_000


class Prices(Frozen):
    """What an endpoint charges for a million tokens, as the user stated it; None = not known, so no cost is shown."""

    prompt: float | None = Field(default=None, ge=0)
    completion: float | None = Field(default=None, ge=0)
    currency: str = "USD"

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return what that many tokens cost, None unless both prices are known."""
        if self.prompt is None or self.completion is None:
            return None
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / MILLION


class ModelEndpoint(Frozen):
    """An OpenAI-compatible model to ask, and the limits of a single question.

    `attempt_seconds` bounds one HTTP request, `deadline_seconds` a whole question with its waits and retries;
    `max_tokens` bounds an answer in tokens, `max_bytes` in bytes on the wire. `context_tokens` is what the model
    takes in, question and answer together.
    """

    base_url: str
    model: str
    api_key: SecretStr = SecretStr("")
    temperature: float = Field(default=0.1, ge=0, le=2)
    max_tokens: int = Field(default=1_000, ge=16)
    context_tokens: int = Field(default=16_384, ge=1_024)
    attempt_seconds: float = Field(default=30.0, gt=0)
    deadline_seconds: float = Field(default=60.0, gt=0)
    max_bytes: int = Field(default=262_144, ge=1_024)
    concurrency: int = Field(default=2, ge=1)
    requests_per_minute: int = Field(default=60, ge=1)
    prices: Prices = Prices()

    @property
    def chat_url(self) -> str:
        """Where questions are sent."""
        return f"{self.base_url.rstrip('/')}/chat/completions"

    @property
    def name(self) -> str:
        """Host and port, as shown to people; never a user name, password or path."""
        parts = urlsplit(self.base_url)
        return f"{parts.hostname or '?'}:{parts.port}" if parts.port else parts.hostname or "?"

    @property
    def is_loopback(self) -> bool:
        """Whether the model runs on this very machine, so that nothing leaves it."""
        host = urlsplit(self.base_url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False


class Budget(Frozen):
    """The most a run may spend. `cost` is in the currency of the prices; it binds only where prices are known."""

    requests: int = Field(default=40, ge=0)
    tokens: int = Field(default=250_000, ge=0)
    seconds: float = Field(default=600.0, gt=0)
    cost: float | None = Field(default=None, ge=0)


class Usage(Frozen):
    """What was spent. `requests` counts HTTP requests; `estimated` = some tokens are our own estimate, not told."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    from_cache: int = 0
    seconds: float = 0.0
    cost: float | None = None
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt_tokens + self.completion_tokens


class CallPurpose(StrEnum):
    """What a request is for."""

    PROPOSE = "propose"  # answer about the items of a batch
    REPAIR = "repair"  # answer again, told what was wrong with the form
    CONSULT = "consult"  # answer an analyst's own question


class AttemptStatus(StrEnum):
    """What became of one request."""

    ANSWERED = "answered"
    CACHED = "cached"  # the same question was answered before; nothing was sent
    SLOW_DOWN = "slow_down"  # 429
    SERVER_ERROR = "server_error"  # 5xx
    TIMED_OUT = "timed_out"  # no complete answer within the time of one request
    CUT_OFF = "cut_off"  # the connection ended in the middle of the answer
    UNREACHABLE = "unreachable"  # nothing listens there, or the name is unknown
    UNAUTHORISED = "unauthorised"  # 401, 403
    NOT_FOUND = "not_found"  # 404: no such model or address
    TOO_LONG = "too_long"  # the question exceeds what the model takes in
    FORM_REFUSED = "form_refused"  # the response format asked for is not supported there
    REFUSED = "refused"  # any other 3xx or 4xx
    TOO_LARGE = "too_large"  # the answer exceeds the byte limit
    UNREADABLE = "unreadable"  # 200, but not an answer of the chat protocol
    EMPTY = "empty"  # an answer without content
    CANCELLED = "cancelled"
    DEADLINE = "deadline"  # the time of the question or run was over


class ModelAttempt(Frozen):
    """One line of the ledger: an HTTP request to a model (or, with status CACHED, one that was spared).

    `call_id` joins the attempts that served one question; `number` counts them from 1. Tokens are None when the
    endpoint told none; `estimated` marks our own estimate of an answered request. `request_hash` identifies the
    question regardless of boundary and retries. `prompt` and `answer` hold no secret and are cut to a fixed length.
    """

    call_id: str
    number: int
    agent: str
    purpose: CallPurpose
    model: str
    endpoint: str
    started_at: datetime
    seconds: float
    status: AttemptStatus
    http_status: int | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    estimated: bool = False
    cost: float | None = None
    response_format: str = ""
    request_hash: str = ""
    prompt: str = ""
    answer: str = ""

    @property
    def was_sent(self) -> bool:
        """Whether a request left for the endpoint."""
        return self.status is not AttemptStatus.CACHED


class Cause(StrEnum):
    """Why an answer stands without the model's judgement."""

    NO_MODEL = "no_model"
    NO_WORKER = "no_worker"
    NOT_INSTALLED = "not_installed"
    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    NO_SUCH_MODEL = "no_such_model"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    TIMED_OUT = "timed_out"
    TOO_LONG = "too_long"
    REFUSED = "refused"
    UNUSABLE = "unusable"
    CIRCUIT_OPEN = "circuit_open"
    BUDGET = "budget"
    DEADLINE = "deadline"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


class Degradation(Frozen):
    """Why a run, or a part of it, rests on the engine alone, in a sentence, and what a person can do about it."""

    cause: Cause
    text: str
    hint: str = ""
