"""Putting the web interface together."""

from __future__ import annotations

from fastapi import FastAPI, Security
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPBearer

from platform_core.api import (
    discovery,
    docs,
    feedback,
    health,
    imports,
    inventory,
    live,
    migrations,
    monitoring,
    plans,
    sessions,
)
from platform_core.api.admission import Admission
from platform_core.api.bodies import BodyLimit
from platform_core.api.failures import answer_failures, documented
from platform_core.api.hub import EventHub
from platform_core.api.idempotency import Idempotency
from platform_core.api.metrics import RequestFigures
from platform_core.api.requests import RequestLog
from platform_core.services import monitoring as watching
from platform_core.services import operations
from platform_core.settings import Settings
from platform_core.store import open_store

ROUTERS = tuple(
    room.router for room in (migrations, inventory, plans, sessions, discovery, imports, feedback, monitoring)
)
"""Everything that tells or changes data; each address asks for a token (`Admission`)."""

ALWAYS = documented(401, 403, 422, 429, 503)

TOKEN = HTTPBearer(auto_error=False, description="`python -m platform_core token create NAME` makes one.")
"""Only describes what `Admission` asks for."""


def create_api(settings: Settings) -> FastAPI:
    """Return the web interface, to be mounted under `settings.API_V1_STR`.

    FastAPI's own documentation pages are off, since they load their scripts from elsewhere; `docs` has one of ours.
    """
    api = FastAPI(title=settings.PROJECT_NAME, version=settings.VERSION, docs_url=None, redoc_url=None)
    store = open_store(settings.DATABASE_URL, settings.FILES_URL, echo=settings.DATABASE_ECHO)
    figures = RequestFigures(settings.VERSION)
    api.state.settings, api.state.store, api.state.figures = settings, store, figures
    api.state.lookout = operations.Lookout(store)
    api.state.hub = EventHub(watching.feed(store))
    for router in (health.router, live.router, docs.router):
        api.include_router(router)
    for router in ROUTERS:
        api.include_router(router, responses=ALWAYS, dependencies=[Security(TOKEN)])
    answer_failures(api)
    origins = settings.BACKEND_CORS_ORIGINS
    api.add_middleware(Idempotency, store=store)
    api.add_middleware(BodyLimit, most_mb=settings.API_MAX_BODY_MB, upload_mb=settings.MAX_UPLOAD_MB)
    api.add_middleware(Admission, store=store, origins=origins, per_minute=settings.API_REQUESTS_PER_MINUTE)
    if origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["X-Reference", "Idempotent-Replayed", "Retry-After"],
        )
    api.add_middleware(RequestLog, figures=figures)
    return api
