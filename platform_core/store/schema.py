"""Bringing the schema up to date, safely when several processes start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from platform_core.store.database import WRITES, create_store_engine

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 7_215_990_041
"""Key of the PostgreSQL advisory lock that serialises upgrades (any constant of ours will do)."""


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest schema; other processes that start meanwhile wait for it."""
    engine = create_store_engine(url)
    try:
        upgrade_engine(engine)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine, revision: str = "head") -> None:
    """Bring the database of `engine` to the newest schema, or up to a `revision`, in one locked transaction."""
    config = _config()
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def is_newest(engine: Engine) -> bool:
    """Tell whether the database of `engine` has the newest schema."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
