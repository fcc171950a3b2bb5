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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

INSTALLATIONS = Path("/usr/lib/postgresql")
START_SECONDS = 30
# A test's database may be lost with the machine: nothing waits for the disk.
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")


def installed() -> Path | None:
    """Return the folder of the newest server's programs; None where Debian's PostgreSQL is not installed."""
    found = [folder for folder in INSTALLATIONS.glob("*/bin") if (folder / "initdb").exists()]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


@dataclass(frozen=True)
class Cluster:
    """A server that runs on a loopback port and trusts whoever comes."""

    port: int

    def url(self, database: str, host: str = "127.0.0.1") -> str:
        """Return the address of `database` for SQLAlchemy, as seen from where this machine is `host`."""
        return f"postgresql+psycopg://workbench@{host}:{self.port}/{database}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Create an empty database and give its address; it is dropped afterwards, whoever is still connected."""
        name = f"test_{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(statement.encode())

    @property
    def _conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=workbench dbname=postgres connect_timeout=2"

    def answers(self) -> bool:
        """Tell whether the server takes connections yet."""
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running_cluster(programs: Path, network: str = "") -> Iterator[Cluster]:
    """Start a server in a folder of its own; as an ordinary account where the tests run as root, which it refuses.

    It listens on loopback only, or besides on a `network` of this machine's own ("10.77.0.0/24") where one is named.
    """
    with tempfile.TemporaryDirectory(prefix="workbench-postgresql-") as folder:
        account = _ordinary_account(Path(folder))
        data = f"{folder}/data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "workbench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
        cluster = Cluster(_free_port())
        options = [part for option in FORGETFUL for part in ("-c", option)]
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
