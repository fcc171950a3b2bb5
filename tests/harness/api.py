"""The web interface without a server: clients as they come from this machine, or from elsewhere with a token."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp

__all__ = ["TestClient", "local_client", "remote_client", "served"]


def local_client(api: ASGIApp) -> TestClient:
    """Return a client on this very machine, who needs no token as long as there is none."""
    return TestClient(api, base_url="http://127.0.0.1:8501", client=("127.0.0.1", 50_000))


def remote_client(api: FastAPI, token: str | None = None) -> TestClient:
    """Return a client on another machine, with a token or without."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return TestClient(api, base_url="https://workbench.example", client=("203.0.113.7", 50_000), headers=headers)


@contextmanager
def served(api: FastAPI) -> Iterator[str]:
    """Serve the web interface on a free port, as the workbench's own server does; yields its address."""
    chosen = uvicorn.Config(api, port=0, log_config=None, ws="websockets-sansio", ws_per_message_deflate=False)
    server = uvicorn.Server(chosen)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
