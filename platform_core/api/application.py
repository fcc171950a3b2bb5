"""Putting the web interface together."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from platform_core.api import health
from platform_core.api.failures import answer_failures
from platform_core.api.requests import RequestLog
from platform_core.settings import Settings
from platform_core.store import open_store


def create_api(settings: Settings) -> FastAPI:
    """Return the web interface, to be mounted under `settings.API_V1_STR`.

    There are no interactive documentation pages: they load their scripts from elsewhere. `/openapi.json` is there.
    """
    api = FastAPI(title=settings.PROJECT_NAME, version=settings.VERSION, docs_url=None, redoc_url=None)
    api.state.settings = settings
    api.state.store = open_store(settings.DATABASE_URL, settings.FILES_URL, echo=settings.DATABASE_ECHO)
    api.include_router(health.router)
    answer_failures(api)
    api.add_middleware(RequestLog)
    if settings.BACKEND_CORS_ORIGINS:
        api.add_middleware(
            CORSMiddleware, allow_origins=settings.BACKEND_CORS_ORIGINS, allow_methods=["*"], allow_headers=["*"]
        )
    return api
