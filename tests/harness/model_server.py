"""A scripted model on loopback that speaks the OpenAI chat protocol, well or badly, and counts what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

POLL_SECONDS = 0.02
SETTLE_SECONDS = 10.0


@dataclass(frozen=True)
class Asked:
    """A request as it arrived: `number` counts from 1."""

    number: int
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    at: float

    @property
    def words(self) -> str:
        """Everything that was said to the model."""
        return "\n".join(str(message.get("content") or "") for message in self.body["messages"])

    @property
    def data(self) -> Any:
        """The data part of a question: the JSON text between the two lines that carry the boundary."""
        lines = self.words.splitlines()
        marks = [number for number, line in enumerate(lines) if line.startswith("DATA-")]
        return json.loads("\n".join(lines[marks[0] + 1 : marks[1]]))

    @property
    def form(self) -> str:
        """The response format asked for, "" for none."""
        return str(self.body.get("response_format", {}).get("type", ""))


@dataclass(frozen=True)
class Says:
    """A reply: any status and body; `wait` seconds of silence before it, `drip` seconds between its bytes.

    `cut` ends the connection after so many bytes of the body.
    """

    body: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    cut: int | None = None


Script = Callable[[Asked], Says]


def answer(content: str | None, *, finish: str = "stop", usage: tuple[int, int] | None = (100, 20)) -> str:
    """Return the body of a reply in which the model says `content`."""
    reply: dict[str, Any] = {
        "id": "scripted",
        "object": "chat.completion",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content}}],
    }
    if usage is not None:
        reply["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
    return json.dumps(reply)


def tool_call(name: str, arguments: str, *, usage: tuple[int, int] = (100, 20)) -> str:
    """Return the body of a reply in which the model wants a tool used."""
    wanted = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [wanted]}
    told = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    return json.dumps({"choices": [{"finish_reason": "tool_calls", "message": message}], "usage": told})


def saying(content: str | None, **options: Any) -> Script:
    """Return a model that always says `content`."""
    return lambda _: Says(answer(content, **options))


def always(reply: Says) -> Script:
    """Return a model that always replies so."""
    return lambda _: reply


def in_turn(replies: Sequence[Says]) -> Script:
    """Return a model that gives these replies one after the other and then stays with the last."""
    return lambda asked: replies[min(asked.number, len(replies)) - 1]


class ModelServer:
    """The running server: what it was asked, and what it told of tokens. `script` may be exchanged at any time."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.left_early = 0
        self.stopping = threading.Event()
        self._numbers = count(1)
        self._told = 0
        self._under_way = 0
        self._begun = 0
        self._lock = threading.Lock()
        self._settled = threading.Condition(self._lock)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"model": self}))
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        """What LLM_BASE_URL would be."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def requests(self) -> int:
        """How many requests arrived."""
        return len(self.asked)

    def counted(self, sent: int) -> int:
        """Return how many requests were begun here, once as many as a client says it `sent` were, or in vain.

        A client that gave up has a request in its ledger whose connection a busy server takes up a moment later,
        and may find closed before it could read what was asked.
        """
        with self._settled:
            self._settled.wait_for(lambda: self._begun >= sent, SETTLE_SECONDS)
            return self._begun

    @property
    def told_tokens(self) -> int:
        """How many tokens the completely sent replies told of, once no reply is under way any more.

        A client has the last byte of a reply a moment before the server knows that it was sent.
        """
        with self._settled:
            self._settled.wait_for(lambda: not self._under_way, SETTLE_SECONDS)
            return self._told

    def start(self) -> None:
        """Serve on a thread of its own."""
        threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving; replies under way are dropped."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def stop_listening(self) -> None:
        """Close the port of a server that never served: whoever asks there is refused."""
        self._server.server_close()

    def take(self, path: str, headers: Mapping[str, str], body: dict[str, Any]) -> Asked:
        """Note a request."""
        with self._lock:
            asked = Asked(next(self._numbers), path, headers, body, time.monotonic())
            self.asked.append(asked)
            self._under_way += 1
        return asked

    def begin(self) -> None:
        """Note a connection; each carries one request."""
        with self._settled:
            self._begun += 1
            self._settled.notify_all()

    def done(self) -> None:
        """Note that the reply to a request is over, sent or not."""
        with self._settled:
            self._under_way -= 1
            self._settled.notify_all()

    def told(self, body: str) -> None:
        """Count the tokens that a completely sent reply told of."""
        try:
            usage = json.loads(body)["usage"]
        except (ValueError, KeyError, TypeError):
            return
        with self._lock:
            self._told += usage["prompt_tokens"] + usage["completion_tokens"]


@contextmanager
def running_model(script: Script) -> Iterator[ModelServer]:
    """Run a scripted model for the length of the block."""
    server = ModelServer(script)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _Handler(BaseHTTPRequestHandler):
    """Answer every request as the script of `model` says."""

    model: ModelServer
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.model.begin()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = self.model.take(self.path, headers, body)
        self.close_connection = True
        try:
            self._send(self.model.script(asked))
        except OSError:
            self.model.left_early += 1
        finally:
            self.model.done()

    def _send(self, says: Says) -> None:
        self._pause(says.wait)
        payload = says.body.encode()
        self.send_response(says.status)
        if not {name.lower() for name in says.headers} & {"content-type"}:
            self.send_header("Content-Type", "application/json")
        for name, value in says.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if says.cut is not None:
            self.wfile.write(payload[: says.cut])
            return
        if says.drip:
            for position in range(len(payload)):
                self.wfile.write(payload[position : position + 1])
                self.wfile.flush()
                self._pause(says.drip)
        else:
            self.wfile.write(payload)
        self.model.told(says.body)

    def _pause(self, seconds: float) -> None:
        """Stay silent, but notice when nobody waits any more or the test is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.model.stopping.is_set():
            if self._hung_up():
                raise ConnectionError
            time.sleep(min(POLL_SECONDS, seconds))

    def _hung_up(self) -> bool:
        self.connection.setblocking(False)
        try:
            return self.connection.recv(1) == b""
        except BlockingIOError:
            return False
        finally:
            self.connection.setblocking(True)

    def log_message(self, *_: object) -> None:
        return
