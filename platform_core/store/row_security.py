"""Row-level security: PostgreSQL itself shows a transaction the rows of its organisation and lets it write no others.

Each transaction says for whom it is by a setting of its own (`database`), which is gone with it: a pooled connection
carries nothing over to the next. Without it there are no rows at all. The owner of the tables is bound too (FORCE);
only superusers and roles with BYPASSRLS are not, which `readiness` tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op
from sqlalchemy import Connection, text

SETTING = "workbench.organisation"
_NOW = f"current_setting('{SETTING}', true)"  # NULL before its first use on a connection, '' ever after
_EVERY = f"(SELECT {_NOW} = 'every')"
_OWN = f"(SELECT nullif(nullif({_NOW}, ''), 'every')::bigint)"

POLICY = "organisation"


def protect(table: str, *, owner: str = "organisation_id") -> None:
    """Protect a table whose rows name their organisation, inside an Alembic migration."""
    _protect(table, f"{owner} = {_OWN} OR {_EVERY}")


def protect_parts(table: str, column: str, parent: str, *, few: bool = False) -> None:
    """Protect a table whose rows are part of those of `parent`, which is protected itself.

    `few`: there are so few parents that all of an organisation's are looked up once a statement, not one for each row.
    """
    within = f"{column} IN (SELECT id FROM {parent})"  # noqa: S608 - names of our own tables
    one_by_one = f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {table}.{column})"  # noqa: S608
    _protect(table, within if few else one_by_one)


def protect_shared(table: str) -> None:
    """Protect a table that every organisation may read and only the rounds of workers write."""
    _protect(table, _EVERY)
    _run(f"CREATE POLICY reading ON {table} FOR SELECT USING ((SELECT coalesce({_NOW}, '') <> ''))")


def unprotect(tables: Sequence[str]) -> None:
    """Take the protection off again, inside an Alembic migration."""
    for table in tables:
        _run(f"DROP POLICY IF EXISTS reading ON {table}")
        _run(f"DROP POLICY {POLICY} ON {table}")
        _run(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")


def is_bypassed(connection: Connection) -> bool:
    """Tell whether the role of a PostgreSQL connection is one that row-level security does not bind."""
    asked = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return connection.dialect.name == "postgresql" and bool(connection.scalar(asked))


def _protect(table: str, condition: str) -> None:
    _run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    _run(f"CREATE POLICY {POLICY} ON {table} USING ({condition}) WITH CHECK ({condition})")


def _run(statement: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(statement)
