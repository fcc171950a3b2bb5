"""The application's own lock: no query by way of the models sees a row of another organisation, on either database.

On PostgreSQL it is tried as a superuser, whom row-level security does not bind.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import aliased

from platform_core.domain.organisations import DEFAULT
from platform_core.errors import NotFound
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from platform_core.store.models import Base, MigrationRow, RunRow
from tests.harness.organisations import fill, rows_by_owner, second_organisation
from tests.harness.postgresql import as_administrator

ROWS = [mapper.class_ for mapper in Base.registry.mappers]
SHARED = {"worker"}


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[tuple[Store, Store, dict[str, dict[int, int]]]]:
    """The stores of two organisations with rows of both in every table, and how many rows each has of each."""
    url = as_administrator(database_url)
    both = Store(create_store_engine(url), Files(str(tmp_path / "files")))
    other = second_organisation(both, "Borealis")
    for number in (DEFAULT, other):
        fill(both, number)
    yield both.of(DEFAULT), both.of(other), rows_by_owner(both._ways.plain)
    both.close()


def test_every_query_is_narrowed_whatever_it_asks_for(two: tuple[Store, Store, dict[str, dict[int, int]]]) -> None:
    *stores, rows = two
    for store in stores:
        work = store.unit_of_work()
        with work.reading():
            session = work._now()
            for row in ROWS:
                name = row.__tablename__
                mine = sum(rows[name].values()) if name in SHARED else rows[name][int(str(store.reach))]
                other: Any = aliased(row)
                assert mine > 0
                assert len(session.scalars(select(row)).all()) == mine, name
                assert session.scalar(select(func.count()).select_from(row)) == mine, name
                assert session.scalar(select(func.count()).select_from(other)) == mine, name
                assert len(session.execute(select(row.id)).all()) == mine, name


def test_a_guessed_number_finds_nothing(two: tuple[Store, Store, dict[str, dict[int, int]]]) -> None:
    *stores, _ = two
    found = {}
    for store in stores:
        work = store.unit_of_work()
        with work.reading():
            found[store] = {row: work._now().scalars(select(row)).first() for row in ROWS}
    for store, other in (stores, reversed(stores)):
        work = store.unit_of_work()
        with work.reading():
            for row, theirs in found[other].items():
                number = theirs.__mapper__.primary_key_from_instance(theirs)[0]
                assert (work._now().get(row, number) is None) == (row.__tablename__ not in SHARED), row
            with pytest.raises(NotFound):
                work.migrations.get(found[other][MigrationRow].id)
        with work:
            assert work.runs.find(found[other][RunRow].id) is None


def test_two_organisations_may_use_the_same_names(two: tuple[Store, Store, dict[str, dict[int, int]]]) -> None:
    *stores, _ = two
    for store in stores:
        work = store.unit_of_work()
        with work:
            work.migrations.add(MigrationRow(name="Exit", created_by="Ana"))
            work.commit()


def test_a_store_that_was_not_told_for_whom_gives_nothing(two: tuple[Store, Store, dict[str, dict[int, int]]]) -> None:
    store = two[0]
    untold = Store(store._ways, store._all_files)
    with pytest.raises(RuntimeError, match="for which organisation"):
        untold.unit_of_work()


def test_a_store_is_the_same_one_each_time_so_that_what_was_worked_out_for_it_is_found_again(tmp_path: Path) -> None:
    store = Store(create_store_engine("sqlite://"), Files(str(tmp_path)))
    assert store.of(1) is store.of(1) is store.everywhere().of(1)
    assert store.of(1) is not store.of(2)
    store.close()


def test_a_row_belongs_to_somebody(two: tuple[Store, Store, dict[str, dict[int, int]]]) -> None:
    work = two[0].everywhere().unit_of_work()
    with work:
        work.migrations.add(MigrationRow(name="Nobody's", created_by="Ana"))
        with pytest.raises(StatementError, match="whose it is"):
            work.flush()


def test_files_lie_in_folders_of_their_own(two: tuple[Store, Store, dict[str, dict[int, int]]], tmp_path: Path) -> None:
    one, other, _ = two
    local = tmp_path / "upload"
    local.write_text("Hostname\nweb01\n", encoding="utf-8")
    other.files.publish(local, "originals/ab/abc")
    assert not one.files.exists("originals/ab/abc")
    assert other.files.exists("originals/ab/abc")
    assert list(one.everywhere().files.stored()) == [f"organisations/{other.reach}/originals/ab/abc"]
