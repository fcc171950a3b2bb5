"""The schema: migrations and models agree, and starting at once is safe."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, delete, func, select

from platform_core.domain.organisations import DEFAULT
from platform_core.reference import catalogue
from platform_core.store import Files, Store, upgrade
from platform_core.store.database import EVERYWHERE, create_store_engine
from platform_core.store.models import AssetRow, Base
from platform_core.store.plain_values import FIELDS
from platform_core.store.schema import changing
from tests.harness.organisations import fill, second_organisation
from tests.harness.starting import make_old, start_on


def test_the_migrations_lead_to_what_the_models_say(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_store_engine(empty_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@pytest.mark.parametrize("age", ["empty", "old"])
def test_processes_that_start_at_once_all_succeed_and_nothing_is_lost(
    empty_database_url: str, tmp_path: Path, age: str
) -> None:
    kept = make_old(empty_database_url) if age == "old" else None
    assert start_on(empty_database_url, tmp_path, 6, kept) == []


def test_an_old_database_is_compared_with_what_it_held(empty_database_url: str) -> None:
    kept = make_old(empty_database_url)
    upgrade(empty_database_url)
    assert kept.changes(empty_database_url) == []
    engine = create_store_engine(empty_database_url)
    with engine.connect().execution_options(**EVERYWHERE) as connection, connection.begin():
        connection.execute(delete(AssetRow).where(AssetRow.name == "s7"))
    engine.dispose()
    assert kept.changes(empty_database_url) == ["the rows of asset are not as they were"]


def test_the_step_to_organisations_goes_back_and_forth_with_all_rows(database_url: str, tmp_path: Path) -> None:
    store = Store(create_store_engine(database_url), Files(str(tmp_path)))
    engine = store._ways.plain
    fill(store, DEFAULT)
    before = _numbers(engine)
    for step in ("0021", "head"):
        with changing(engine) as config:
            (command.upgrade if step == "head" else command.downgrade)(config, step)
    assert {name: _numbers(engine)[name] for name in before} == before | {"membership": 0}
    second_organisation(store, "Borealis")
    with pytest.raises(RuntimeError, match="2 organisations share this store"), changing(engine) as config:
        command.downgrade(config, "0021")
    store.close()


def _numbers(engine: Engine) -> dict[str, int]:
    with engine.connect().execution_options(**EVERYWHERE) as connection:
        tables = Base.metadata.sorted_tables
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_an_asset_has_a_column_for_every_canonical_field_of_an_asset() -> None:
    of_assets = {field.key for field in catalogue() if not field.key.startswith("dep_")}
    assert set(FIELDS) == of_assets
    assert of_assets < {column.key for column in AssetRow.__table__.columns}
