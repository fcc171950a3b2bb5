"""AgentManager: the six agents, each ready to survey its context, estimate, disclose and run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from platform_core.agents.access import SILENT, Watch
from platform_core.agents.backends import Backend, EngineBackend
from platform_core.agents.batches import estimate, survey
from platform_core.agents.cmdb_analyst import CmdbAnalyst
from platform_core.agents.contexts import (
    Context,
    FeedbackContext,
    LearningContext,
    MappingContext,
    PatternContext,
    RiskContext,
    StrategyContext,
    WaveContext,
)
from platform_core.agents.feedback_reader import FeedbackReader
from platform_core.agents.learning_specialist import LearningSpecialist
from platform_core.agents.migration_strategist import MigrationStrategist
from platform_core.agents.pattern_expert import PatternExpert
from platform_core.agents.privacy import Named, Sharing, Veil, sharing
from platform_core.agents.risk_assessor import RiskAssessor
from platform_core.agents.specialist import Specialist
from platform_core.agents.specs import AgentData, AgentSpec
from platform_core.agents.tools import LookUp
from platform_core.agents.wave_planner import WavePlanner
from platform_core.domain.agents import AgentName, AgentResult, Consultation, Disclosure, Estimate
from platform_core.domain.model_calls import Budget, ModelEndpoint

_SPECIALISTS: Mapping[type[Context], type[Specialist[Any, Any]]] = {
    MappingContext: CmdbAnalyst,
    LearningContext: LearningSpecialist,
    FeedbackContext: FeedbackReader,
    PatternContext: PatternExpert,
    StrategyContext: MigrationStrategist,
    RiskContext: RiskAssessor,
    WaveContext: WavePlanner,
}

QUESTION_LENGTH = 400
"""Longest question to an agent, in characters."""

CONSULTATION = Budget(requests=8, tokens=40_000, seconds=90.0)
"""What answering an analyst's question may take."""

_WITHOUT_BRACES = str.maketrans("{}", "()")  # CrewAI reads words in braces as templates


class AgentManager:
    """Runs the agents on one back-end. `shared` are columns and facts whose values may leave besides the shipped ones.

    `pseudonym_key` makes pseudonyms that only this installation can undo. Safe to use from several threads.
    """

    def __init__(
        self,
        data: AgentData,
        backend: Backend | None = None,
        *,
        shared: Iterable[str] = (),
        pseudonym_key: bytes = b"",
    ) -> None:
        self._data = data
        self._backend: Backend = backend or EngineBackend()
        external = self.endpoint is not None and not self.endpoint.is_loopback
        self._policy: Sharing = sharing(external, data.shareable, shared, pseudonym_key)

    @property
    def endpoint(self) -> ModelEndpoint | None:
        """The model that is asked, None when the engines work alone."""
        return self._backend.endpoint

    @property
    def agents(self) -> Mapping[AgentName, AgentSpec]:
        """The six agents with their roles and goals."""
        return {name: self._data.specs[name] for name in AgentName}

    def run(self, context: Context, budget: Budget | None = None, watch: Watch = SILENT) -> AgentResult:
        """Return the engine's answers about a context and, where a model is asked, proposals beside them.

        Never raises on the model's account: whatever happens, the engine's answers are complete.
        """
        specialist = self._specialist(context)
        return self._backend.run(specialist, survey(specialist, self.endpoint), budget or Budget(), watch)

    def estimate(self, context: Context, budget: Budget | None = None) -> Estimate:
        """Return what a run would ask and cost, at most; nothing is sent."""
        specialist = self._specialist(context)
        return estimate(specialist, survey(specialist, self.endpoint), self.endpoint, budget or Budget())

    def disclose(self, context: Context) -> Disclosure:
        """Return everything a run would send of the data, word for word; nothing is sent."""
        specialist = self._specialist(context)
        surveyed = survey(specialist, self.endpoint)
        shared, kept_back = specialist.divided(self._policy)
        return Disclosure(
            endpoint=self.endpoint.name if self.endpoint else "",
            leaves_machine=self._policy.external,
            requests=tuple(batch.data for batch in surveyed.batches),
            shared=shared,
            kept_back=kept_back,
            replaced=specialist.veil.replaced,
        )

    def consult(
        self, agent: AgentName, question: str, tools: tuple[LookUp, ...] = (), watch: Watch = SILENT
    ) -> Consultation:
        """Let an agent answer an analyst's own question with look-ups that change nothing."""
        veil = self._veil({})
        asked = veil.text(question, QUESTION_LENGTH).translate(_WITHOUT_BRACES)
        reply = self._backend.consult(self._data.specs[agent], asked, tools, CONSULTATION, watch)
        return reply.model_copy(update={"question": question, "answer": veil.put_back(reply.answer)})

    @staticmethod
    def kind_of(context: Context) -> type[Specialist[Any, Any]]:
        """Return the specialist that looks at such a context."""
        return _SPECIALISTS[type(context)]

    def _specialist(self, context: Context) -> Specialist[Any, Any]:
        return self.kind_of(context)(self._data, context, self._veil(context.known))

    def _veil(self, known: Mapping[Named, Iterable[str]]) -> Veil:
        return Veil(self._policy, known, frozenset(self._data.name_parts))
