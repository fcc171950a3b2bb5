"""What the API adds to its queries: each request within one process, and its very SQL through psycopg, in turns.

A request is the whole way through the API as it is served (admission, routing, service, JSON), without the sockets of a
web server. Its peers are every statement that the request sent, with the same parameters, executed on an open psycopg
connection, all rows fetched: `sql` in transactions of the same kind as psycopg begins and ends them by itself, `same`
begun and ended word for word as by the request, which spares a way to the server and lets psycopg keep what it
prepared. `empty` is a bare FastAPI route that returns nothing, asked the same way.
"""

from __future__ import annotations

import asyncio
import gc
import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import psycopg
from fastapi import FastAPI
from sqlalchemy import Engine, event

from platform_core.domain.organisations import DEFAULT
from platform_core.store.database import BEGIN, NO_COMPILING, beginning
from tests.perf.load.questions import Question

Statement = tuple[str, Any]
PARAMETER = re.compile(r"%\((\w+)\)s")
MILLI = 1000.0
OWN_BEGINNING: Statement = ("SELECT set_config('workbench.organisation', %s, true)", (str(DEFAULT),))
"""With which a transaction begins that psycopg itself opens."""


@dataclass(frozen=True)
class Compared:
    """Medians in milliseconds of a question: the request, its SQL in both ways, and this process's CPU for each."""

    name: str
    is_detail: bool
    asks_snapshot: bool
    statements: int
    request: float
    request_cpu: float
    sql: float
    sql_cpu: float
    same: float
    same_cpu: float
    kilobytes: float

    @property
    def ratio(self) -> float:
        """How many times as long as its SQL the request takes."""
        return self.request / self.sql


@dataclass(frozen=True)
class Peers:
    """Two connections on which a request's statements are sent again: `own` begins and ends as psycopg does."""

    own: psycopg.Connection[Any]
    same: psycopg.Connection[Any]

    def replay(self, statements: Sequence[Statement], question: Question) -> tuple[float, float, float, float]:
        """Return the seconds that the statements take, and the CPU seconds of it, in psycopg's way and in the same.

        Where the API asks a snapshot they take so long that the ways make no difference: once is enough.
        """
        begun = [OWN_BEGINNING if _begins(statement) else statement for statement in statements]
        own = _timed(self.own, begun, self.own.rollback)
        return (*own, *(own if question.peer else _timed(self.same, statements, self.same.commit)))


def _begins(statement: Statement) -> bool:
    return statement == OWN_BEGINNING or statement[0].startswith(BEGIN)


def _timed(
    database: psycopg.Connection[Any], statements: Sequence[Statement], end: Callable[[], None]
) -> tuple[float, float]:
    started, cpu = time.perf_counter(), time.process_time()
    for number, (statement, parameters) in enumerate(statements):
        if number and _begins(statements[number]):
            end()
        cursor = database.execute(statement, parameters)
        if cursor.description is not None:
            cursor.fetchall()
    end()
    return time.perf_counter() - started, time.process_time() - cpu


def compare(
    api: FastAPI, engine: Engine, conninfo: str, secret: str, asked: Sequence[Question], rounds: int
) -> tuple[list[Compared], float]:
    """Return the comparison of every question, and the milliseconds of an empty request."""
    with psycopg.connect(conninfo) as own, psycopg.connect(conninfo, autocommit=True) as same:
        for database in (own, same):
            database.execute(NO_COMPILING)
            database.commit()
        own.isolation_level, own.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        return asyncio.run(_compare(api, engine, Peers(own, same), secret, asked, rounds))


async def _compare(
    api: FastAPI, engine: Engine, database: Peers, secret: str, asked: Sequence[Question], rounds: int
) -> tuple[list[Compared], float]:
    bare = FastAPI()
    bare.add_api_route("/empty", lambda: None)
    times: dict[str, list[tuple[float, ...]]] = {question.name: [] for question in asked}
    sizes, sent, empty = dict[str, float](), dict[str, int](), list[float]()
    peers = {
        (question.name, address): _peer(question, address) or await _sent(api, engine, secret, address)
        for question in asked
        for address in question.addresses[:rounds]
    }
    gc.collect()
    gc.freeze()
    for turn in range(rounds):
        for question in asked:
            address = question.addresses[turn % len(question.addresses)]
            statements = peers[question.name, address]
            if turn % 2:
                sql = database.replay(statements, question)
            started, cpu = time.perf_counter(), time.process_time()
            size = await _request(api, address, secret)
            request = (time.perf_counter() - started, time.process_time() - cpu)
            if not turn % 2:
                sql = database.replay(statements, question)
            times[question.name].append((*request, *sql))
            sizes[question.name], sent[question.name] = size / 1000, len(statements)
        started = time.perf_counter()
        await _request(bare, "/empty", secret)
        empty.append(time.perf_counter() - started)
    found = []
    for question in asked:
        medians = [round(MILLI * statistics.median(column), 3) for column in zip(*times[question.name], strict=True)]
        name, size = question.name, round(sizes[question.name], 1)
        found.append(Compared(name, question.is_detail, bool(question.peer), sent[name], *medians, size))
    return found, round(MILLI * statistics.median(empty), 3)


async def _request(api: FastAPI, address: str, secret: str) -> int:
    """Ask the application as a web server would and return the size of its answer; raises for any but 200."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"workbench"), (b"authorization", b"Bearer " + secret.encode())],
        "client": ("203.0.113.7", 1),
        "server": ("workbench", 80),
        "state": {},
    }
    status, size = 0, 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, size
        status = message.get("status", status)
        size += len(message.get("body", b""))

    await api(scope, receive, send)
    if status != 200:
        raise RuntimeError(f"{address} was answered {status}.")
    return size


async def _sent(api: FastAPI, engine: Engine, secret: str, address: str) -> list[Statement]:
    """Return the statements of a request that was made before."""
    statements: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        statements.append((statement, parameters))

    await _request(api, address, secret)
    event.listen(engine, "before_cursor_execute", note)
    try:
        await _request(api, address, secret)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return statements


def _peer(question: Question, address: str) -> list[Statement]:
    if not question.peer:
        return []
    asked = dict(parse_qsl(address.partition("?")[2]))
    if "text" in asked:
        asked["text"] = f"%{asked['text']}%"
    used = {name: asked[name] for name in PARAMETER.findall(question.peer)}
    return [(beginning(DEFAULT), ()), (question.peer, used)]
