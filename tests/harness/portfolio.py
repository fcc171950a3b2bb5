"""The sample portfolio, loaded and planned through the services, as a folder that tests copy."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from platform_core.domain.identity import Identity
from platform_core.domain.organisations import DEFAULT
from platform_core.services import migrations, work
from platform_core.services.plans import PlanWish
from platform_core.services.requests import LoadSamples, MakePlan
from platform_core.store import Files, Store
from platform_core.store.database import create_store_engine
from tests.harness.databases import copy_database, database_of

ANALYST = Identity(name="Test analyst")
STARTS_ON = date(2027, 1, 4)


def store_at(var: Path) -> Store:
    """Open the store that a workbench with VAR_DIR `var` uses; the caller closes it."""
    var.mkdir(parents=True, exist_ok=True)
    return Store(create_store_engine(database_of(var)), Files(str(var / "files"))).of(DEFAULT)


def make_portfolio(var: Path) -> None:
    """Load the samples into the first migration of a new store at `var` and plan the waves."""
    store = store_at(var)
    try:
        store.upgrade()
        migration = migrations.opened(store.unit_of_work(), None, ANALYST)
        work.start(store, LoadSamples(migration_id=migration.id), ANALYST)
        work.start(store, MakePlan(migration_id=migration.id, wish=PlanWish(starts_on=STARTS_ON)), ANALYST)
    finally:
        store.close()


def copy_portfolio(made: Path, var: Path) -> None:
    """Give a test a copy of its own."""
    shutil.copytree(made, var, dirs_exist_ok=True)
    copy_database(made, var)
