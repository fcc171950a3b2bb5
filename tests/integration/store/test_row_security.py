"""Row-level security: PostgreSQL shows a transaction its organisation's rows, whatever statement it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, Table, create_engine, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from platform_core.domain.organisations import DEFAULT
from platform_core.errors import BadInput
from platform_core.services import operations, organisations
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from platform_core.store.models import AuditRow, Base, MigrationRow
from tests.harness.organisations import OPERATOR, fill, rows_by_owner
from tests.harness.postgresql import Cluster, as_administrator

pytestmark = pytest.mark.postgres

SHARED = {"worker"}
"""Tables whose rows belong to nobody and may be read by everybody."""


@pytest.fixture(scope="module")
def addresses(postgresql_cluster: Cluster) -> Iterator[tuple[str, str]]:
    with postgresql_cluster.fresh_database() as ours:
        yield ours, as_administrator(ours)


@pytest.fixture(scope="module")
def store(addresses: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two organisations on one database, with rows of both in every table; tests of this module only read it."""
    opened = Store(create_store_engine(addresses[0]), Files(str(tmp_path_factory.mktemp("files"))))
    opened.upgrade()
    for number in (DEFAULT, organisations.add(opened, "Borealis", OPERATOR).id):
        fill(opened, number)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def engine(store: Store, addresses: tuple[str, str]) -> Iterator[Engine]:
    """The role's connections as nobody of ours set them up: one, so that each transaction has the one before's."""
    plain = create_engine(addresses[0], pool_size=1, max_overflow=0)
    yield plain
    plain.dispose()


def within(connection: Connection, reach: object) -> Connection:
    connection.execute(text("SELECT set_config('workbench.organisation', :reach, true)"), {"reach": str(reach)})
    return connection


def count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture(scope="module")
def rows(store: Store, addresses: tuple[str, str]) -> dict[str, dict[int, int]]:
    """Rows of each table by organisation, as a superuser sees them."""
    above = create_engine(addresses[1])
    found = rows_by_owner(above)
    above.dispose()
    return found


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_a_transaction_sees_the_rows_of_its_organisation_and_without_one_none(
    engine: Engine, rows: dict[str, dict[int, int]], table: Table
) -> None:
    mine = rows[table.name]
    assert min(mine.values()) > 0, "the test has rows of both organisations"
    with engine.connect() as connection:
        assert count(connection, table) == 0, "on a connection that was never told"
    for number in mine:
        with engine.begin() as connection:
            seen = count(within(connection, number), table)
            assert seen == (sum(mine.values()) if table.name in SHARED else mine[number])
        with engine.connect() as connection:
            assert count(connection, table) == 0, "nothing is left on the pooled connection"
    with engine.begin() as connection:
        assert count(within(connection, "every"), table) == sum(mine.values())


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_rows_of_another_organisation_cannot_be_changed_deleted_or_added(
    engine: Engine, rows: dict[str, dict[int, int]], table: Table
) -> None:
    first, second = rows[table.name]
    (key,) = table.primary_key.columns
    with engine.begin() as connection:
        there = dict(within(connection, first).execute(select(table).limit(1)).mappings().one())
    with engine.connect() as connection:
        within(connection, second)
        if table.name in SHARED:
            there[key.name] = "another"
        else:
            assert connection.execute(table.update().values({key: key}).where(key == there[key.name])).rowcount == 0
            assert connection.execute(table.delete().where(key == there[key.name])).rowcount == 0
            there[key.name] = -1
        with pytest.raises(ProgrammingError, match="row-level security") as refused:
            connection.execute(insert(table).values(there))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_a_row_cannot_be_given_away(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="row-level security"):
        within(connection, DEFAULT).execute(update(MigrationRow).values(organisation_id=2))


def test_the_owner_of_the_tables_is_bound_and_a_superuser_is_told_of(
    store: Store, addresses: tuple[str, str], tmp_path: Path
) -> None:
    checks = {check.name: check for check in operations.Lookout(store).checks()}
    assert checks["organisations"].is_there
    above = Store(create_store_engine(addresses[1]), Files(str(tmp_path)))
    try:
        told = {check.name: check for check in operations.Lookout(above).checks()}["organisations"]
        assert (told.is_there, told.is_needed) == (False, True)
        assert "The database role bypasses row-level security" in told.text
        with pytest.raises(BadInput, match="bypasses row-level security"):
            organisations.add(above, "Third", OPERATOR)
    finally:
        above.close()


def test_a_policy_that_is_switched_off_is_found(store: Store, engine: Engine, addresses: tuple[str, str]) -> None:
    with engine.connect() as connection:
        within(connection, DEFAULT)
        before = count(connection, AuditRow.__table__)
        connection.execute(text("ALTER TABLE audit NO FORCE ROW LEVEL SECURITY"))
        assert count(connection, AuditRow.__table__) > before
