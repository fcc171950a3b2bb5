"""The one way to a model: budget, deadline, cancelling, pace, retries, repair, cache and ledger of every question.

CrewAI and the HTTP libraries each bring retries of their own, and together they turned one refusal into 27 requests.
So nothing above or below this room repeats anything: at most two repetitions for a request that the endpoint could
not serve, one repetition for an answer that could not be read, and a smaller form of answer where one is refused.
"""

from __future__ import annotations

from typing import TypeVar

from platform_core.agents.access import ModelAccess, Watch
from platform_core.agents.calls import Answer, Call, Question, Terms
from platform_core.agents.failures import ModelFailed
from platform_core.agents.pace import Breaker
from platform_core.agents.purse import Purse
from platform_core.domain.agents import AgentEventKind
from platform_core.domain.model_calls import Budget, Cause, Usage

_NOT_THE_ENDPOINTS_FAULT = frozenset({Cause.BUDGET, Cause.DEADLINE})

T = TypeVar("T")


class Governor:
    """Asks the questions of one run, within `budget`. Safe to use from several threads.

    Every HTTP request becomes one line of the watch's ledger, every question two events. The run's time begins here.
    """

    def __init__(self, access: ModelAccess, budget: Budget, watch: Watch) -> None:
        self._started = access.clock.monotonic()
        purse = Purse(budget, access.endpoint.prices)
        self.terms = Terms(access, purse, watch.one_at_a_time(), self._started + budget.seconds)
        self._breaker = Breaker()

    def ask(self, question: Question[T]) -> Answer[T]:
        """Return the answer to `question`.

        Raises Cancelled, or ModelFailed with the cause: budget or time over, circuit open, endpoint or answer at
        fault.
        """
        call = Call(self.terms, question)
        known = call.known()
        if known is not None:
            self.terms.tell(
                question.agent, AgentEventKind.CALL_FINISHED, "Known from an earlier run", call_id=call.call_id
            )
            return known
        if self._breaker.is_open:
            raise ModelFailed(Cause.CIRCUIT_OPEN)
        self.terms.tell(question.agent, AgentEventKind.CALL_STARTED, "Asked the model", call_id=call.call_id)
        try:
            answer = call.ask()
        except ModelFailed as failure:
            if failure.cause not in _NOT_THE_ENDPOINTS_FAULT:
                self._breaker.note(succeeded=False)
            self.terms.tell(question.agent, AgentEventKind.CALL_FAILED, failure.message, call_id=call.call_id)
            raise
        self._breaker.note(succeeded=True)
        said = f"Answered with {answer.completion_tokens:,} tokens"
        self.terms.tell(question.agent, AgentEventKind.CALL_FINISHED, said, call_id=call.call_id)
        return answer

    def usage(self) -> Usage:
        """Return what the run has spent so far."""
        return self.terms.purse.usage(self.terms.access.clock.monotonic() - self._started)

    def obstacle(self) -> Cause | None:
        """Return why asking anything more would be in vain; None when it would not."""
        if self.terms.watch.cancelled():
            return Cause.CANCELLED
        if self.terms.access.clock.monotonic() >= self.terms.until:
            return Cause.DEADLINE
        return Cause.CIRCUIT_OPEN if self._breaker.is_open else None
