"""One log line, one reference number and one count for each request, whatever becomes of it."""

from __future__ import annotations

import logging
from http import HTTPStatus
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from platform_core.api.failures import failure, http_error, own_error
from platform_core.api.metrics import RequestFigures
from platform_core.errors import WorkbenchError
from platform_core.logging import new_reference, report, saying

log = logging.getLogger(__name__)


class RequestLog:
    """Names each request by a reference number, in the answer and in the log, and answers what nobody else caught."""

    def __init__(self, app: ASGIApp, *, figures: RequestFigures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, log and count how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        request.state.reference = new_reference()
        with saying(reference=request.state.reference):
            await self._told(request, receive, send)

    async def _told(self, request: Request, receive: Receive, send: Send) -> None:
        started, status = perf_counter(), 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Reference"] = request.state.reference
                headers["Cache-Control"] = "no-store"
            await send(message)

        try:
            await self._answered(request, receive, send_named)
        except Exception as error:  # noqa: BLE001 - the last place where a failure can still become an answer
            report(error, "request failed", reference=request.state.reference, path=request.url.path)
            if not status:
                answer = failure(request, "Something went wrong here.", HTTPStatus.INTERNAL_SERVER_ERROR)
                await answer(request.scope, receive, send_named)
        self._tell(request, status, perf_counter() - started)

    async def _answered(self, request: Request, receive: Receive, send: Send) -> None:
        """Pass the request on; what is refused before it reaches a route becomes an answer here."""
        try:
            await self._app(request.scope, receive, send)
        except WorkbenchError as error:
            await (await own_error(request, error))(request.scope, receive, send)
        except HTTPException as error:
            await (await http_error(request, error))(request.scope, receive, send)

    def _tell(self, request: Request, status: int, seconds: float) -> None:
        route = getattr(request.scope.get("route"), "path", "")
        self._figures.count(request.method, route, status, seconds)
        caller = getattr(request.state, "caller", None)
        log.info(
            "request",
            extra={
                "reference": request.state.reference,
                "method": request.method,
                "path": request.url.path,
                "status": status,
                "ms": round(seconds * 1000, 1),
                **({"caller": caller.name} if caller else {}),
            },
        )
