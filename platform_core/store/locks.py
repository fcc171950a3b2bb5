"""Doing something in one process at a time, on however many hosts: without a row that a crash would leave behind."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

PRUNING = 7_215_990_042
"""Key of the lock under which what nobody needs is deleted (any constant of ours will do)."""


@contextmanager
def alone(engine: Engine, key: int) -> Iterator[bool]:
    """Yield whether nobody else is inside such a block with the same `key`, on the database of `engine`.

    Never waits. PostgreSQL holds the lock for a connection; beside SQLite, which has one host, a file is locked.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            got = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}))
            try:
                yield got
            finally:
                if got:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield True
        return
    with Path(f"{database}.{key}.lock").open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
