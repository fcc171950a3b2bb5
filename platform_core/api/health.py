"""Whether this process can do its work, for load balancers and operators."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from platform_core.api.failures import documented

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """A process that can work: the kind of database that answered, and the version that runs."""

    status: Literal["ok"] = "ok"
    database: str
    version: str


class CheckOut(BaseModel):
    """One thing that was looked at; work goes on without what is not `is_needed`, only slower."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    is_there: bool
    is_needed: bool
    text: str


class Readiness(BaseModel):
    """Whether requests may be sent here, and what is missing (names of checks) if anything is."""

    is_ready: bool
    missing: list[str]
    checks: list[CheckOut]


@router.get("/health", responses=documented(503))
def health(request: Request) -> Health:
    """Ask the database for something; 503 with a sentence when it does not answer."""
    settings = request.app.state.settings
    request.app.state.store.ping()
    return Health(database=urlsplit(settings.DATABASE_URL).scheme.partition("+")[0], version=settings.VERSION)


@router.get("/ready", responses={503: {"model": Readiness, "description": "Something that is needed is missing"}})
def ready(request: Request, response: Response) -> Readiness:
    """Tell of database, schema, files and workers, looked at seconds ago; 503 when something needed is missing."""
    checks = request.app.state.lookout.checks()
    is_ready = all(check.is_there for check in checks if check.is_needed)
    if not is_ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    missing = [check.name for check in checks if not check.is_there]
    return Readiness(is_ready=is_ready, missing=missing, checks=[CheckOut.model_validate(check) for check in checks])
