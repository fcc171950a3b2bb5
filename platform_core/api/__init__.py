"""The web interface beside the screen: FastAPI under `API_V1_STR`."""

from __future__ import annotations

from platform_core.api.application import create_api

__all__ = ["create_api"]
