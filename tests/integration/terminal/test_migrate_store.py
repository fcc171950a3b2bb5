"""The commands that move the workbench to another database and place for files, and delete what nobody needs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from platform_core.cli import cli
from platform_core.domain.runs import RunKind
from platform_core.errors import BadInput
from platform_core.services import migrations
from platform_core.services.activity import tracked
from platform_core.settings import settings
from tests.harness.databases import database_of
from tests.harness.portfolio import ANALYST, store_at


def move(*arguments: object) -> Result:
    command = ["migrate-store", *map(str, arguments), "--json"]
    return CliRunner().invoke(cli, command, catch_exceptions=False, standalone_mode=False)


def test_the_workbench_opens_at_its_new_place_with_everything(var: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    done = move("--to", database_of(elsewhere), "--files-to", elsewhere / "files")
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
    to = database_of(tmp_path / "other")
    with (
        tracked(store, RunKind.PLAN, "plan", ANALYST, migration_id=1),
        pytest.raises(BadInput, match="Runs are under way"),
    ):
        move("--to", to)
    store.close()


def test_pruning_counts_first_and_then_deletes(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_at(var)
    put = Path(store.files.address("tables/ab/left.parquet.0.part"))
    put.parent.mkdir(parents=True, exist_ok=True)
    put.write_bytes(b"12345")
    os.utime(put, (0, 0))

    def pruned(*options: str) -> dict[str, int]:
        done = CliRunner().invoke(cli, ["prune", *options, "--json"], catch_exceptions=False, standalone_mode=False)
        return {each["what"]: each["size"] for each in json.loads(done.stdout)["deleted"] if each["number"]}

    assert pruned("--dry-run") == {"half-written files": 5}
    assert put.exists()
    assert pruned() == {"half-written files": 5}
    assert (put.exists(), pruned()) == (False, {})
    store.close()
