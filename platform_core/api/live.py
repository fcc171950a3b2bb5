"""The live view for programs: a socket that tells what goes on, and every event since the last one that was seen.

The client says hello first: `{"token": …, "after": …, "migration_id": …}`, each optional. The answer is a snapshot,
then events in order, each exactly once, and a heartbeat where nothing happens. After a break the client says hello with
the `last_id` it has, and goes on from there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
from fastapi import APIRouter, WebSocket
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from platform_core.api.admission import bearer, is_local
from platform_core.api.hub import EventHub
from platform_core.api.metrics import RequestFigures
from platform_core.api.schemas.building_blocks import Asked, Number, Whole
from platform_core.api.schemas.monitoring import StatusOut
from platform_core.errors import NotFound, Unavailable
from platform_core.services import access, monitoring

router = APIRouter()

HELLO_SECONDS = 10.0
HEARTBEAT_SECONDS = 15.0
SLOW_SECONDS = 10.0
"""How long a message may wait for the client to read before it is dropped."""

GOODBYE_SECONDS = 20.0
"""How long a slow client has to read that it was dropped."""

NOT_ADMITTED, NOTHING_THERE, TOO_SLOW, NO_HELLO, TRY_LATER = 4401, 4404, 4408, 4400, 1013


class Hello(Asked):
    """The first message of a client; `after` is the last event it has, `token` comes here or in the header."""

    token: str | None = None
    after: Whole | None = None
    migration_id: Number | None = None


class _Closed(Exception):
    """The socket is to be closed with a code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@router.websocket("/ws/agent-monitor")
async def agent_monitor(socket: WebSocket) -> None:
    """Tell what goes on, as long as the client reads."""
    state = socket.app.state
    figures: RequestFigures = state.figures
    await socket.accept()
    figures.opened += 1
    try:
        hello = await _hello(socket, has_room=figures.opened <= state.settings.API_SOCKETS)
        async with state.hub.listening():
            await _Listener(socket, state.hub, hello).run()
    except _Closed as closed:
        figures.count_dropped(closed.code)
        await _close(socket, closed)
    except Unavailable as error:
        await _close(socket, _Closed(TRY_LATER, str(error)))
    except WebSocketDisconnect:
        pass
    finally:
        figures.opened -= 1


@dataclass
class _Listener:
    """One client: what it asked for, and the last number it was sent."""

    socket: WebSocket
    hub: EventHub
    hello: Hello
    _organisation: int = 0

    async def run(self) -> None:
        """Send until the client goes, or must go."""
        self._organisation = await self._admit()
        last = self.hub.position if self.hello.after is None else self.hello.after
        await self._snapshot(last)
        reason: _Closed | None = None
        async with anyio.create_task_group() as both:
            both.start_soon(self._until_gone, both.cancel_scope)
            try:
                await self._send_from(last)
            except _Closed as closed:
                reason = closed
            except WebSocketDisconnect:
                pass
            both.cancel_scope.cancel()
        if reason is not None:
            raise reason

    async def _admit(self) -> int:
        """Return the organisation whose events the client may be told."""
        headers = self.socket.headers
        secret = bearer(headers) if "authorization" in headers else self.hello.token
        local = is_local(self.socket.scope, headers)
        caller = await run_in_threadpool(access.caller, self.socket.app.state.store, secret, is_local=local)
        if caller is None:
            raise _Closed(NOT_ADMITTED, "A valid token is needed, in the header or in the hello.")
        return caller.organisation

    async def _snapshot(self, last: int) -> None:
        store = self.socket.app.state.store.of(self._organisation)
        try:
            status = await run_in_threadpool(monitoring.status, store, self.hello.migration_id)
        except NotFound as error:
            raise _Closed(NOTHING_THERE, str(error)) from error
        body = StatusOut.model_validate(status).model_dump_json()
        await self._tell(f'{{"type":"snapshot","last_id":{last},"status":{body}}}')

    async def _send_from(self, last: int) -> None:
        while True:
            part = await self.hub.after(last, self._organisation, self.hello.migration_id)
            last = part.up_to
            if part.events:
                await self._tell(f'{{"type":"events","last_id":{last},"events":[{",".join(part.events)}]}}')
            elif not await self.hub.news(last, HEARTBEAT_SECONDS):
                await self._admit()
                at = datetime.now(UTC).isoformat(timespec="seconds")
                await self._tell(f'{{"type":"heartbeat","last_id":{last},"at":"{at}"}}')

    async def _until_gone(self, sending: anyio.CancelScope) -> None:
        """Read and forget whatever the client says after its hello, until it goes."""
        while (await self.socket.receive())["type"] != "websocket.disconnect":
            pass
        sending.cancel()

    async def _tell(self, text: str) -> None:
        with anyio.move_on_after(SLOW_SECONDS) as waiting:
            await self.socket.send_text(text)
        if waiting.cancelled_caught:
            raise _Closed(TOO_SLOW, "Read too slowly; go on from the last id.")


async def _hello(socket: WebSocket, *, has_room: bool) -> Hello:
    if not has_room:
        raise _Closed(TRY_LATER, "Too many sockets are open; try again later.")
    try:
        with anyio.fail_after(HELLO_SECONDS):
            return Hello.model_validate_json(await socket.receive_text())
    except (ValidationError, TimeoutError, KeyError) as error:
        raise _Closed(NO_HELLO, "Say hello first: a JSON object with token, after, migration_id.") from error


async def _close(socket: WebSocket, closed: _Closed) -> None:
    with anyio.move_on_after(GOODBYE_SECONDS), suppress(WebSocketDisconnect, RuntimeError):
        await socket.close(closed.code, closed.reason)
