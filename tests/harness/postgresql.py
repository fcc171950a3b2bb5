"""A PostgreSQL of our own for the tests: Debian's binaries, a folder in /tmp, loopback only, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

INSTALLATIONS = Path("/usr/lib/postgresql")
START_SECONDS = 30
# A test's database may be lost with the machine: nothing waits for the disk.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")
CONNECTIONS = 400
"""Several runs of tests at once, each with workbenches, workers and stores that pool their connections."""

OWNER = "workbench"
"""The role that owns the tests' databases: an ordinary one, as a workbench should have, which may create databases."""

ADMINISTRATOR = "administrator"
INITIALLY = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")


def installed() -> Path | None:
    """Return the folder of the newest server's programs; None where Debian's PostgreSQL is not installed."""
    found = [folder for folder in INSTALLATIONS.glob("*/bin") if (folder / "initdb").exists()]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def as_administrator(url: str) -> str:
    """Return the address of a test's database for a superuser, whom row-level security does not bind."""
    return url.replace(f"//{OWNER}@", f"//{ADMINISTRATOR}@")


@dataclass(frozen=True)
class Cluster:
    """A server that runs on a loopback port and trusts whoever comes."""

    port: int

    def url(self, database: str, host: str = "127.0.0.1", role: str = OWNER) -> str:
        """Return the address of `database` for SQLAlchemy, as seen from where this machine is `host`."""
        return f"postgresql+psycopg://{role}@{host}:{self.port}/{database}"

    @contextmanager
    def fresh_database(self, template: str = "") -> Iterator[str]:
        """Create a database, empty or a copy of `template`, and give its address; it is dropped afterwards.

        Whoever is still connected then is cut off.
        """
        name = f"test_{uuid.uuid4().hex}"
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def create(self, name: str, template: str = "") -> bool:
        """Create the database `name`, empty or a copy of `template`, to which nobody may be connected.

        Returns False, and leaves it as it is, where there is one.
        """
        copied = f" TEMPLATE {template}" if template else ""
        try:
            self._run(f"CREATE DATABASE {name}{copied}")
        except psycopg.errors.DuplicateDatabase:
            return False
        return True

    def drop(self, name: str) -> None:
        """Drop the database `name` if there is one, whoever is still connected to it."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", ADMINISTRATOR)  # whom autovacuum lets cut it off

    def answers(self) -> bool:
        """Tell whether the server takes connections yet."""
        try:
            self._run("SELECT 1", ADMINISTRATOR)
        except psycopg.OperationalError:
            return False
        return True

    def open_to_owner(self) -> None:
        """Create the role that owns the tests' databases."""
        self._run(f"CREATE ROLE {OWNER} LOGIN CREATEDB", ADMINISTRATOR)

    def _run(self, statement: str, role: str = OWNER) -> None:
        whom = f"host=127.0.0.1 port={self.port} user={role} dbname=postgres connect_timeout=10"
        with psycopg.connect(whom, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_cluster(programs: Path, network: str = "", settings: Sequence[str] = FORGETFUL) -> Iterator[Cluster]:
    """Start a server in a folder of its own; as an ordinary account where the tests run as root, which it refuses.

    It listens on loopback only, or besides on a `network` of this machine's own ("10.77.0.0/24") where one is named.
    """
    with tempfile.TemporaryDirectory(prefix="workbench-postgresql-") as folder:
        account = _ordinary_account(Path(folder))
        data = f"{folder}/data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", ADMINISTRATOR, *INITIALLY],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
        cluster = Cluster(_free_port())
        options = [part for option in (*settings, f"max_connections={CONNECTIONS}") for part in ("-c", option)]
        if network:
            options += ["-c", "listen_addresses=*"]
            with Path(data, "pg_hba.conf").open("a", encoding="utf-8") as rules:
                rules.write(f"host all all {network} trust\n")
        with Path(folder, "server.log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(cluster.port), "-k", folder, *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                start_new_session=True,
                **account,
            )
        try:
            _wait_until_it_answers(cluster, process, Path(folder, "server.log"))
            cluster.open_to_owner()
            yield cluster
        finally:
            process.send_signal(signal.SIGINT)  # "fast shutdown": ends sessions, then itself and its children
            process.wait(START_SECONDS)


def _ordinary_account(folder: Path) -> dict[str, Any]:
    """Return how to start a process that does not run as root, and give it `folder`."""
    if os.geteuid() != 0:
        return {}
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    shutil.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(cluster: Cluster, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if cluster.answers():
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
