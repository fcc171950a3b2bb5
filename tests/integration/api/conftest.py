"""The web interface on a fresh store, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from platform_core.api import create_api
from platform_core.domain.access import Scope
from platform_core.domain.identity import Identity
from platform_core.domain.organisations import DEFAULT
from platform_core.services import access
from platform_core.settings import Settings
from platform_core.store import Store
from tests.harness.api import TestClient, local_client, remote_client
from tests.harness.databases import blank_database_of, take_away

OPERATOR = Identity(name="Operator")


@pytest.fixture
def api(tmp_path: Path) -> Iterator[FastAPI]:
    yield from opened(tmp_path)


def opened(folder: Path, **settings: object) -> Iterator[FastAPI]:
    """Yield the web interface on a store of its own below `folder`."""
    made = create_api(Settings(DATABASE_URL=blank_database_of(folder), FILES_URL=str(folder / "files"), **settings))
    yield made
    made.state.store.close()
    take_away(folder)


@pytest.fixture
def store(api: FastAPI) -> Store:
    opened_store: Store = api.state.store.of(DEFAULT)
    return opened_store


@pytest.fixture
def here(api: FastAPI) -> TestClient:
    """A client on this machine, as long as there is no token."""
    return local_client(api)


def token(store: Store, scope: Scope, name: str = "", days: int | None = None) -> str:
    return access.create(store.unit_of_work(), name or f"a {scope} token", scope, OPERATOR, days=days)[1]


@pytest.fixture
def program(api: FastAPI, store: Store) -> TestClient:
    """A program elsewhere that may change things."""
    return remote_client(api, token(store, Scope.WRITE))
