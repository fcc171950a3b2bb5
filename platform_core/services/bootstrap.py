"""Wiring: the store and the agents of this process."""

from __future__ import annotations

import os
import secrets
from functools import cache
from pathlib import Path

from platform_core.agents.access import open_access
from platform_core.agents.backends import EngineBackend
from platform_core.agents.cache import MemoryCache
from platform_core.agents.crew_backend import CrewBackend
from platform_core.agents.manager import AgentManager
from platform_core.agents.specs import AgentData, load_agents
from platform_core.domain.model_calls import Cause
from platform_core.reference import DATA
from platform_core.settings import settings
from platform_core.store import Store, open_store

_KEY_BYTES = 32


def store() -> Store:
    """Return the store that the settings name, which wants to be told for which organisation."""
    chosen = settings()
    return open_store(chosen.DATABASE_URL, chosen.FILES_URL, echo=chosen.DATABASE_ECHO)


@cache
def agent_data() -> AgentData:
    """Return who the agents are and how they are asked."""
    return load_agents(DATA)


@cache
def agent_manager() -> AgentManager:
    """Return the agents of this process: on the model that the settings name, else on their engines alone."""
    chosen = settings()
    endpoint = chosen.model_endpoint
    if endpoint is None:
        return AgentManager(agent_data(), EngineBackend(Cause.NO_MODEL))
    access = open_access(endpoint, cache=MemoryCache())
    return AgentManager(
        agent_data(),
        CrewBackend(access, chosen.VAR_DIR / "crewai"),
        shared=chosen.LLM_SHARED_COLUMNS,
        pseudonym_key=_pseudonym_key(chosen.VAR_DIR),
    )


def _pseudonym_key(folder: Path) -> bytes:
    """Return the key of this installation's pseudonyms, made when it is first needed and readable by its owner only."""
    path = folder / "pseudonyms.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
    except FileExistsError:
        pass
    return path.read_bytes()
