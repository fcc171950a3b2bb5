"""Writes that can be sent twice: the header `Idempotency-Key` names a request, and its answer is kept for a day."""

from __future__ import annotations

import hashlib
import re
import tempfile
from http import HTTPStatus
from typing import IO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from platform_core.api.admission import CHANGES_NOTHING, READS, route_path
from platform_core.domain.access import Caller
from platform_core.errors import BadInput
from platform_core.services import repeats
from platform_core.services.repeats import Remembered
from platform_core.store import Store

HEADER = "idempotency-key"
KEY_LENGTH = 200
IN_MEMORY = 1024 * 1024
CHUNK = 256 * 1024
BOUNDARY = re.compile(r'boundary="?([^";,\s]+)')


class Idempotency:
    """Answers a repeated request as the first time; the same key with another request is refused (422)."""

    def __init__(self, app: ASGIApp, *, store: Store) -> None:
        self._app = app
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what carries no key, or changes nothing."""
        key = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if key is None or scope["method"] in READS or route_path(scope) in CHANGES_NOTHING:
            await self._app(scope, receive, send)
            return
        if not 0 < len(key) <= KEY_LENGTH:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"Idempotency-Key takes 1 to {KEY_LENGTH} characters")
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            digest = await _taken_in(scope, receive, body)
            caller: Caller = Request(scope).state.caller
            store = self._store.of(caller.organisation)
            begun = await _begun(store, caller.key, key, digest)
            if isinstance(begun, Remembered):
                await _again(begun)(scope, receive, send)
            else:
                await self._first_time(store, begun, scope, _given_out(body, receive), send)

    async def _first_time(self, store: Store, number: int, scope: Scope, receive: Receive, send: Send) -> None:
        status, parts = 0, list[bytes]()

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            work = store.unit_of_work()
            if 0 < status < HTTPStatus.INTERNAL_SERVER_ERROR:
                await run_in_threadpool(repeats.keep, work, number, status, b"".join(parts).decode())
            else:
                await run_in_threadpool(repeats.drop, work, number)


async def _begun(store: Store, caller: str, key: str, digest: str) -> int | Remembered:
    try:
        return await run_in_threadpool(repeats.begin, store.unit_of_work(), caller, key, digest)
    except BadInput as error:
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error).rstrip(".")) from error


async def _taken_in(scope: Scope, receive: Receive, body: IO[bytes]) -> str:
    """Take in the whole body, on disk when it is large; returns the digest of the request."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(HTTPStatus.BAD_REQUEST, "The request ended before its body did")
        body.write(message.get("body", b""))
        more = message.get("more_body", False)
    body.seek(0)
    digest = await run_in_threadpool(_digest, scope, body)
    body.seek(0)
    return digest


def _digest(scope: Scope, body: IO[bytes]) -> str:
    """Return the SHA-256 of method, address and body; the boundary of a form, new each time, is left out."""
    digest = hashlib.sha256(f"{scope['method']} {scope['path']}?".encode() + scope.get("query_string", b"") + b"\n")
    boundary = BOUNDARY.search(Headers(scope=scope).get("content-type", ""))
    mark = f"--{boundary[1]}".encode() if boundary else None
    while line := body.readline(CHUNK):
        digest.update(b"--" + line[len(mark) :] if mark and line.startswith(mark) else line)
    return digest.hexdigest()


def _given_out(body: IO[bytes], receive: Receive) -> Receive:
    """Return the body that was taken in as the server would hand it out, and after it what the server says."""
    is_over = False

    async def receive_again() -> Message:
        nonlocal is_over
        if is_over:
            return await receive()
        part = body.read(CHUNK)
        is_over = len(part) < CHUNK
        return {"type": "http.request", "body": part, "more_body": not is_over}

    return receive_again


def _again(before: Remembered) -> Response:
    answer = Response(before.body.encode(), status_code=before.status)
    if before.body:
        MutableHeaders(scope={"headers": answer.raw_headers})["Content-Type"] = "application/json"
    answer.headers["Idempotent-Replayed"] = "true"
    return answer
