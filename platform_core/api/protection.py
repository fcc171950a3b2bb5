"""What a browser is told not to do with our pages, and which pages may open a WebSocket to us.

The screen's own server sends no such headers. Its scripts need no `unsafe-inline` and no `unsafe-eval`: the one
inline script of its start page is allowed by digest, WebAssembly (graphs) and blob workers (charts, tables) by name.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
POLICY_VIOLATION = 1008

FIXED_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def content_security_policy(start_page: str) -> str:
    """Return the policy under which `start_page` (HTML) and the scripts it loads from us run, and nothing else."""
    digests = " ".join(f"'sha256-{_digest(script)}'" for script in INLINE_SCRIPT.findall(start_page))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {digests}".rstrip(),
            "style-src 'self' 'unsafe-inline'",  # emotion writes its rules into style elements while it runs
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "media-src 'self' data: blob:",
            "frame-src 'self'",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Protection:
    """Adds the protective headers to every answer and refuses WebSockets opened by somebody else's page.

    The screen's server checks the origin of its own socket only, and asks an outside service for its public address
    when a foreign one knocks; here the knock is answered first, for all sockets.
    """

    def __init__(self, app: ASGIApp, *, policy: str, origins: Collection[str] = ()) -> None:
        self._app = app
        self._headers = {"Content-Security-Policy": policy, **FIXED_HEADERS}
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the headers added to its answer."""
        if scope["type"] == "websocket" and not is_welcome(Headers(scope=scope), self._origins):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_protected)


def is_welcome(headers: Headers, origins: Collection[str]) -> bool:
    """Tell whether the page that sends a request is ours, or one that was named; programs send no origin."""
    origin = headers.get("origin")
    return origin is None or origin in origins or urlsplit(origin).netloc == headers.get("host")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
