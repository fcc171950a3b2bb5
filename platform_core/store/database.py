"""Opening a database: SQLite by default, PostgreSQL by URL, the same behaviour on both."""

from __future__ import annotations

import json
import select
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from platform_core.domain.organisations import EVERY, Reach
from platform_core.errors import BadInput, Unavailable
from platform_core.store.row_security import SETTING

WRITES = {"writes": True}
"""Execution option of a transaction that will write: SQLite then takes its lock at once (BEGIN IMMEDIATE)."""

BEGIN, OF_ONE_MOMENT, ONLY_READS = "BEGIN", "ISOLATION LEVEL REPEATABLE READ", "READ ONLY"
"""How a PostgreSQL transaction begins; on SQLite the statements of each see the same state anyway."""

EVERYWHERE = {"reach": EVERY}
"""Execution option of a connection that works on the rows of all organisations."""

NO_COMPILING = "SET jit = off"
"""Policies make plans look dear, and compiling them takes longer than all that is asked here: pages and single rows."""

LEFT_AT = "left_at"
TRUSTED_SECONDS = 30.0
"""A connection that lay idle for longer is asked whether it still is one before it is used: a router may have cut it
without a word. One that was used just now is not, which spares a way to the server and back with each transaction."""

SQLITE_SETTINGS = (
    "PRAGMA journal_mode=WAL",  # readers never wait for the writer
    "PRAGMA synchronous=FULL",  # a committed decision survives a power cut
    "PRAGMA busy_timeout=30000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)


def create_store_engine(url: str, *, echo: bool = False) -> Engine:
    """Return an engine for `url` (sqlite:///… or postgresql://…, driver psycopg).

    Raises BadInput for any other database.
    """
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        return _sqlite(create_engine(parsed, echo=echo, json_deserializer=read_json))
    if backend == "postgresql":
        address = parsed.set(drivername="postgresql+psycopg")
        opened = create_engine(
            address,
            echo=echo,
            pool_size=5,
            isolation_level="AUTOCOMMIT",  # transactions are ours to begin, see below
            json_deserializer=read_json,
        )
        return _postgresql(opened)
    raise BadInput(
        f"The database kind {backend!r} is not supported.",
        hint="Set DATABASE_URL to a sqlite:/// or postgresql:// address.",
    )


@dataclass(frozen=True)
class Ways:
    """The ways of beginning a transaction on one database: each of these engines shares the connections of `plain`.

    `reading` sees one moment, however many statements it takes, and writes nothing. `writing` sees what others commit
    meanwhile, waits for the rows they hold, and finds out by a row's version that it was too late. `supposing` writes
    and sees one moment, so that it is refused where somebody else was faster.
    """

    plain: Engine
    reading: Engine
    writing: Engine
    supposing: Engine
    _within: dict[Reach, Ways] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, engine: Engine) -> Ways:
        """Return the ways of an engine; on SQLite every transaction sees one moment anyway."""
        writing = engine.execution_options(**WRITES)
        if engine.dialect.name != "postgresql":
            return cls(engine, engine, writing, writing)
        supposing = f"{BEGIN} {OF_ONE_MOMENT}"
        reading = engine.execution_options(beginning=f"{supposing} {ONLY_READS}", only_reads=True)
        return cls(engine, reading, writing, writing.execution_options(beginning=supposing))

    def within(self, reach: Reach) -> Ways:
        """Return the ways of beginning a transaction on the rows within `reach`."""
        found = self._within.get(reach)
        if found is None:
            reading, writing = self.reading.execution_options(reach=reach), self.writing.execution_options(reach=reach)
            supposing = self.supposing.execution_options(reach=reach)
            found = self._within[reach] = Ways(self.plain, reading, writing, supposing)
        return found


def _sqlite(engine: Engine) -> Engine:
    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are ours to begin, see below
        for setting in SQLITE_SETTINGS:
            connection.execute(setting)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(engine: Engine) -> Engine:
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if "isolation_level" not in options:  # which asks for statements outside any transaction
            connection.exec_driver_sql(beginning(options.get("reach"), options.get("beginning", BEGIN)))

    @event.listens_for(engine, "rollback")
    def _end(connection: Connection) -> None:
        """End what only read by COMMIT: after a rollback the driver forgets all statements that it had prepared."""
        if connection.get_execution_options().get("only_reads"):
            driver: Any = connection.connection.driver_connection
            with suppress(engine.dialect.loaded_dbapi.Error):  # the rollback that follows says what is wrong
                driver.commit()

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.execute(NO_COMPILING)
        connection.commit()

    @event.listens_for(engine, "checkin")
    def _left(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[LEFT_AT] = monotonic()

    @event.listens_for(engine, "checkout")
    def _taken(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        idle = monotonic() - record.info.get(LEFT_AT, 0.0)
        if LEFT_AT in record.info and (idle > TRUSTED_SECONDS or _has_news(connection)):
            _ask(engine, connection)

    return engine


def read_json(text: str | bytes) -> Any:
    """Return what a column of JSON holds, in less than half the time of the standard library.

    That one reads what is left: halves of surrogates, which no text of a database may hold but its JSON may.
    """
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)


@cache
def beginning(reach: Reach | None, begin: str = f"{BEGIN} {OF_ONE_MOMENT} {ONLY_READS}") -> str:
    """Return what begins a transaction and tells PostgreSQL for whom it is, in one way to the server and back.

    The setting is gone with the transaction, so that a pooled connection carries nothing over; without it row-level
    security shows nothing.
    """
    if reach is None:
        return begin
    whom = reach if reach == EVERY else int(reach)
    return f"{begin}; SET LOCAL {SETTING} = '{whom}'"


def _has_news(connection: Any) -> bool:
    """Tell whether the server sent something unasked: a server that stops or ends a session says so, or hangs up."""
    if connection.closed:
        return True
    news = select.poll()
    news.register(connection.fileno(), select.POLLIN)
    return bool(news.poll(0))


def _ask(engine: Engine, connection: Any) -> None:
    """Ask the server whether a connection is still one; raises what makes the pool open another."""
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise DisconnectionError from error


def ping(engine: Engine) -> None:
    """Ask the database for something; raises Unavailable when it does not answer."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise Unavailable(
            "The database does not answer.", hint="Check DATABASE_URL and that the database server runs."
        ) from error
