"""The sample portfolio as the workbench that the settings name, for commands to work on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.settings import settings
from tests.harness.databases import address_of
from tests.harness.portfolio import copy_portfolio


@pytest.fixture
def var(sample_portfolio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a workbench with the sample portfolio."""
    copy_portfolio(sample_portfolio, tmp_path / "var")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", address_of(tmp_path / "var"))
    monkeypatch.setenv("FILES_URL", "")
    settings.cache_clear()
    yield tmp_path / "var"
    settings.cache_clear()
