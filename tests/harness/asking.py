"""Asking a model without CrewAI in between, where a test is about what lies on either side of it."""

from __future__ import annotations

from typing import Any

from platform_core.agents.access import ModelAccess, Watch, open_access
from platform_core.agents.answers import Reading
from platform_core.agents.backends import silence
from platform_core.agents.batches import Batch, Survey, survey
from platform_core.agents.calls import Answer, Question
from platform_core.agents.governor import Governor
from platform_core.agents.questioning import Questioning
from platform_core.agents.requests import Wording
from platform_core.agents.specialist import Specialist
from platform_core.agents.specs import AgentSpec
from platform_core.agents.tools import LookUp
from platform_core.agents.wording import SYSTEM_RULE, boundary, task_text
from platform_core.domain.agents import AgentResult, Consultation
from platform_core.domain.model_calls import Budget, CallPurpose, Cause, ModelEndpoint


def ask_plainly(governor: Governor, specialist: Specialist[Any, Any], batch: Batch[Any]) -> Answer[Reading]:
    """Put a request to the model as the protocol has it."""
    frame = boundary(governor.terms.access.chance)
    messages = (
        {"role": "system", "content": SYSTEM_RULE},
        {"role": "user", "content": task_text(specialist.spec.task, batch.choices, batch.data, frame)},
    )
    wording = Wording(messages, batch.form.schema)
    return governor.ask(Question(specialist.spec.agent, CallPurpose.PROPOSE, wording, batch.form.read))


class PlainBackend:
    """The back-end of agents without CrewAI."""

    def __init__(self, access: ModelAccess) -> None:
        self._access = access
        self.endpoint: ModelEndpoint | None = access.endpoint

    def run(self, specialist: Specialist[Any, Any], surveyed: Survey[Any], budget: Budget, watch: Watch) -> AgentResult:
        """Ask about everything in doubt."""
        return Questioning(self._access, specialist, surveyed, budget, watch, ask_plainly).run()

    def consult(
        self, spec: AgentSpec, question: str, tools: tuple[LookUp, ...], budget: Budget, watch: Watch
    ) -> Consultation:
        """Nobody answers here."""
        return silence(spec.agent, question, Cause.NOT_INSTALLED)


def run_plainly(
    specialist: Specialist[Any, Any],
    endpoint: ModelEndpoint,
    *,
    budget: Budget | None = None,
    watch: Watch | None = None,
    ask: Any = ask_plainly,
) -> AgentResult:
    """Run an agent on `endpoint`."""
    surveyed = survey(specialist, endpoint)
    access = open_access(endpoint)
    return Questioning(access, specialist, surveyed, budget or Budget(), watch or Watch(), ask).run()
