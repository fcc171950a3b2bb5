"""Uploads of any size, and workers on the test's store."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from platform_core.domain.identity import Identity
from platform_core.services import receiving, work
from platform_core.services.requests import ReadFile
from platform_core.store import Store
from platform_core.store.models import WorkerRow
from tests.harness.workers import Crew, crew

ANA = Identity(name="Ana Example")
HEADER = "Server Name,IP Address,Operating System,RAM (MB),CPUs,Application Name,Environment,Owner,Comment"
LARGE = 30_000
"""Rows of an upload that is left to a worker."""
SLOW = 120_000
"""Rows of an upload that takes a worker some seconds, so that something can happen in the middle of it."""


def export(rows: int, mark: str = "a") -> bytes:
    lines = (
        f"srv{mark}{i:06d},10.{i >> 16}.{i >> 8 & 255}.{i & 255},Ubuntu 22.04,8192,4,App {i // 9},PROD,Team {i % 7},"
        for i in range(rows)
    )
    return "\n".join((HEADER, *lines)).encode()


def upload(store: Store, migration_id: int, content: bytes, name: str = "servers.csv") -> work.Started:
    return work.receive(store, migration_id, name, BytesIO(content), ANA)


def put_original(store: Store, folder: Path, content: bytes) -> ReadFile:
    """Store an upload's bytes as `work.receive` does, and return the request to read them (of migration 1)."""
    path = folder / "upload"
    path.write_bytes(content)
    sha256 = receiving.hashlib.sha256(content).hexdigest()
    store.files.publish(path, receiving.original_key(sha256))
    return ReadFile(migration_id=1, name="servers.csv", sha256=sha256, size=len(content))


@pytest.fixture
def crewed(store: Store, database_url: str, tmp_path: Path) -> Iterator[Crew]:
    with crew(store, database_url, tmp_path) as made:
        yield made


@pytest.fixture
def worker_row(store: Store) -> str:
    """A worker that gave a sign of life just now; no process stands behind it."""
    unit = store.everywhere().unit_of_work()
    with unit:
        unit.workers.add(WorkerRow(id="w1", host="elsewhere", pid=1))
        unit.commit()
    return "w1"
