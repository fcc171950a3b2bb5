"""CrewAIService: let the agents look at a migration; what they propose is kept, and nothing else is changed.

Every answer holds the engine's complete result, the checked proposals beside it, and where each item's answer comes
from. Proposals wait for an analyst, except those that the migration's policy accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from platform_core.agents.access import Watch
from platform_core.agents.contexts import Context
from platform_core.agents.manager import AgentManager
from platform_core.agents.tools import LookUp
from platform_core.domain.agents import (
    AgentEvent,
    AgentName,
    AgentResult,
    AgentStatus,
    AnswerSource,
    Consultation,
    Disclosure,
    Estimate,
)
from platform_core.domain.base import Frozen, Progress, silent
from platform_core.domain.identity import Identity
from platform_core.domain.model_calls import Budget, Degradation, ModelAttempt
from platform_core.domain.runs import TaskStarted
from platform_core.errors import BadInput, Cancelled
from platform_core.logging import report
from platform_core.services import agent_contexts, proposals
from platform_core.store import Store, UnitOfWork


class TaskLog(Protocol):
    """Where an agent's work is written down as it happens (AgentMonitor)."""

    def start_task(self, started: TaskStarted) -> int:
        """Begin a task and return its number."""
        ...

    def complete_task(
        self, task_id: int, *, source: str | None, cause: str | None, result: dict[str, JsonValue]
    ) -> None:
        """End a task with its result."""
        ...

    def fail_task(self, task_id: int, error: str, *, cause: str | None, cancelled: bool) -> None:
        """End a task that did not complete."""
        ...

    def record(self, run_id: int, event: AgentEvent, *, task_id: int | None) -> int:
        """Append an event."""
        ...

    def enter(self, run_id: int, attempt: ModelAttempt, *, task_id: int | None) -> int:
        """Append a request to the ledger."""
        ...


class Subject(Frozen):
    """What an agent is to look at: a migration, and in it an import (CMDB analyst) or a plan (wave planner).

    The learning specialist reads the stored comment `feedback_id` or the note `text`; without either it looks at
    everything analysts said of headers.
    """

    migration_id: int
    import_id: int | None = None
    plan_id: int | None = None
    feedback_id: int | None = None
    text: str = ""


class AgentReport(Frozen):
    """What came of an agent's work: its result, where each item's answer comes from, and what was kept and applied.

    `source` is that of the whole: MODEL where proposals came, FALLBACK where a model should have been asked and gave
    nothing (`cause` says why), else RULES or LEARNED. `kept` are the numbers of the stored proposals, `applied` of
    those that the migration's policy accepted.
    """

    result: AgentResult
    source: AnswerSource
    sources: dict[str, AnswerSource]
    cause: Degradation | None
    kept: tuple[int, ...] = ()
    applied: tuple[int, ...] = ()


@dataclass(frozen=True)
class Recording:
    """The run and the log that an agent's work is written to.

    `cancelled` reads a flag, at hardly any cost; `progress` is told how far the work is, and may raise what ends it.
    """

    run_id: int
    log: TaskLog
    cancelled: Callable[[], bool] = lambda: False
    progress: Progress = silent

    def watch(self, task: int) -> Watch:
        """Return what writes down the events and requests of a task.

        Nothing raised on the way ends the work in the middle of a request: that is what `cancelled` is for.
        """

        def event(happened: AgentEvent) -> None:
            with _noted("an agent's event was not recorded"):
                self.log.record(self.run_id, happened, task_id=task)
                if happened.share is not None:
                    self.progress(happened.share, happened.text)

        def attempt(made: ModelAttempt) -> None:
            with _noted("a request was not entered in the ledger"):
                self.log.enter(self.run_id, made, task_id=task)

        return Watch(event, attempt, self.cancelled)


class CrewAIService:
    """The agents' use cases on one store."""

    def __init__(self, store: Store, manager: AgentManager, budget: Budget | None = None) -> None:
        self._store = store
        self._manager = manager
        self._budget = budget or Budget()

    def analyze_cmdb_data(self, import_id: int, by: Identity, recording: Recording) -> AgentReport:
        """Let the CMDB analyst look at the columns of an import that the mapper is not sure of; raises NotFound."""
        work = self._store.unit_of_work()
        with work.reading():
            migration_id = work.imports.get(import_id).migration_id
        subject = Subject(migration_id=migration_id, import_id=import_id)
        return self.run_specialist(AgentName.CMDB_ANALYST, subject, by, recording)

    def process_user_feedback(self, migration_id: int, text: str, by: Identity, recording: Recording) -> AgentReport:
        """Let the learning specialist read a note: what the rules read of it, and what a model reads of the rest."""
        subject = Subject(migration_id=migration_id, text=text)
        return self.run_specialist(AgentName.LEARNING_SPECIALIST, subject, by, recording)

    def run_specialist(self, agent: AgentName, subject: Subject, by: Identity, recording: Recording) -> AgentReport:
        """Let an agent look at its subject, write down what it does, and keep what it proposes.

        A model's failure is no error: the engine's answers are there, and the report tells the cause. Raises
        Cancelled when the run was stopped, NotFound or BadInput for a subject that the agent cannot look at.
        """
        context = self._context(agent, subject)
        task = recording.log.start_task(
            TaskStarted(run_id=recording.run_id, agent=agent, name=self._manager.agents[agent].title)
        )
        try:
            result = self._manager.run(context, self._budget, recording.watch(task))
            report = self._kept(result, subject, by, recording.run_id, task)
        except Exception as error:
            cancelled = isinstance(error, Cancelled)
            recording.log.fail_task(task, _in_words(error), cause=None, cancelled=cancelled)
            raise
        recording.log.complete_task(
            task, source=report.source, cause=report.cause.cause if report.cause else None, result=_figures(report)
        )
        return report

    def estimate(self, agent: AgentName, subject: Subject) -> Estimate:
        """Return what a run would ask a model and cost, at most; nothing is sent."""
        return self._manager.estimate(self._context(agent, subject), self._budget)

    def disclose(self, agent: AgentName, subject: Subject) -> Disclosure:
        """Return everything that a run would send, word for word; nothing is sent."""
        return self._manager.disclose(self._context(agent, subject))

    def consult(self, agent: AgentName, question: str, tools: tuple[LookUp, ...] = ()) -> Consultation:
        """Let an agent answer an analyst's own question with look-ups that change nothing.

        Raises BadInput for an empty question.
        """
        if not question.strip():
            raise BadInput("There is no question.", hint="Ask something about this inventory.")
        return self._manager.consult(agent, question, tools)

    def _context(self, agent: AgentName, subject: Subject) -> Context:
        work = self._store.unit_of_work()
        with work.reading():
            return _context(work, agent, subject)

    def _kept(self, result: AgentResult, subject: Subject, by: Identity, run_id: int, task: int) -> AgentReport:
        if result.status is AgentStatus.CANCELLED:
            raise Cancelled("The run was cancelled.", hint="No proposal of it was kept.")
        keeper = proposals.Keeper(run_id=run_id, task_id=task, import_id=subject.import_id)
        kept = proposals.keep(self._store.unit_of_work(), subject.migration_id, result, keeper)
        applied = proposals.apply_policy(self._store.unit_of_work(), subject.migration_id, kept, by)
        return report_of(result, tuple(kept), applied)


def report_of(result: AgentResult, kept: tuple[int, ...] = (), applied: tuple[int, ...] = ()) -> AgentReport:
    """Return a result with where its answers come from."""
    sources = result.sources
    said = set(sources.values())
    order = (AnswerSource.MODEL, AnswerSource.FALLBACK, AnswerSource.LEARNED, AnswerSource.RULES)
    return AgentReport(
        result=result,
        source=next((source for source in order if source in said), AnswerSource.RULES),
        sources=sources,
        cause=result.degraded,
        kept=kept,
        applied=applied,
    )


def _context(work: UnitOfWork, agent: AgentName, subject: Subject) -> Context:
    match agent:
        case AgentName.CMDB_ANALYST:
            return agent_contexts.mapping_context(work, _given(subject.import_id, "import"))
        case AgentName.LEARNING_SPECIALIST if subject.feedback_id is not None or subject.text.strip():
            return agent_contexts.feedback_context(work, subject.migration_id, subject.text, subject.feedback_id)
        case AgentName.LEARNING_SPECIALIST:
            return agent_contexts.learning_context(work, subject.migration_id)
        case AgentName.PATTERN_EXPERT:
            return agent_contexts.pattern_context(work, subject.migration_id)
        case AgentName.MIGRATION_STRATEGIST:
            return agent_contexts.strategy_context(work, subject.migration_id)
        case AgentName.RISK_ASSESSOR:
            return agent_contexts.risk_context(work, subject.migration_id)
        case AgentName.WAVE_PLANNER:
            return agent_contexts.wave_context(work, _given(subject.plan_id, "plan"))


def _given(number: int | None, what: str) -> int:
    if number is None:
        raise BadInput(f"This agent needs to know which {what} to look at.")
    return number


def _figures(report: AgentReport) -> dict[str, JsonValue]:
    result = report.result
    return {
        "status": str(result.status),
        "items": len(result.engine),
        "asked": result.asked,
        "proposals": len(result.proposals),
        "dropped": len(result.dropped),
        "withheld": len(result.withheld),
        "warnings": list(result.warnings),
        "requests": result.usage.requests,
        "tokens": result.usage.tokens,
        "from_cache": result.usage.from_cache,
        "cost": result.usage.cost,
        "kept": len(report.kept),
        "applied": len(report.applied),
    }


def _in_words(error: Exception) -> str:
    return getattr(error, "message", "") or f"An unexpected error ({type(error).__name__}) stopped the agent."


@contextmanager
def _noted(what: str) -> Iterator[None]:
    """Report an error of the block instead of raising it; a request to stop is seen by the flag anyway."""
    try:
        yield
    except Cancelled:
        return
    except Exception as error:  # noqa: BLE001 - a silent database must not cost the answers that were paid for
        report(error, what)
