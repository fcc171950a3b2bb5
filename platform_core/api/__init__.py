"""The web interface beside the screen: FastAPI under `API_V1_STR`."""

from __future__ import annotations

from platform_core.api.application import create_api
from platform_core.api.mounting import Door

__all__ = ["Door", "create_api"]
