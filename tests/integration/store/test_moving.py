"""A whole store copied to another database: counted, summed, gone on with, refused where it must be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from platform_core.domain.organisations import DEFAULT
from platform_core.errors import BadInput, Conflict
from platform_core.services import inventories, migrations, organisations, sessions
from platform_core.store import Files, Store, moving
from platform_core.store.database import EVERYWHERE, create_store_engine
from platform_core.store.models import AssetRow, AuditRow, Base, MigrationRow
from platform_core.store.moving import copy_files, copy_rows
from tests.harness.databases import address_of, blank_database_of, blank_file
from tests.harness.organisations import fill, rows_by_owner, second_organisation
from tests.harness.portfolio import ANALYST, copy_portfolio


@pytest.fixture
def source(sample_portfolio: Path, tmp_path: Path) -> Iterator[Engine]:
    copy_portfolio(sample_portfolio, tmp_path / "var")
    engine = create_store_engine(address_of(tmp_path / "var"))
    yield engine
    engine.dispose()


@pytest.fixture
def target(database_url: str) -> Iterator[Engine]:
    engine = create_store_engine(database_url)
    yield engine
    engine.dispose()


def rows_of(engine: Engine) -> dict[str, int]:
    with engine.connect().execution_options(**EVERYWHERE) as connection:
        tables = Base.metadata.sorted_tables
        return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_everything_arrives_and_work_goes_on_there(source: Engine, target: Engine, tmp_path: Path) -> None:
    copied = copy_rows(source, target)
    assert {table.name: table.rows for table in copied} == rows_of(source) == rows_of(target)
    here, there = Files(str(tmp_path / "var" / "files")), Files(str(tmp_path / "elsewhere"))
    digests = copy_files(here, there)
    assert list(digests) == list(here.stored()) != []
    assert digests == copy_files(there, here)
    assert list(there.stored()) == list(here.stored())
    moved = Store(target, there).of(DEFAULT)
    kept = sessions.keep(moved, 1, "After the move", "", ANALYST)
    assert kept.figures.assets == sum(inventories.kinds(moved.unit_of_work(), 1).values())
    assert migrations.create(moved.unit_of_work(), "Another one", ANALYST).id == 2, "new rows are numbered on"


def test_rows_of_every_organisation_arrive_and_stay_theirs(target: Engine, tmp_path: Path) -> None:
    here = Store(create_store_engine(blank_file(tmp_path / "shared.db")), Files(str(tmp_path / "files")))
    source = here._ways.plain
    organisations.rename(here, "default", "Northgate", ANALYST)
    for number in (DEFAULT, second_organisation(here, "Southgate")):
        fill(here, number)
    copy_rows(source, target)
    there = Store(target, here.files)
    assert rows_by_owner(target) == rows_by_owner(source)
    assert organisations.listed(there) == organisations.listed(here)
    work = there.of(DEFAULT).unit_of_work()
    with work.reading():
        assert [row.organisation_id for row in work.migrations.all()] == [DEFAULT]
    here.close()


def test_a_copy_that_was_broken_off_goes_on_where_it_stopped(
    source: Engine, target: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "ROWS_AT_ONCE", 100)

    def break_off(table: str, rows: int) -> None:
        if table == AssetRow.__tablename__ and rows >= 200:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_rows(source, target, break_off)
    arrived = rows_of(target)[AssetRow.__tablename__]
    assert 200 <= arrived < rows_of(source)[AssetRow.__tablename__]
    copied = copy_rows(source, target)
    assert {table.name: table.rows for table in copied} == rows_of(source) == rows_of(target)


def test_a_source_that_changed_between_two_tries_is_noticed(
    source: Engine, target: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(table: str, rows: int) -> None:
        if table == AssetRow.__tablename__:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_rows(source, target, break_off)
    with source.execution_options(**EVERYWHERE).begin() as connection:
        first = connection.scalar(select(func.min(AssetRow.id)))
        connection.execute(update(AssetRow).where(AssetRow.id == first).values(notes="changed meanwhile"))
    with pytest.raises(Conflict, match="The table asset differs"):
        copy_rows(source, target)


def test_a_target_that_holds_something_is_left_alone(source: Engine, target: Engine) -> None:
    migrations.create(Store(target, Files("memory://")).of(DEFAULT).unit_of_work(), "Already here", ANALYST)
    before = rows_of(target)
    with pytest.raises(BadInput, match="not empty"):
        copy_rows(source, target)
    assert rows_of(target) == before


def test_the_unfinished_copy_of_another_store_is_left_alone(source: Engine, target: Engine, tmp_path: Path) -> None:
    other = create_store_engine(blank_database_of(tmp_path / "other"))
    moving._claim(other, target, Base.metadata.sorted_tables)
    with pytest.raises(BadInput, match="unfinished copy of another"):
        copy_rows(source, target)
    other.dispose()


def test_a_file_that_differs_on_the_two_sides_is_noticed(tmp_path: Path) -> None:
    for folder, content in (("here", "one"), ("there", "two")):
        place = tmp_path / folder / "tables" / "x"
        place.parent.mkdir(parents=True)
        place.write_text(content, encoding="utf-8")
    with pytest.raises(Conflict, match="A file differs"):
        copy_files(Files(str(tmp_path / "here")), Files(str(tmp_path / "there")))


def test_every_table_is_numbered_by_one_column() -> None:
    assert {len(table.primary_key.columns) for table in Base.metadata.sorted_tables} == {1}
    assert {MigrationRow.__tablename__, AuditRow.__tablename__} <= {t.name for t in Base.metadata.sorted_tables}
