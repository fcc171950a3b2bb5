"""Whether this process can do its work, for load balancers and operators."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import BaseModel

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """A process that can work: the kind of database that answered, and the version that runs."""

    status: Literal["ok"] = "ok"
    database: str
    version: str


@router.get("/health")
def health(request: Request) -> Health:
    """Ask the database for something; 503 with a sentence when it does not answer."""
    settings = request.app.state.settings
    request.app.state.store.ping()
    return Health(database=urlsplit(settings.DATABASE_URL).scheme.partition("+")[0], version=settings.VERSION)
