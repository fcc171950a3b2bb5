"""The web interface without a server: clients as they come from this machine, or from elsewhere with a token."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

__all__ = ["TestClient", "local_client", "remote_client"]


def local_client(api: FastAPI) -> TestClient:
    """Return a client on this very machine, who needs no token as long as there is none."""
    return TestClient(api, base_url="http://127.0.0.1:8501", client=("127.0.0.1", 50_000))


def remote_client(api: FastAPI, token: str | None = None) -> TestClient:
    """Return a client on another machine, with a token or without."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return TestClient(api, base_url="https://workbench.example", client=("203.0.113.7", 50_000), headers=headers)
