"""The schema: migrations and models agree, and starting at once is safe."""

from __future__ import annotations

import multiprocessing

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from platform_core.reference import catalogue
from platform_core.store import upgrade
from platform_core.store.database import create_store_engine
from platform_core.store.models import AssetRow, Base
from platform_core.store.plain_values import FIELDS


def test_the_migrations_lead_to_what_the_models_say(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_store_engine(empty_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_processes_that_start_at_once_on_an_empty_database_all_succeed(empty_database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    starters = [spawn.Process(target=upgrade, args=(empty_database_url,)) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(60)
    assert [starter.exitcode for starter in starters] == [0, 0, 0, 0]


def test_an_asset_has_a_column_for_every_canonical_field_of_an_asset() -> None:
    of_assets = {field.key for field in catalogue() if not field.key.startswith("dep_")}
    assert set(FIELDS) == of_assets
    assert of_assets < {column.key for column in AssetRow.__table__.columns}
