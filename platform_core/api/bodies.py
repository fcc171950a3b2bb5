"""How large a body may be, told from its length or counted while it comes in."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from platform_core.api.admission import route_path

MEBIBYTE = 1024 * 1024
WRAPPING = MEBIBYTE
"""What a form adds to the file in it, at most."""

UPLOADS = frozenset({"/discovery/imports"})


class BodyLimit:
    """Answers 413 before a body that is too large was taken in, also when it comes in pieces of unknown number."""

    def __init__(self, app: ASGIApp, *, most_mb: int, upload_mb: int) -> None:
        self._app = app
        self._most = most_mb * MEBIBYTE
        self._upload = upload_mb * MEBIBYTE + WRAPPING

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._upload if route_path(scope) in UPLOADS else self._most
        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > limit:
            raise _too_large(limit)
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, receive_counted, send)


def _too_large(limit: int) -> HTTPException:
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {limit // MEBIBYTE} MB")
