"""Backups: taken while people work, whole or refused, and brought back for every organisation that shares the store."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text, update
from typer.testing import CliRunner, Result

from platform_core.cli import cli
from platform_core.domain.organisations import DEFAULT
from platform_core.errors import BadInput
from platform_core.services import inventories, migrations, organisations, receiving, work
from platform_core.services.requests import ApplyAll
from platform_core.settings import settings
from platform_core.store import Files, Store
from platform_core.store.database import EVERYWHERE, create_store_engine
from platform_core.store.models import Base, MigrationRow
from platform_core.store.moving import file_digest
from tests.harness.databases import blank_file, database_of
from tests.harness.organisations import fill, rows_by_owner
from tests.harness.portfolio import ANALYST, store_at

SERVERS = "Hostname,CPUs,Ort\nweb01,4,Köln\nweb02,8,Zürich\n".encode()


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


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], Store]]:
    """Let the settings name a database and a folder for files, and open the store there."""

    def open_there(url: str, files: str) -> Store:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("FILES_URL", str(tmp_path / files))
        settings.cache_clear()
        opened = Store(create_store_engine(url), Files(str(tmp_path / files)))
        opened.upgrade()
        stores.append(opened)
        return opened

    stores: list[Store] = []
    yield open_there
    for each in stores:
        each.close()
    settings.cache_clear()


def test_on_either_database_a_backup_comes_back_row_by_row_and_file_by_file(
    database_url: str, another_database: str, tmp_path: Path, at: Callable[[str, str], Store]
) -> None:
    store = at(database_url, "files").of(DEFAULT)
    number = migrations.create(store.unit_of_work(), "Exit 2027 – Köln", ANALYST).id
    receiving.receive(store, number, "servers.csv", BytesIO(SERVERS), ANALYST)
    work.start(store, ApplyAll(migration_id=number), ANALYST)
    taken = json.loads(command("backup", "--to", tmp_path / "backup").stdout)
    restored = at(another_database, "restored").of(DEFAULT)
    back = json.loads(command("restore", tmp_path / "backup").stdout)
    assert (back["tables"], back["rows"], back["files"]) == (taken["tables"], taken["rows"], taken["files"])
    assert taken["tables"]["asset"]["rows"] >= 2
    here, there = ({key: digest(each, key) for key in each.files.stored()} for each in (store, restored))
    assert here == there != {}
    listed = (tmp_path / "backup" / "files.sha256").read_text(encoding="utf-8").split()
    assert dict(zip(listed[1::2], listed[::2], strict=True)) == {f"files/{key}": each for key, each in here.items()}
    kinds = [inventories.kinds(each.unit_of_work(), number) for each in (store, restored)]
    assert kinds[0] == kinds[1]
    assert migrations.create(restored.unit_of_work(), "Another one", ANALYST).id == number + 1, "numbered on"


def digest(store: Store, key: str) -> str:
    with store.files.local(key) as path:
        return file_digest(path)


def shared_by_two(store: Store) -> dict[str, int]:
    """Let two organisations share a store, each with rows in every table and a file of its own; returns their numbers.

    Adding the second one is refused where the role of the database is not bound by row-level security.
    """
    organisations.rename(store, "default", "Northgate", ANALYST)
    numbers = {"Northgate": DEFAULT, "Southgate": organisations.add(store, "Southgate", ANALYST).id}
    for name, number in numbers.items():
        fill(store, number)
        own = store.of(number)
        migration = migrations.create(own.unit_of_work(), f"Exit of {name}", ANALYST).id
        receiving.receive(own, migration, f"{name}.csv", BytesIO(SERVERS + f"{name},2,Bern\n".encode()), ANALYST)
    return numbers


def names_of_migrations(store: Store) -> set[str]:
    unit = store.unit_of_work()
    with unit.reading():
        return {row.name for row in unit.migrations.all()}


def seen_by_statements(engine: Engine, reach: str) -> int:
    """Return how many migrations a plain statement finds on PostgreSQL in a transaction that names `reach`."""
    plain = create_engine(engine.url)
    with plain.begin() as connection:
        if reach:
            connection.execute(text("SELECT set_config('workbench.organisation', :reach, true)"), {"reach": reach})
        found = connection.scalar(select(func.count()).select_from(Base.metadata.tables["migration"]))
    plain.dispose()
    return int(found or 0)


def test_a_backup_holds_every_organisation_and_each_gets_back_its_own_and_no_more(
    database_url: str, another_database: str, tmp_path: Path, at: Callable[[str, str], Store]
) -> None:
    store = at(database_url, "files")
    numbers = shared_by_two(store)
    before = rows_by_owner(store._ways.plain)
    assert {number for counts in before.values() for number in counts} == set(numbers.values())
    assert all(min(counts.values()) > 0 for counts in before.values()), "rows of both in every table"
    taken = json.loads(command("backup", "--to", tmp_path / "backup").stdout)
    copy = create_store_engine(f"sqlite:///{tmp_path / 'backup' / 'workbench.db'}")
    assert rows_by_owner(copy) == before
    copy.dispose()
    restored = at(another_database, "restored")
    assert json.loads(command("restore", tmp_path / "backup").stdout)["tables"] == taken["tables"]
    assert rows_by_owner(restored._ways.plain) == before
    assert organisations.listed(restored) == organisations.listed(store)
    files = [
        {key: digest(each, key) for key in each.files.stored()} for each in (store.everywhere(), restored.everywhere())
    ]
    assert files[0] == files[1]
    for name, number in numbers.items():
        assert any(key.startswith("organisations/") == (number != DEFAULT) for key in files[0]), name
        listed = [names_of_migrations(each.of(number)) for each in (store, restored)]
        assert listed[0] == listed[1]
        assert {f"Exit of {other}" for other in numbers} & listed[1] == {f"Exit of {name}"}
    if restored._ways.plain.dialect.name == "postgresql":
        mine = before["migration"]
        found = {reach: seen_by_statements(restored._ways.plain, reach) for reach in ("", *map(str, mine))}
        assert found == {"": 0} | {str(number): rows for number, rows in mine.items()}, "row-level security is in force"


def test_a_row_of_one_organisation_that_differs_is_told_by_the_checksum_of_its_table(
    tmp_path: Path, at: Callable[[str, str], Store]
) -> None:
    store = at(blank_file(tmp_path / "shared.db"), "files")
    southgate = shared_by_two(store)["Southgate"]
    first = json.loads(command("backup", "--to", tmp_path / "first").stdout)["tables"]
    assert json.loads(command("backup", "--to", tmp_path / "again").stdout)["tables"] == first
    with store._ways.plain.execution_options(**EVERYWHERE).begin() as connection:
        mine = MigrationRow.organisation_id == southgate
        connection.execute(update(MigrationRow).where(mine).values(description="Changed by nobody"))
    second = json.loads(command("backup", "--to", tmp_path / "second").stdout)["tables"]
    assert [name for name in first if first[name] != second[name]] == ["migration"]
    assert first["migration"]["rows"] == second["migration"]["rows"]
