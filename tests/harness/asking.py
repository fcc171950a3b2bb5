"""Asking a model without CrewAI in between, where a test is about what lies on either side of it."""

from __future__ import annotations

from typing import Any

from platform_core.agents.access import Watch, open_access
from platform_core.agents.answers import Reading
from platform_core.agents.batches import Batch, survey
from platform_core.agents.calls import Answer, Question
from platform_core.agents.governor import Governor
from platform_core.agents.questioning import Questioning
from platform_core.agents.requests import Wording
from platform_core.agents.specialist import Specialist
from platform_core.agents.wording import SYSTEM_RULE, boundary, task_text
from platform_core.domain.agents import AgentResult
from platform_core.domain.model_calls import Budget, CallPurpose, ModelEndpoint


def ask_plainly(governor: Governor, specialist: Specialist[Any, Any], batch: Batch[Any]) -> Answer[Reading]:
    """Put a request to the model as the protocol has it."""
    frame = boundary(governor.terms.access.chance)
    messages = (
        {"role": "system", "content": SYSTEM_RULE},
        {"role": "user", "content": task_text(specialist.spec.task, batch.choices, batch.data, frame)},
    )
    wording = Wording(messages, batch.form.schema)
    return governor.ask(Question(specialist.spec.agent, CallPurpose.PROPOSE, wording, batch.form.read))


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
