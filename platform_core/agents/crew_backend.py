"""The back-end that asks a model, by way of CrewAI; without CrewAI it is the engines' back-end with that cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from platform_core.agents.access import ModelAccess, Watch
from platform_core.agents.backends import EngineBackend, silence
from platform_core.agents.batches import Survey
from platform_core.agents.crew_runtime import crew_tasks
from platform_core.agents.failures import ModelFailed
from platform_core.agents.governor import Governor
from platform_core.agents.questioning import Questioning
from platform_core.agents.specialist import Specialist
from platform_core.agents.specs import AgentSpec
from platform_core.agents.tools import LookUp
from platform_core.agents.wholesome import plain_words
from platform_core.domain.agents import AgentResult, Consultation
from platform_core.domain.model_calls import Budget, Cause, ModelEndpoint
from platform_core.errors import Cancelled
from platform_core.logging import report

REPLY_LENGTH = 4_000
"""Longest reply to an analyst's question that is shown, in characters."""


class CrewBackend:
    """Asks the model behind `access`; CrewAI is loaded at the first question and keeps its files in `folder`."""

    def __init__(self, access: ModelAccess, folder: Path) -> None:
        self._access = access
        self._folder = folder

    @property
    def endpoint(self) -> ModelEndpoint | None:
        """The model that is asked."""
        return self._access.endpoint

    def run(self, specialist: Specialist[Any, Any], surveyed: Survey[Any], budget: Budget, watch: Watch) -> AgentResult:
        """Ask about everything in doubt; see `Backend.run`."""
        if surveyed.batches:
            try:
                ask = crew_tasks(self._folder).ask
            except Exception as error:  # noqa: BLE001 - whatever keeps CrewAI from loading, the engines are there
                report(error, "crewai cannot be loaded")
                return EngineBackend(Cause.NOT_INSTALLED).run(specialist, surveyed, budget, watch)
        else:
            ask = None
        return Questioning(self._access, specialist, surveyed, budget, watch, ask).run()

    def consult(
        self, spec: AgentSpec, question: str, tools: tuple[LookUp, ...], budget: Budget, watch: Watch
    ) -> Consultation:
        """Let an agent answer an analyst's own question; see `Backend.consult`."""
        governor = Governor(self._access, budget, watch)
        try:
            words, used = crew_tasks(self._folder).consult(governor, spec, question, tools)
        except ImportError:
            return silence(spec.agent, question, Cause.NOT_INSTALLED)
        except ModelFailed as failure:
            return silence(spec.agent, question, failure.cause)
        except Cancelled:
            return silence(spec.agent, question, Cause.CANCELLED)
        except Exception as error:  # noqa: BLE001 - CrewAI raises anything; the analyst is told calmly
            report(error, "consultation failed")
            return silence(spec.agent, question, Cause.INTERNAL)
        answer = plain_words(words, REPLY_LENGTH)
        return Consultation(agent=spec.agent, question=question, answer=answer, tools=used, usage=governor.usage())
