"""A question asked until it is answered or may not be asked again: requests, waits, smaller forms, one repair."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from platform_core.agents.access import ModelAccess, Watch
from platform_core.agents.cache import canonical, question_key
from platform_core.agents.clock import wait
from platform_core.agents.extraction import Unusable
from platform_core.agents.failures import ModelFailed, cause_of
from platform_core.agents.forms import Form
from platform_core.agents.purse import Purse
from platform_core.agents.replies import Outcome, Spoken
from platform_core.agents.requests import Entered, Late, Wording, ledger_line, send, spent_on
from platform_core.domain.agents import AgentEvent, AgentEventKind, AgentName
from platform_core.domain.model_calls import AttemptStatus, CallPurpose, Cause, ModelAttempt
from platform_core.errors import Cancelled

MOST_REPETITIONS = 2
"""Repetitions of a request that the endpoint could not serve; the third refusal in a row is an answer."""

_REPEATED = frozenset(
    {AttemptStatus.SLOW_DOWN, AttemptStatus.SERVER_ERROR, AttemptStatus.TIMED_OUT, AttemptStatus.CUT_OFF}
)
_SPOKE = frozenset({AttemptStatus.ANSWERED, AttemptStatus.EMPTY})
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 8.0  # seconds before the first repetition, doubled for the second
_JITTER = 0.5  # share by which a wait is lengthened at random, so that several runs do not come back together
_REPEATED_ANSWER = 4_000  # characters of a faulty answer that are shown to the model again

T = TypeVar("T")


@dataclass(frozen=True)
class Question(Generic[T]):
    """A question with the reader of its answer; `key` identifies it in the cache ("" = never cached).

    `read` turns what the model said into a value or raises Unusable with what is wrong, for one second try.
    """

    agent: AgentName
    purpose: CallPurpose
    wording: Wording
    read: Callable[[Spoken], T]
    key: str = ""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """The value read from an answer, what the question took, and whether it was known from before."""

    value: T
    call_id: str
    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    from_cache: bool = False


@dataclass(frozen=True)
class Terms:
    """Under what a run asks: the way to the model, what it may spend, who watches, and its end on the clock."""

    access: ModelAccess
    purse: Purse
    watch: Watch
    until: float

    def tell(self, agent: AgentName, kind: AgentEventKind, text: str, **data: str | float) -> None:
        """Pass on what happens."""
        self.watch.event(AgentEvent(at=self.access.clock.now(), agent=agent, kind=kind, text=text, data={**data}))


class Call(Generic[T]):
    """One question under way."""

    def __init__(self, terms: Terms, question: Question[T]) -> None:
        self.call_id = uuid.uuid4().hex
        self._terms = terms
        self._question = question
        self._until = min(terms.until, terms.access.clock.monotonic() + terms.access.endpoint.deadline_seconds)
        self._hash = question.key or question_key(
            terms.access.endpoint.model, 0.0, "", question.wording.schema, canonical(question.wording.messages)
        )
        self._sent = 0
        self._tokens = (0, 0)

    def known(self) -> Answer[T] | None:
        """Return the answer from the cache, None when there is none or it cannot be used any more."""
        cache = self._terms.access.cache
        text = cache.get(self._question.key) if cache is not None and self._question.key else None
        if text is None:
            return None
        try:
            value = self._question.read(Spoken(text))
        except Unusable:
            return None
        self._terms.purse.count_cached()
        outcome = Outcome(AttemptStatus.CACHED, text=text)
        self._record(outcome, self._question.wording, self._question.purpose, self._terms.access.clock.monotonic())
        return Answer(value, self.call_id, text, from_cache=True)

    def ask(self) -> Answer[T]:
        """Ask, and once more when the answer cannot be read; raises ModelFailed or Cancelled."""
        question = self._question
        spoken = self._spoken(question.wording, question.purpose)
        try:
            value, fault = question.read(spoken), ""
        except Unusable as error:
            fault = str(error)
        if fault:
            wording = _told_what_is_wrong(question.wording, spoken, fault)
            spoken = self._spoken(wording, CallPurpose.REPAIR)
            value = self._read_or_fail(spoken)
        if question.key and self._terms.access.cache is not None:
            self._terms.access.cache.put(question.key, spoken.content)
        return Answer(value, self.call_id, spoken.content, *self._tokens)

    def _read_or_fail(self, spoken: Spoken) -> T:
        """Read the second answer. Raised outside the handler: words of the model must not hang on to the error."""
        try:
            return self._question.read(spoken)
        except Unusable:
            pass
        raise ModelFailed(Cause.UNUSABLE)

    def _spoken(self, wording: Wording, purpose: CallPurpose) -> Spoken:
        """Send until the model says something."""
        repetitions = 0
        while True:
            form = self._terms.access.ladder.form
            outcome = self._send(wording, purpose, form)
            if outcome.spoken is not None and outcome.status in _SPOKE:
                return outcome.spoken
            if outcome.status is AttemptStatus.FORM_REFUSED and self._terms.access.ladder.refused(form):
                continue
            if outcome.status is AttemptStatus.CANCELLED:
                raise Cancelled("The run was cancelled.")
            if outcome.status not in _REPEATED or repetitions == MOST_REPETITIONS:
                raise self._failure(outcome.status)
            repetitions += 1
            self._rest(outcome, repetitions)

    def _send(self, wording: Wording, purpose: CallPurpose, form: Form) -> Outcome:
        """Send one request when it is this question's turn, charge it and enter it in the ledger."""
        access, purse = self._terms.access, self._terms.purse
        estimate = wording.tokens()
        try:
            with access.pace.turn(self._check):
                held = purse.reserve(estimate, access.endpoint.max_tokens)
                if held is None:
                    raise ModelFailed(Cause.BUDGET)
                started = access.clock.monotonic()
                self._sent += 1
                outcome = send(access, wording, form, self._until, self._terms.watch.cancelled)
        except Late:
            return Outcome(AttemptStatus.DEADLINE)
        prompt, completion, estimated = spent_on(outcome, estimate)
        purse.settle(held, prompt, completion, estimated=estimated)
        self._tokens = (self._tokens[0] + prompt, self._tokens[1] + completion)
        self._record(outcome, wording, purpose, started, form)
        return outcome

    def _record(
        self, outcome: Outcome, wording: Wording, purpose: CallPurpose, started: float, form: Form = Form.TEXT
    ) -> None:
        entered = Entered(self.call_id, self._sent, self._question.agent, purpose, self._hash)
        line: ModelAttempt = ledger_line(self._terms.access, entered, wording, form, outcome, started)
        self._terms.watch.attempt(line)

    def _rest(self, outcome: Outcome, repetition: int) -> None:
        """Wait before the next repetition: as long as the endpoint asks, else longer each time.

        Gives up at once where the wait would outlast the question.
        """
        access = self._terms.access
        backoff = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (repetition - 1))
        seconds = backoff if outcome.retry_after is None else outcome.retry_after
        seconds *= 1 + _JITTER * access.chance.random() * (outcome.retry_after is None)
        if access.clock.monotonic() + seconds >= self._until:
            raise self._failure(outcome.status)
        self._terms.tell(
            self._question.agent,
            AgentEventKind.CALL_WAITING,
            f"{self._failure(outcome.status).message} Asking again in {seconds:.1f} s",
            call_id=self.call_id,
        )
        try:
            wait(seconds, access.clock, self._check)
        except Late:
            raise self._failure(AttemptStatus.DEADLINE) from None

    def _check(self) -> None:
        if self._terms.watch.cancelled():
            raise Cancelled("The run was cancelled.")
        if self._terms.access.clock.monotonic() >= self._until:
            raise Late

    def _failure(self, status: AttemptStatus) -> ModelFailed:
        """Return the error for a question that ended in `status`; its own deadline is no fault of the run's."""
        if status is AttemptStatus.DEADLINE and self._until < self._terms.until:
            return ModelFailed(Cause.TIMED_OUT)
        return ModelFailed(cause_of(status))


def _told_what_is_wrong(wording: Wording, spoken: Spoken, fault: str) -> Wording:
    said = {"role": "assistant", "content": spoken.content[:_REPEATED_ANSWER] or "(nothing)"}
    told = {"role": "user", "content": fault}
    return replace(wording, messages=(*wording.messages, said, told))
