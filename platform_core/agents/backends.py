"""The two ways to let an agent work: by its engine alone, or by its engine and then a model through CrewAI."""

from __future__ import annotations

from typing import Any, Protocol

from platform_core.agents.access import Watch
from platform_core.agents.batches import Survey
from platform_core.agents.failures import degradation
from platform_core.agents.specialist import Specialist
from platform_core.agents.specs import AgentSpec
from platform_core.agents.tools import LookUp
from platform_core.domain.agents import AgentName, AgentResult, AgentStatus, Consultation
from platform_core.domain.model_calls import Budget, Cause, ModelEndpoint


class Backend(Protocol):
    """How an agent works once its engine has answered. Never raises: the engine's answers stand whatever happens."""

    @property
    def endpoint(self) -> ModelEndpoint | None:
        """The model that is asked, None when none is."""
        ...

    def run(self, specialist: Specialist[Any, Any], surveyed: Survey[Any], budget: Budget, watch: Watch) -> AgentResult:
        """Return the engine's answers with the proposals about what is in doubt, within `budget`."""
        ...

    def consult(
        self, spec: AgentSpec, question: str, tools: tuple[LookUp, ...], budget: Budget, watch: Watch
    ) -> Consultation:
        """Return an agent's reply to an analyst's own question; it may use `tools` and sees no data beyond them."""
        ...


class EngineBackend:
    """Engines alone: nothing is sent anywhere. `cause` tells why no model is asked."""

    endpoint: ModelEndpoint | None = None

    def __init__(self, cause: Cause = Cause.NO_MODEL) -> None:
        self._cause = cause

    def run(self, specialist: Specialist[Any, Any], surveyed: Survey[Any], budget: Budget, watch: Watch) -> AgentResult:
        """Return the engine's answers; see `Backend.run`."""
        del budget, watch
        return AgentResult(
            agent=specialist.spec.agent,
            status=AgentStatus.ENGINE_ONLY,
            engine=surveyed.engine,
            degraded=degradation(self._cause) if surveyed.in_doubt else None,
            prompt_version=specialist.spec.prompt_version,
        )

    def consult(
        self, spec: AgentSpec, question: str, tools: tuple[LookUp, ...], budget: Budget, watch: Watch
    ) -> Consultation:
        """Return that nobody is there to answer."""
        del tools, budget, watch
        return silence(spec.agent, question, self._cause)


def silence(agent: AgentName, question: str, cause: Cause) -> Consultation:
    """Return a consultation that got no answer."""
    return Consultation(
        agent=agent, question=question, answer="", status=AgentStatus.DEGRADED, degraded=degradation(cause)
    )
