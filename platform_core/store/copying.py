"""COPY into PostgreSQL, also where row-level security refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

INCOMING = "incoming"


def copy_in(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Stream rows into a table within the connection's transaction, as text: PostgreSQL turns it into its types.

    PostgreSQL takes no COPY into a table under row-level security. There the rows go to a table of this session
    alone, and from it in one statement, which is checked as any other.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    if not connection.scalar(text("SELECT row_security_active(:name)"), {"name": f'"{table}"'}):
        _copy(connection, f'"{table}" ({names})', rows)
        return
    made = f'CREATE TEMPORARY TABLE {INCOMING} ON COMMIT DROP AS SELECT {names} FROM "{table}" WITH NO DATA'  # noqa: S608
    connection.exec_driver_sql(made)
    _copy(connection, f"{INCOMING} ({names})", rows)
    connection.exec_driver_sql(f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {INCOMING}')  # noqa: S608
    connection.exec_driver_sql(f"DROP TABLE {INCOMING}")


def _copy(connection: Connection, target: str, rows: Iterable[Sequence[Any]]) -> None:
    psycopg: Any = connection.connection.driver_connection
    with psycopg.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copying:
        for row in rows:
            copying.write_row(row)
