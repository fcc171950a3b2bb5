"""CrewAI, loaded when an agent first asks a model and only then: it takes five seconds and 200 MB.

Before its first import everything is switched off by which it would call out or ask on a terminal: telemetry,
tracing, the check for newer versions. What it writes down goes under the given folder.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

_SILENT = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    "CREWAI_TESTING": "true",  # no first-run questions on a terminal, no file that remembers them
}


_HOMES = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")


@cache
def crew_tasks(folder: Path) -> ModuleType:
    """Return the module `crew_tasks`, with CrewAI loaded; raises ImportError where it is not installed."""
    os.environ.update(_SILENT)
    os.environ.setdefault("CREWAI_STORAGE_DIR", str(folder.absolute()))
    with _home(folder):
        return importlib.import_module("platform_core.agents.crew_tasks")


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Let `folder` be the home for a moment: while it is imported CrewAI puts a key there and fails where it cannot."""
    folder.mkdir(parents=True, exist_ok=True)
    former = {name: os.environ.get(name) for name in _HOMES}
    os.environ.update(dict.fromkeys(_HOMES, str(folder.absolute())))
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
