"""The command that moves the workbench to another database and place for files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from platform_core.cli import cli
from platform_core.domain.runs import RunKind
from platform_core.errors import BadInput
from platform_core.services import migrations
from platform_core.services.activity import tracked
from platform_core.settings import settings
from tests.harness.portfolio import ANALYST, copy_portfolio, store_at


@pytest.fixture
def var(sample_portfolio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copy_portfolio(sample_portfolio, tmp_path / "var")
    for name, value in {"VAR_DIR": str(tmp_path / "var"), "DATABASE_URL": "", "FILES_URL": ""}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield tmp_path / "var"
    settings.cache_clear()


def move(*arguments: object) -> Result:
    command = ["migrate-store", *map(str, arguments), "--json"]
    return CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False)


def test_the_workbench_opens_at_its_new_place_with_everything(var: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    done = move("--to", f"sqlite:///{elsewhere / 'workbench.db'}", "--files-to", elsewhere / "files")
    answer = json.loads(done.stdout)
    assert answer["files"] > 0
    assert {t["table"]: t["rows"] for t in answer["tables"]}["migration"] == 1
    opened = store_at(elsewhere)
    assert [each.name for each in migrations.listed(opened.unit_of_work())] == ["First migration"]
    opened.close()


def test_the_same_database_is_refused(var: Path) -> None:
    with pytest.raises(BadInput, match="the same database"):
        move("--to", settings().DATABASE_URL)


def test_nothing_is_copied_while_a_run_is_under_way(var: Path, tmp_path: Path) -> None:
    store = store_at(var)
    to = f"sqlite:///{tmp_path / 'other.db'}"
    with (
        tracked(store, RunKind.PLAN, "plan", ANALYST, migration_id=1),
        pytest.raises(BadInput, match="Runs are under way"),
    ):
        move("--to", to)
    store.close()
