"""Where a test's data lie: in a file of SQLite's, or in PostgreSQL when the tests run with `--database postgresql`.

A workbench of a test keeps everything in a folder, and its database goes by that folder: its file there, or the
database on PostgreSQL that is named after it. So processes that a test starts find it by the folder as well.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from platform_core.store import upgrade
from tests.harness.postgresql import Cluster, installed, running_cluster

PORT = "TEST_POSTGRESQL_PORT"
"""Environment variable of the run and what it starts: the port of the PostgreSQL that takes SQLite's place."""

FILE = "workbench.db"


def cluster() -> Cluster | None:
    """Return the PostgreSQL server on which everything runs that would otherwise run on SQLite; None on SQLite."""
    port = os.environ.get(PORT)
    return Cluster(int(port)) if port else None


@contextmanager
def running(kind: str) -> Iterator[None]:
    """Let whatever the block would do on SQLite happen on a database of `kind`, a PostgreSQL of its own where asked."""
    if kind == "sqlite":
        yield
        return
    programs = installed()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with running_cluster(programs) as started:
        os.environ[PORT] = str(started.port)
        try:
            yield
        finally:
            del os.environ[PORT]


def kind() -> str:
    """Return what stands in SQLite's place, as the product names it: "sqlite" or "postgresql"."""
    return "sqlite" if cluster() is None else "postgresql"


def address_of(var: Path) -> str:
    """Return the address of the database of the folder `var`, whether or not there is one yet."""
    server = cluster()
    return f"sqlite:///{var / FILE}" if server is None else server.url(_name(var))


def database_of(var: Path) -> str:
    """Return the address of the database of the folder `var`; it is made, empty, when there is none."""
    server = cluster()
    if server is not None:
        server.create(_name(var))
    return address_of(var)


def copy_database(made: Path, var: Path) -> None:
    """Give the folder `var` a copy of the database of `made`, which nobody has open; a file came with its folder."""
    server = cluster()
    if server is not None:
        server.drop(_name(var))
        server.create(_name(var), template=_name(made))


def take_away(var: Path) -> None:
    """Take the database of the folder `var` away, whoever works on it."""
    server = cluster()
    if server is not None:
        server.drop(_name(var))
    for part in var.glob(f"{FILE}*"):
        part.unlink()


def blank_database_of(var: Path) -> str:
    """Give the folder `var` a database with the newest schema and nothing in it, and return its address."""
    server = cluster()
    if server is None:
        return blank_file(var / FILE)
    server.drop(_name(var))
    server.create(_name(var), template=blank_template(server))
    return address_of(var)


def blank_file(path: Path) -> str:
    """Make a SQLite database with the newest schema and nothing in it at `path`, and return its address."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_blank())
    return f"sqlite:///{path}"


@cache
def blank_template(server: Cluster) -> str:
    """Return the name of a database on `server` with the newest schema and nothing in it, for others to copy."""
    name = f"blank_{uuid.uuid4().hex}"
    server.create(name)
    upgrade(server.url(name))
    return name


@cache
def _blank() -> bytes:
    """Return the file of a SQLite database that was brought to the newest schema: the migrations take time."""
    with tempfile.TemporaryDirectory() as folder:
        upgrade(f"sqlite:///{Path(folder) / FILE}")
        return Path(folder, FILE).read_bytes()


def _name(var: Path) -> str:
    return f"of_{hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:32]}"
