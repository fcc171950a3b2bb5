"""How the web interface says that something did not work: always the same four keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match

from platform_core.errors import BadInput, Cancelled, Conflict, Forbidden, NotFound, Unavailable, WorkbenchError
from platform_core.logging import report

STATUS: dict[type[WorkbenchError], HTTPStatus] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Cancelled: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

TOLD_FAULTS = 5
"""How many faults of one request are told; the rest would not be read."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

WORDS: dict[int, str] = {
    400: "What was asked for cannot be done with this data",
    401: "No valid token came along",
    403: "The token does not allow this, or another site's page sent the request",
    404: "There is nothing at this address",
    409: "Somebody else was faster, the name is taken, or the same request is under way",
    413: "The body is too large",
    415: "The body is of a type that is not understood here",
    422: "The request does not fit its description; the sentence names each field",
    429: "Too many requests in the last minute",
    503: "The database or another part does not answer",
}


class Failure(BaseModel):
    """The body of every answer that is not a success; `reference` finds the matching lines of the log."""

    error: str
    status_code: int
    timestamp: datetime
    reference: str


def documented(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return the failures a route may answer with, as its description lists them."""
    return {code: {"model": Failure, "description": WORDS[code]} for code in sorted(codes)}


def failure(request: Request, sentence: str, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the answer that tells `sentence` under the reference number of `request`."""
    body = Failure(error=sentence, status_code=status, timestamp=datetime.now(UTC), reference=request.state.reference)
    return JSONResponse(body.model_dump(mode="json"), status_code=status, headers=dict(headers or {}))


def answer_failures(api: FastAPI) -> None:
    """Make `api` answer our own errors, wrong addresses and wrong bodies in the one form."""
    api.add_exception_handler(WorkbenchError, own_error)
    api.add_exception_handler(HTTPException, http_error)
    api.add_exception_handler(RequestValidationError, _wrong_request)


async def own_error(request: Request, error: Exception) -> JSONResponse:
    """Answer an error of the workbench with its own sentence."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        report(error, "request refused", reference=request.state.reference, path=request.url.path)
    return failure(request, str(error), status)


async def http_error(request: Request, error: Exception) -> JSONResponse:
    """Answer what the web framework refuses."""
    assert isinstance(error, HTTPException)
    sentence = "There is nothing at this address." if error.status_code == HTTPStatus.NOT_FOUND else f"{error.detail}."
    headers = _allowed(request) if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else error.headers
    return failure(request, sentence, error.status_code, headers)


def _allowed(request: Request) -> dict[str, str]:
    """Return the header that lists every method of an address; the framework names those of its first route only."""
    routes = request.app.routes
    fitting = [m for m in METHODS if any(r.matches({**request.scope, "method": m})[0] is Match.FULL for r in routes)]
    return {"Allow": ", ".join(fitting)}


async def _wrong_request(request: Request, error: Exception) -> JSONResponse:
    """Name each field that does not fit, and why; what was sent is never quoted."""
    assert isinstance(error, RequestValidationError)
    faults = list(dict.fromkeys(_fault(fault) for fault in error.errors()))
    told = "; ".join(faults[:TOLD_FAULTS])
    more = f"; and {len(faults) - TOLD_FAULTS} more" if len(faults) > TOLD_FAULTS else ""
    return failure(request, f"The request cannot be used. {told}{more}.", HTTPStatus.UNPROCESSABLE_ENTITY)


def _fault(fault: Mapping[str, Any]) -> str:
    return f"{'.'.join(str(part) for part in fault['loc'])}: {str(fault['msg']).rstrip('.')}"
