"""Staged rows into the store's tables, inside the transaction of a session and as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from platform_core.store.copying import copy_in
from platform_core.store.staging import ASSET_COLUMNS, ISSUE_COLUMNS, Staging, copy_assets, copy_issues

SCHEMA = "staged"

CACHE_KB = 96 * 1024
"""Pages that SQLite may hold while it fills indexes: with its usual 2 MB it would write them many times over."""


def publish_assets(session: Session, migration_id: int, staged: Staging) -> None:
    """Add all staged assets to a migration."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        _attach(connection, staged.path)
        _insert(connection, "asset", ASSET_COLUMNS, copy_assets(SCHEMA), migration_id)
    else:
        rows = ((migration_id, *row) for row in staged.rows(ASSET_COLUMNS))
        copy_in(connection, "asset", ("migration_id", *ASSET_COLUMNS), rows)


def publish_issues(session: Session, migration_id: int, staged: Staging) -> None:
    """Add all staged findings to a migration."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        _attach(connection, staged.path)
        _insert(connection, "quality_issue", ISSUE_COLUMNS, copy_issues(SCHEMA), migration_id)
    else:
        rows = ((migration_id, *row) for row in staged.issue_rows())
        copy_in(connection, "quality_issue", ("migration_id", *ISSUE_COLUMNS), rows)


def _attach(connection: Connection, path: Path) -> None:
    """Attach the staged file to a connection that is closed for good afterwards: only then SQLite lets go of it."""
    attached = {name for _, name, _ in connection.exec_driver_sql("PRAGMA database_list")}
    if SCHEMA not in attached:
        connection.detach()
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KB}")
        connection.exec_driver_sql(f"ATTACH ? AS {SCHEMA}", (str(path),))


def _insert(connection: Connection, table: str, columns: Sequence[str], source: str, migration_id: int) -> None:
    into = f"INSERT INTO {table} (migration_id, {_names(columns)})"
    connection.exec_driver_sql(f"{into} SELECT ?, copied.* FROM ({source}) copied", (migration_id,))


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)
