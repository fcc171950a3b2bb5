"""What the API adds to its queries: each request within one process, and its very SQL through psycopg, in turns.

A request is the whole way through the API as it is served (admission, routing, service, JSON), without the sockets of a
web server. Its peer is every statement that the request sent, with the same parameters and in a transaction of the same
kind, executed on an open psycopg connection, all rows fetched. `empty` is a bare FastAPI route that returns nothing,
asked the same way.
"""

from __future__ import annotations

import asyncio
import gc
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import psycopg
from fastapi import FastAPI
from sqlalchemy import Engine, event

from platform_core.domain.organisations import DEFAULT
from platform_core.store.database import NO_COMPILING, SET_REACH
from tests.perf.load.questions import Question

Statement = tuple[str, Any]
PARAMETER = re.compile(r"%\((\w+)\)s")
MILLI = 1000.0


@dataclass(frozen=True)
class Compared:
    """Medians in milliseconds of a question: the request, its SQL, and the CPU of this process for both."""

    name: str
    is_detail: bool
    asks_snapshot: bool
    statements: int
    request: float
    request_cpu: float
    sql: float
    sql_cpu: float
    kilobytes: float

    @property
    def ratio(self) -> float:
        """How many times as long as its SQL the request takes."""
        return self.request / self.sql


def compare(
    api: FastAPI, engine: Engine, conninfo: str, secret: str, asked: Sequence[Question], rounds: int
) -> tuple[list[Compared], float]:
    """Return the comparison of every question, and the milliseconds of an empty request."""
    with psycopg.connect(conninfo) as database:
        database.execute(NO_COMPILING)
        database.commit()
        database.isolation_level, database.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        return asyncio.run(_compare(api, engine, database, secret, asked, rounds))


async def _compare(
    api: FastAPI, engine: Engine, database: psycopg.Connection[Any], secret: str, asked: Sequence[Question], rounds: int
) -> tuple[list[Compared], float]:
    bare = FastAPI()
    bare.add_api_route("/empty", lambda: None)
    times: dict[str, list[tuple[float, float, float, float]]] = {question.name: [] for question in asked}
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
                sql = _replayed(database, statements)
            started, cpu = time.perf_counter(), time.process_time()
            size = await _request(api, address, secret)
            request = (time.perf_counter() - started, time.process_time() - cpu)
            if not turn % 2:
                sql = _replayed(database, statements)
            times[question.name].append((*request, *sql))
            sizes[question.name], sent[question.name] = size / 1000, len(statements)
        started = time.perf_counter()
        await _request(bare, "/empty", secret)
        empty.append(time.perf_counter() - started)
    found = []
    for question in asked:
        request, cpu, sql_time, sql_cpu = (
            round(MILLI * statistics.median(column), 3) for column in zip(*times[question.name], strict=True)
        )
        name, size = question.name, round(sizes[question.name], 1)
        found.append(
            Compared(name, question.is_detail, bool(question.peer), sent[name], request, cpu, sql_time, sql_cpu, size)
        )
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
    return [(SET_REACH, (str(DEFAULT),)), (question.peer, used)]


def _replayed(database: psycopg.Connection[Any], statements: Sequence[Statement]) -> tuple[float, float]:
    started, cpu = time.perf_counter(), time.process_time()
    for statement, parameters in statements:
        database.execute(statement, parameters).fetchall()
    database.rollback()
    return time.perf_counter() - started, time.process_time() - cpu
