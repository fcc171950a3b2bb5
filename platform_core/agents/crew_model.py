"""GovernedLLM: the only model that CrewAI gets. Every call goes through the governor and is answered once.

CrewAI reads an answer for tool syntax and hands it on; words of a model that has read cells must not take that way.
So CrewAI is told which items were answered, and the checked answer itself is collected here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from crewai.events.types.llm_events import LLMCallType
from crewai.llms.base_llm import BaseLLM, llm_call_context
from pydantic import PrivateAttr

from platform_core.agents.calls import Answer, Question
from platform_core.agents.failures import ModelFailed
from platform_core.agents.governor import Governor
from platform_core.agents.replies import Spoken
from platform_core.agents.requests import Message
from platform_core.errors import Cancelled

Put = Callable[[tuple[Message, ...], tuple[dict[str, Any], ...]], Question[Any]]
"""Makes a question of the messages CrewAI composed and the tools on offer."""

Reply = Callable[[Answer[Any]], Any]
"""What CrewAI is told of an answer: words, or a list of tool calls."""


class GovernedLLM(BaseLLM):  # type: ignore[misc]
    """A model for one task of one agent; `put` and `reply` say how it is asked and what CrewAI gets to see."""

    _governor: Governor = PrivateAttr()
    _put: Put = PrivateAttr()
    _reply: Reply = PrivateAttr()
    _answers: list[Answer[Any]] = PrivateAttr(default_factory=list)
    _failure: Exception | None = PrivateAttr(default=None)
    _calls_allowed: int = PrivateAttr(default=1)

    @classmethod
    def of(cls, governor: Governor, put: Put, reply: Reply, *, calls: int = 1) -> GovernedLLM:
        """Return a model that may be asked `calls` times; afterwards it repeats its last reply."""
        endpoint = governor.terms.access.endpoint
        made = cls(model=endpoint.model, temperature=endpoint.temperature, max_tokens=endpoint.max_tokens)
        made._governor, made._put, made._reply, made._calls_allowed = governor, put, reply, calls
        return made

    @property
    def answers(self) -> Sequence[Answer[Any]]:
        """The answers so far."""
        return tuple(self._answers)

    @property
    def failure(self) -> Exception | None:
        """What ended the last call, as the governor raised it: CrewAI may have wrapped or lost it."""
        return self._failure

    def call(
        self,
        messages: Any,
        tools: Any = None,
        callbacks: Any = None,
        available_functions: Any = None,
        from_task: Any = None,
        from_agent: Any = None,
        response_model: Any = None,
    ) -> Any:
        """Answer CrewAI's messages; raises ModelFailed or Cancelled."""
        del callbacks, available_functions, response_model
        if len(self._answers) >= self._calls_allowed:
            return self._reply(self._answers[-1])
        with llm_call_context():
            self._emit_call_started_event(messages=None, from_task=from_task, from_agent=from_agent)
            try:
                asked: tuple[Message, ...] = tuple(self._format_messages(messages))
                answer = self._governor.ask(self._put(asked, tuple(tools or ())))
            except (ModelFailed, Cancelled) as failure:
                self._failure = failure
                self._emit_call_failed_event(error=failure.message, from_task=from_task, from_agent=from_agent)
                raise
            self._answers.append(answer)
            self._account(answer, from_task, from_agent)
        return self._reply(answer)

    def supports_function_calling(self) -> bool:
        """Tools are offered the way the protocol knows, never as text to be parsed."""
        return True

    def supports_stop_words(self) -> bool:
        """Nothing is cut at a word that data may hold."""
        return False

    def get_context_window_size(self) -> int:
        """Return what the model takes in; requests are measured before, so CrewAI has nothing to shorten."""
        return self._governor.terms.access.endpoint.context_tokens

    def _account(self, answer: Answer[Any], from_task: Any, from_agent: Any) -> None:
        usage = {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "total_tokens": answer.prompt_tokens + answer.completion_tokens,
        }
        self._track_token_usage_internal(usage)
        self._emit_call_completed_event(
            response="answered",
            call_type=LLMCallType.LLM_CALL,
            from_task=from_task,
            from_agent=from_agent,
            usage=usage,
        )


def tool_calls_or_words(answer: Answer[Spoken]) -> Any:
    """Return an answer as CrewAI wants it where tools are on offer."""
    return list(answer.value.tool_calls) if answer.value.tool_calls else answer.value.content
