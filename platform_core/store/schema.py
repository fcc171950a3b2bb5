"""Bringing the schema up to date, safely when several processes start at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from platform_core.store.database import EVERYWHERE, WRITES, create_store_engine

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
    with changing(engine) as config:
        command.upgrade(config, revision)


@contextmanager
def changing(engine: Engine) -> Iterator[Config]:
    """Give Alembic's configuration on a locked transaction that works on the rows of all organisations.

    SQLite changes a table by putting a new one in its place: its parts must not be deleted along with the old one.
    So keys are not watched meanwhile, and all of them are checked before the end.
    """
    config = _config()
    with engine.connect().execution_options(**WRITES, **EVERYWHERE) as connection:
        on_sqlite = engine.dialect.name == "sqlite"
        if on_sqlite:
            _watch_keys(connection, watch=False)
        try:
            with connection.begin():
                if not on_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                config.attributes["connection"] = connection
                before = _revision(connection)
                yield config
                if on_sqlite and _revision(connection) != before:
                    _check_keys(connection)
        finally:
            if on_sqlite:
                _watch_keys(connection, watch=True)


def _check_keys(connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise RuntimeError("The change of the schema would have left rows without the row they belong to.")


def _watch_keys(connection: Connection, *, watch: bool) -> None:
    """Turn SQLite's foreign keys on or off, which it only does outside a transaction."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA foreign_keys={'ON' if watch else 'OFF'}")


def is_newest(engine: Engine) -> bool:
    """Tell whether the database of `engine` has the newest schema."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        return _revision(connection) == newest


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config
