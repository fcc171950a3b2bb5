"""The crew: an agent and its task carried out by CrewAI, its events passed on. Imported by `crew_runtime` alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from crewai import Agent, Crew, Process, Task
from crewai import events as crew_events
from crewai.events.event_bus import crewai_event_bus
from crewai.tools import BaseTool
from pydantic import BaseModel, PrivateAttr

from platform_core.agents.answers import Reading
from platform_core.agents.batches import Batch
from platform_core.agents.cache import canonical, question_key
from platform_core.agents.calls import Answer, Question
from platform_core.agents.crew_model import GovernedLLM, tool_calls_or_words
from platform_core.agents.failures import ModelFailed
from platform_core.agents.governor import Governor
from platform_core.agents.replies import Spoken
from platform_core.agents.requests import Wording
from platform_core.agents.specialist import Specialist
from platform_core.agents.specs import AgentSpec
from platform_core.agents.tools import LookUp
from platform_core.agents.wording import CONSULT_RULE, EXPECTED, EXPECTED_REPLY, SYSTEM_RULE, boundary, task_text
from platform_core.domain.agents import AgentEvent, AgentEventKind, ToolUse
from platform_core.domain.model_calls import CallPurpose, Cause
from platform_core.errors import Cancelled

MOST_TOOL_ROUNDS = 4
"""Times a consulted agent may use tools before it has to answer."""

_MIRRORED = (
    crew_events.TaskStartedEvent,
    crew_events.TaskCompletedEvent,
    crew_events.TaskFailedEvent,
    crew_events.AgentExecutionStartedEvent,
    crew_events.AgentExecutionCompletedEvent,
    crew_events.AgentExecutionErrorEvent,
    crew_events.LLMCallStartedEvent,
    crew_events.LLMCallCompletedEvent,
    crew_events.LLMCallFailedEvent,
    crew_events.ToolUsageStartedEvent,
    crew_events.ToolUsageFinishedEvent,
    crew_events.ToolUsageErrorEvent,
)
_SETTLE_SECONDS = 1.0  # how long events under way may take to arrive once a task is over

Listener = Callable[[Any], None]


def ask(governor: Governor, specialist: Specialist[Any, Any], batch: Batch[Any]) -> Answer[Reading]:
    """Put one request to the model through an agent with one task and no tools, and return the read answer."""
    spec, access = specialist.spec, governor.terms.access
    schema = batch.form.schema
    key = question_key(access.endpoint.model, access.endpoint.temperature, spec.prompt_version, schema, batch.payload)

    def put(messages: tuple[Any, ...], _tools: tuple[dict[str, Any], ...]) -> Question[Reading]:
        wording = Wording(messages, schema)
        return Question(spec.agent, CallPurpose.PROPOSE, wording, batch.form.read, key)

    def reply(answer: Answer[Reading]) -> str:
        return canonical({"answered": [choice.id for choice in answer.value.choices]})

    llm = GovernedLLM.of(governor, put, reply)
    text = task_text(spec.task, batch.choices, batch.data, boundary(access.chance))
    _carry_out(governor, spec, f"{spec.backstory}\n{SYSTEM_RULE}", text, EXPECTED, llm, ())
    answer: Answer[Reading] = llm.answers[-1]
    return answer


def consult(
    governor: Governor, spec: AgentSpec, question: str, tools: Sequence[LookUp]
) -> tuple[str, tuple[ToolUse, ...]]:
    """Let an agent answer an analyst's own question with look-ups; returns its words and the tools it used.

    Raises ModelFailed, Cancelled, or anything else that goes wrong on the way.
    """
    used: list[ToolUse] = []

    def put(messages: tuple[Any, ...], offered: tuple[dict[str, Any], ...]) -> Question[Spoken]:
        return Question(spec.agent, CallPurpose.CONSULT, Wording(messages, None, offered), lambda spoken: spoken)

    llm = GovernedLLM.of(governor, put, tool_calls_or_words if tools else _words, calls=MOST_TOOL_ROUNDS + 1)
    bound = [_Bound.of(tool, used) for tool in tools]
    _carry_out(governor, spec, f"{spec.backstory}\n{CONSULT_RULE}", question, EXPECTED_REPLY, llm, bound)
    words = _words(llm.answers[-1])
    if not words:
        raise ModelFailed(Cause.UNUSABLE)
    return words, tuple(used)


def _words(answer: Answer[Spoken]) -> str:
    return answer.value.content


class _Bound(BaseTool):  # type: ignore[misc]
    """A look-up as CrewAI knows tools."""

    _look_up: LookUp = PrivateAttr()
    _used: list[ToolUse] = PrivateAttr()

    @classmethod
    def of(cls, look_up: LookUp, used: list[ToolUse]) -> _Bound:
        made = cls(name=look_up.name, description=look_up.description, args_schema=look_up.arguments)
        made._look_up, made._used = look_up, used
        return made

    def _run(self, **given: Any) -> str:
        told = {name: value.model_dump() if isinstance(value, BaseModel) else value for name, value in given.items()}
        result = self._look_up.use(told)
        self._used.append(ToolUse(tool=self.name, arguments=canonical(told)[:400], result=result))
        return result


def _carry_out(
    governor: Governor,
    spec: AgentSpec,
    backstory: str,
    description: str,
    expected: str,
    llm: GovernedLLM,
    tools: Sequence[BaseTool],
) -> None:
    """Run a crew of one agent with one task. Raises what the governor raised, however CrewAI passed it on.

    Nothing is filled into templates, remembered, planned, delegated, repeated or shortened by CrewAI.
    """
    agent = Agent(
        role=spec.role,
        goal=spec.goal,
        backstory=backstory,
        llm=llm,
        tools=list(tools),
        max_retry_limit=0,
        max_iter=2 if not tools else MOST_TOOL_ROUNDS + 1,
        allow_delegation=False,
        respect_context_window=False,
        memory=False,
        cache=False,
        verbose=False,
    )
    task = Task(description=description, expected_output=expected, agent=agent)
    crew = Crew(
        agents=[agent],
        tasks=[task],
        process=Process.sequential,
        memory=False,
        planning=False,
        cache=False,
        tracing=False,
        verbose=False,
    )
    try:
        with _BUS.listening(str(task.id), governor, spec):
            crew.kickoff()
    except Exception:
        if isinstance(llm.failure, ModelFailed | Cancelled):
            raise llm.failure from None
        raise


class _Bus:
    """Passes CrewAI's events on to the runs they belong to; its own bus is one for the whole process."""

    def __init__(self) -> None:
        self._listeners: dict[str, Listener] = {}
        self._lock = threading.Lock()
        for kind in _MIRRORED:
            crewai_event_bus.register_handler(kind, self._heard)

    @contextmanager
    def listening(self, task_id: str, governor: Governor, spec: AgentSpec) -> Iterator[None]:
        """Pass on the events of one task while the block runs."""

        def tell(event: Any) -> None:
            governor.terms.watch.event(
                AgentEvent(
                    at=governor.terms.access.clock.now(),
                    agent=spec.agent,
                    kind=AgentEventKind.CREW,
                    text=str(event.type).replace("_", " "),
                    data={
                        "type": str(event.type),
                        "event_id": str(event.event_id),
                        "parent_id": str(event.parent_event_id or ""),
                        "order": event.emission_sequence or 0,
                    },
                )
            )

        with self._lock:
            self._listeners[task_id] = tell
        try:
            yield
        finally:
            crewai_event_bus.flush(_SETTLE_SECONDS)
            with self._lock:
                del self._listeners[task_id]

    def _heard(self, source: Any, event: Any) -> None:
        task = getattr(event, "task", None) or getattr(source, "task", None)
        task_id = event.task_id or (str(task.id) if task is not None else "")
        with self._lock:
            tell = self._listeners.get(task_id)
        if tell is not None:
            tell(event)


_BUS = _Bus()
