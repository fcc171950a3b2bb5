"""Visiting a page as the browser's end of the WebSocket does: exact bytes, exact words, and no browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

PATIENCE_SECONDS = 60
ENDED = frozenset({ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR})
SPOKEN = ("body", "label")


@dataclass(frozen=True)
class Run:
    """One run of the page's script, as it arrived.

    `payload` is in bytes and counts every message in full: a browser keeps some of the larger ones and is spared
    them. `server_ms` is the server's own measure where it gives one (`browser.gatherUsageStats`), else the time from
    the first to the last message; `round_trip_ms` runs from the request to the last message.
    """

    messages: tuple[ForwardMsg, ...]
    payload: int
    server_ms: float
    round_trip_ms: float

    @property
    def words(self) -> list[str]:
        """What the page says, element by element, in the order of arrival."""
        elements = [message.delta.new_element for message in self.messages if message.delta.HasField("new_element")]
        return [word for element in elements if (word := _spoken(element))]

    @property
    def navigation(self) -> list[str]:
        """Titles of the pages to choose from in the side bar; empty when it is hidden."""
        found = [message.navigation for message in self.messages if message.HasField("navigation")]
        if not found or found[-1].position == found[-1].HIDDEN:
            return []
        return [page.page_name for page in found[-1].app_pages if not page.is_hidden]


class Visit:
    """A connection that has one page open."""

    def __init__(self, socket: ClientConnection, page: str, query: str) -> None:
        self._socket = socket
        self._page = page
        self._query = query
        self._script = ""

    def run(self) -> Run:
        """Ask for a full run of the page: the first one by its address, the next ones as after a click."""
        request = BackMsg()
        request.rerun_script.query_string = self._query
        request.rerun_script.page_name = "" if self._script else self._page
        request.rerun_script.page_script_hash = self._script
        asked = time.perf_counter()
        self._socket.send(request.SerializeToString())
        return self._receive(asked)

    def _receive(self, asked: float) -> Run:
        messages: list[ForwardMsg] = []
        payload, begun = 0, asked
        while True:
            data = self._socket.recv(PATIENCE_SECONDS, decode=False)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                begun = time.perf_counter()
            messages.append(message)
            payload += len(data)
            if kind == "navigation":
                self._script = message.navigation.page_script_hash
            if kind == "script_finished" and message.script_finished in ENDED:
                break
        ended = time.perf_counter()
        measured = [each.page_profile.exec_time / 1000 for each in messages if each.HasField("page_profile")]
        server_ms = measured[-1] if measured else (ended - begun) * 1000
        return Run(tuple(messages), payload, server_ms, (ended - asked) * 1000)


@contextmanager
def visit(url: str, page: str = "", query: str = "") -> Iterator[Visit]:
    """Connect to the workbench at `url` (http://…) to open `page` (its url_path) with `query` (a=1&b=2)."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None, open_timeout=30) as socket:
        yield Visit(socket, page, query)


def _spoken(element: Any) -> str:
    """Return the words of an element: its text, or its label."""
    content = getattr(element, element.WhichOneof("type"))
    return next((str(getattr(content, name)) for name in SPOKEN if getattr(content, name, "")), "")
