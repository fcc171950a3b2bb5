"""The agents as shipped, on an endpoint of this machine or elsewhere."""

from __future__ import annotations

import pytest

from platform_core.agents.privacy import Veil, sharing
from platform_core.agents.specs import AgentData, load_agents
from platform_core.reference import DATA


@pytest.fixture(scope="session")
def agents() -> AgentData:
    return load_agents(DATA)


@pytest.fixture
def veil(agents: AgentData) -> Veil:
    """Nothing leaves this machine."""
    return Veil(sharing(False, agents.shareable, (), b"key"), {}, frozenset(agents.name_parts))
