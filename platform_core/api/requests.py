"""One log line and one reference number for each request, whatever becomes of it."""

from __future__ import annotations

import logging
from http import HTTPStatus
from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from platform_core.api.failures import failure
from platform_core.logging import new_reference, report

log = logging.getLogger(__name__)


class RequestLog:
    """Names each request by a reference number, in the answer and in the log, and answers 500 to what nobody caught."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, started = Request(scope), perf_counter()
        request.state.reference = new_reference()
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Reference"] = request.state.reference
                headers["Cache-Control"] = "no-store"
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception as error:  # noqa: BLE001 - the last place where a failure can still become an answer
            report(error, "request failed", reference=request.state.reference, path=request.url.path)
            if not status:
                answer = failure(request, "Something went wrong here.", HTTPStatus.INTERNAL_SERVER_ERROR)
                await answer(scope, receive, send_named)
        log.info(
            "request",
            extra={
                "reference": request.state.reference,
                "method": request.method,
                "path": request.url.path,
                "status": status,
                "ms": round((perf_counter() - started) * 1000, 1),
            },
        )
