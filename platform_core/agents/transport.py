"""One HTTP request that can be abandoned at any moment: the only way out of this room, handed in by the caller."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import httpx

from platform_core.agents.clock import POLL_SECONDS, Check

_CONNECT_SECONDS = 10.0
_GOODBYE_SECONDS = 0.25  # how long an abandoned request may take to close its connection


@dataclass(frozen=True)
class HttpRequest:
    """A POST of a JSON `body`; the answer may have `max_bytes`. `direct` = through no proxy."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    max_bytes: int
    direct: bool = False


@dataclass(frozen=True)
class HttpReply:
    """What came back, whatever its status; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Exception):
    """No connection could be made; nothing was sent."""


class CutOff(Exception):
    """The connection ended before the answer was complete."""


class TooLarge(Exception):
    """The answer exceeds the byte limit and was not read to its end."""


class Transport(Protocol):
    """How a request reaches an endpoint."""

    def post(self, request: HttpRequest, check: Check) -> HttpReply:
        """Send `request` and return the complete reply.

        Calls `check` at least every 20 ms until then; whatever it raises ends the request, closes the connection
        and is passed on. Raises Unreachable, CutOff or TooLarge.
        """
        ...


class HttpxTransport:
    """Requests by httpx, each on a thread of its own, so that neither silence nor dripping can hold the caller."""

    def post(self, request: HttpRequest, check: Check) -> HttpReply:
        """Send `request`; see `Transport.post`."""
        exchange = _Exchange(request, self._tls)
        threading.Thread(target=exchange.run, name="model-request", daemon=True).start()
        try:
            while not exchange.done.wait(POLL_SECONDS):
                check()
        except BaseException:
            exchange.abandon()
            raise
        return exchange.reply()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Trust what the machine trusts (companies add their own authorities), read once."""
        return ssl.create_default_context()


class _Exchange:
    """A request under way in an event loop of its own."""

    def __init__(self, request: HttpRequest, tls: ssl.SSLContext) -> None:
        self.done = threading.Event()
        self._request = request
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[HttpReply] | None = None
        self._outcome: HttpReply | BaseException = CutOff()
        self._abandoned = False

    def run(self) -> None:
        """Do the exchange and keep its outcome; never raises."""
        try:
            self._task = self._loop.create_task(_exchange(self._request, self._tls))
            if self._abandoned:
                self._task.cancel()
            self._outcome = self._loop.run_until_complete(self._task)
        except BaseException as error:  # noqa: BLE001 - a thread has nobody to raise to; `reply` raises it again
            self._outcome = error
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
            self.done.set()

    def abandon(self) -> None:
        """End the request and wait a moment until its connection is closed."""
        self._abandoned = True
        if self._task is not None and not self.done.is_set():
            try:
                self._loop.call_soon_threadsafe(self._task.cancel)
            except RuntimeError:
                return  # the loop closed in this very moment: the request is over
        self.done.wait(_GOODBYE_SECONDS)

    def reply(self) -> HttpReply:
        """Return the reply, or raise what prevented it."""
        if isinstance(self._outcome, HttpReply):
            return self._outcome
        if isinstance(self._outcome, Unreachable | TooLarge):
            raise self._outcome
        raise CutOff from self._outcome


async def _exchange(request: HttpRequest, tls: ssl.SSLContext) -> HttpReply:
    timeout = httpx.Timeout(None, connect=_CONNECT_SECONDS)
    headers = {**request.headers, "Accept-Encoding": "identity"}  # a small packed answer could unpack to a huge one
    async with httpx.AsyncClient(timeout=timeout, verify=tls, trust_env=not request.direct) as client:
        try:
            async with client.stream("POST", request.url, content=request.body, headers=headers) as response:
                body = await _read(response, request.max_bytes)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.ProxyError) as error:
            raise Unreachable from error
        return HttpReply(response.status_code, dict(response.headers), body)


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    """Read the body as it was sent, but no further than `max_bytes`."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > max_bytes:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
