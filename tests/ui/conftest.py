"""Screens on stores of the test's own: empty, or with the sample portfolio loaded and planned."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.domain.organisations import DEFAULT
from platform_core.services import bootstrap
from platform_core.settings import settings
from platform_core.store import open_store
from tests.harness.databases import address_of, blank_database_of, take_away
from tests.harness.portfolio import ANALYST, copy_portfolio
from tests.harness.screen import Screen


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Give `__main__` back after the test: a script run leaves the page there, and new processes would run that."""
    kept = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = kept


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of this test's database and files; the settings of the process point there."""
    folder = tmp_path / "var"
    chosen = {"VAR_DIR": str(folder), "DATABASE_URL": address_of(folder), "FILES_URL": "", "REQUIRE_LOGIN": "false"}
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ANALYST_NAME", ANALYST.name)
    settings.cache_clear()
    yield folder
    bootstrap.store().close()
    settings.cache_clear()
    open_store.cache_clear()
    take_away(folder)


@pytest.fixture
def empty(var: Path) -> Screen:
    """A screen on a store without any migration."""
    blank_database_of(var)
    return Screen(bootstrap.store().of(DEFAULT))


@pytest.fixture
def loaded(var: Path, sample_portfolio: Path) -> Screen:
    """A screen on the sample portfolio, loaded into migration 1 and planned."""
    copy_portfolio(sample_portfolio, var)
    return Screen(bootstrap.store().of(DEFAULT))
