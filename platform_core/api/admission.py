"""Who may call: every address asks for a token with the scope it needs, unless it is named here as open."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Collection
from http import HTTPStatus
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from platform_core.api.protection import is_welcome
from platform_core.domain.access import Caller
from platform_core.domain.access import Scope as Right
from platform_core.errors import Forbidden
from platform_core.services import access
from platform_core.store import Store

OPEN = frozenset({"/health", "/ready", "/openapi.json", "/docs"})
"""What anybody may ask for: whether we are well, and how to talk to us. Nothing of it is data."""

ASKS_ITSELF = frozenset({"/ws/agent-monitor"})
"""Sockets that also take a token as their first message, since pages cannot add headers to a socket."""

CHANGES_NOTHING = frozenset({"/discovery/analyze"})
"""Addresses that are posted to and only read."""

READS = frozenset({"GET", "HEAD"})
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
SENT_BY_PROXIES = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
BEARER = "bearer "
POLICY_VIOLATION = 1008
MINUTE = 60.0

KNOWN_SECONDS = 5.0
"""So long a token that was found valid is not looked up again: one that is revoked opens nothing after that."""

KNOWN_AT_MOST = 1_000


class Admission:
    """Lets a request pass to its route with `request.state.caller`, or answers 401, 403 or 429."""

    def __init__(self, app: ASGIApp, *, store: Store, origins: Collection[str], per_minute: int) -> None:
        self._app = app
        self._store = store
        self._origins = frozenset(origins)
        self._pace = Pace(per_minute)
        self._known: dict[str, tuple[Caller, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask who it is before anything else is done."""
        path = route_path(scope)
        if scope["type"] == "websocket" and not (
            path in ASKS_ITSELF and is_welcome(Headers(scope=scope), self._origins)
        ):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        if scope["type"] == "http" and path not in OPEN:
            request = Request(scope)
            request.state.caller = await self._admitted(request, needed(request.method, path))
        await self._app(scope, receive, send)

    async def _admitted(self, request: Request, right: Right) -> Caller:
        secret = bearer(request.headers)
        if secret is None and not is_welcome(request.headers, self._origins):
            raise Forbidden("A page of another site may not do this.", hint="Name it in BACKEND_CORS_ORIGINS.")
        found = await self._caller(request, secret)
        if found is None:
            raise HTTPException(
                HTTPStatus.UNAUTHORIZED,
                "A valid token is needed here, in the header Authorization",
                {"WWW-Authenticate": "Bearer"},
            )
        if not self._pace.admits(found.key, monotonic()):
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS, f"More than {self._pace.most} requests a minute", {"Retry-After": "60"}
            )
        if not found.scope.covers(right):
            raise Forbidden(f"The token allows to {found.scope}, and this needs {right}.", hint="Use another token.")
        return found

    async def _caller(self, request: Request, secret: str | None) -> Caller | None:
        """Return who brings `secret`; a token that was valid a moment ago is not looked up."""
        digest = access.digest(secret) if secret else ""
        known, until = self._known.get(digest, (None, 0.0))
        if known is not None and monotonic() < until:
            return known
        found = await run_in_threadpool(
            access.caller, self._store, secret, is_local=is_local(request.scope, request.headers)
        )
        self._known.pop(digest, None)
        if found is not None and digest:
            if len(self._known) >= KNOWN_AT_MOST:
                self._known.clear()
            self._known[digest] = (found, monotonic() + KNOWN_SECONDS)
        return found


class Pace:
    """The moments of each caller's requests of the last minute."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._moments: dict[str, deque[float]] = {}

    def admits(self, key: str, now: float) -> bool:
        """Count a request of `key` at `now` (seconds) unless there were `most` in the minute before."""
        moments = self._moments.setdefault(key, deque())
        while moments and now - moments[0] >= MINUTE:
            moments.popleft()
        if len(moments) >= self.most:
            return False
        moments.append(now)
        return True


def needed(method: str, path: str) -> Right:
    """Return the scope that an address asks for at least; single routes ask for more."""
    return Right.READ if method in READS or path in CHANGES_NOTHING else Right.WRITE


def bearer(headers: Headers) -> str | None:
    """Return the token that came along, None without one."""
    value = headers.get("authorization")
    if value is None:
        return None
    return value[len(BEARER) :].strip() if value.lower().startswith(BEARER) else ""


def is_local(scope: Scope, headers: Headers) -> bool:
    """Tell whether a request comes from this very machine, under a name of its own, and not through a proxy."""
    if any(name in headers for name in SENT_BY_PROXIES):
        return False
    name = headers.get("host", "").rsplit(":", 1)[0] if not headers.get("host", "").endswith("]") else headers["host"]
    return name in LOCAL_NAMES and _is_loopback((scope.get("client") or ("", 0))[0])


def route_path(scope: Scope) -> str:
    """Return the address within the web interface, wherever that is mounted."""
    return str(scope.get("path", "")).removeprefix(str(scope.get("root_path", "")))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
