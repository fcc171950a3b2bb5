"""How the web interface says that something did not work: always the same four keys."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

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


class Failure(BaseModel):
    """The body of every answer that is not a success; `reference` finds the matching lines of the log."""

    error: str
    status_code: int
    timestamp: datetime
    reference: str


def failure(request: Request, sentence: str, status: int) -> JSONResponse:
    """Return the answer that tells `sentence` under the reference number of `request`."""
    body = Failure(error=sentence, status_code=status, timestamp=datetime.now(UTC), reference=request.state.reference)
    return JSONResponse(body.model_dump(mode="json"), status_code=status)


def answer_failures(api: FastAPI) -> None:
    """Make `api` answer our own errors, wrong addresses and wrong bodies in the one form."""
    api.add_exception_handler(WorkbenchError, _own_error)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(RequestValidationError, _wrong_body)


async def _own_error(request: Request, error: Exception) -> JSONResponse:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        report(error, "request refused", reference=request.state.reference, path=request.url.path)
    return failure(request, str(error), status)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    sentence = "There is nothing at this address." if error.status_code == HTTPStatus.NOT_FOUND else f"{error.detail}."
    return failure(request, sentence, error.status_code)


async def _wrong_body(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    places = ", ".join(sorted({".".join(str(part) for part in fault["loc"]) for fault in error.errors()}))
    return failure(request, f"The request cannot be used: see {places}.", HTTPStatus.UNPROCESSABLE_ENTITY)
