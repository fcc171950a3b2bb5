"""The commands that move the workbench to another database and place for files, or into a folder and back."""

from __future__ import annotations

import itertools
import json
import os
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from platform_core.cli import cli
from platform_core.domain.organisations import DEFAULT
from platform_core.domain.runs import RunKind
from platform_core.errors import BadInput
from platform_core.services import inventories, migrations, receiving, work
from platform_core.services.activity import tracked
from platform_core.services.requests import ApplyAll
from platform_core.settings import settings
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from platform_core.store.moving import file_digest
from tests.harness.databases import address_of, database_of
from tests.harness.portfolio import ANALYST, copy_portfolio, store_at

SERVERS = "Hostname,CPUs,Ort\nweb01,4,Köln\nweb02,8,Zürich\n".encode()


@pytest.fixture
def var(sample_portfolio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copy_portfolio(sample_portfolio, tmp_path / "var")
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", address_of(tmp_path / "var"))
    monkeypatch.setenv("FILES_URL", "")
    settings.cache_clear()
    yield tmp_path / "var"
    settings.cache_clear()


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


def command(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments), "--json"], catch_exceptions=False, standalone_mode=False)


def use(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(place))
    monkeypatch.setenv("DATABASE_URL", database_of(place))
    settings.cache_clear()


def test_a_backup_taken_while_somebody_writes_is_one_moment_and_comes_back(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_at(var)
    over = threading.Event()

    def write() -> None:
        for number in itertools.count():
            if over.is_set():
                return
            migrations.create(store.unit_of_work(), f"Written meanwhile {number}", ANALYST)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = json.loads(command("backup", "--to", tmp_path / "backup").stdout)
    finally:
        over.set()
        writer.join()
    store.close()
    use(tmp_path / "restored", monkeypatch)
    back = json.loads(command("restore", tmp_path / "backup").stdout)
    assert back["tables"] == taken["tables"]
    assert taken["tables"]["migration"]["rows"] >= 1
    opened = store_at(tmp_path / "restored")
    assert len(migrations.listed(opened.unit_of_work())) == taken["tables"]["migration"]["rows"]
    opened.close()


def test_a_backup_that_is_not_whole_or_was_altered_is_refused_before_anything_comes_back(
    var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup"
    command("backup", "--to", backup)
    with pytest.raises(BadInput, match="not empty"):
        command("backup", "--to", backup)
    use(tmp_path / "restored", monkeypatch)
    stored = next(path for path in (backup / "files").rglob("*") if path.is_file())
    for broken in (backup / "workbench.db", stored, backup / "files.sha256"):
        whole = broken.read_bytes()
        broken.write_bytes(whole + b"more")
        with pytest.raises(BadInput, match="altered"):
            command("restore", backup)
        broken.write_bytes(whole)
    stored.rename(tmp_path / "lost")
    with pytest.raises(BadInput, match="lacks 1 of its files"):
        command("restore", backup)
    (tmp_path / "lost").rename(stored)
    assert not (tmp_path / "restored").exists()
    assert json.loads(command("restore", backup).stdout)["files"] > 0
    (backup / "backup.json").unlink()
    with pytest.raises(BadInput, match="no whole backup"):
        command("restore", backup)


@pytest.fixture
def another_database(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of a second empty database of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'another.db'}"
        return
    with request.getfixturevalue("postgresql_cluster").fresh_database() as url:
        yield url


def test_on_either_database_a_backup_comes_back_row_by_row_and_file_by_file(
    database_url: str, another_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(url: str, files: str) -> Store:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("FILES_URL", str(tmp_path / files))
        settings.cache_clear()
        opened = Store(create_store_engine(url), Files(str(tmp_path / files))).of(DEFAULT)
        opened.upgrade()
        return opened

    store = at(database_url, "files")
    number = migrations.create(store.unit_of_work(), "Exit 2027 – Köln", ANALYST).id
    receiving.receive(store, number, "servers.csv", BytesIO(SERVERS), ANALYST)
    work.start(store, ApplyAll(migration_id=number), ANALYST)
    taken = json.loads(command("backup", "--to", tmp_path / "backup").stdout)
    restored = at(another_database, "restored")
    back = json.loads(command("restore", tmp_path / "backup").stdout)
    settings.cache_clear()
    assert (back["tables"], back["rows"], back["files"]) == (taken["tables"], taken["rows"], taken["files"])
    assert taken["tables"]["asset"]["rows"] >= 2
    here, there = ({key: digest(each, key) for key in each.files.stored()} for each in (store, restored))
    assert here == there != {}
    listed = (tmp_path / "backup" / "files.sha256").read_text(encoding="utf-8").split()
    assert dict(zip(listed[1::2], listed[::2], strict=True)) == {f"files/{key}": each for key, each in here.items()}
    kinds = [inventories.kinds(each.unit_of_work(), number) for each in (store, restored)]
    assert kinds[0] == kinds[1]
    assert migrations.create(restored.unit_of_work(), "Another one", ANALYST).id == number + 1, "numbered on"
    store.close()
    restored.close()


def digest(store: Store, key: str) -> str:
    with store.files.local(key) as path:
        return file_digest(path)


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
