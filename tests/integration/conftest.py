"""A store on each database, and a migration in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.domain.identity import Identity
from platform_core.domain.organisations import DEFAULT
from platform_core.services import migrations
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine

ANA = Identity(name="Ana Example")


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = Store(create_store_engine(database_url), Files(str(tmp_path / "files"))).of(DEFAULT)
    yield opened
    opened.close()


@pytest.fixture
def migration_id(store: Store) -> int:
    return migrations.create(store.unit_of_work(), "Exit 2027", ANA).id
