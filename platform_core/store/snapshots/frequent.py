"""The frequent values of columns with very many different ones: counted exactly when a snapshot is written, and kept.

To count a million different texts takes too long for a page, and nothing less would be exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from platform_core.store.snapshots.shape import PLACED, STORED, is_day, is_text, quoted

MANY = 10_000
"""From about so many different values on they are counted when the snapshot is written."""

TOP = 10


@dataclass(frozen=True)
class Frequent:
    """How many different values a column has, and the most frequent ones with their numbers."""

    distinct: int
    top: tuple[tuple[Any, int], ...]


def keep_frequent(database: duckdb.DuckDBPyConnection) -> None:
    """Count the values of every column of the table `asset` that has very many, and keep them in the database."""
    database.execute("CREATE TABLE frequent (name VARCHAR, different BIGINT, value VARCHAR, number BIGINT)")
    told = ", ".join(f"approx_count_distinct({quoted(name)})" for name in PLACED)
    ((*about,),) = database.execute(f"SELECT {told} FROM asset").fetchall()  # noqa: S608
    for name, number in zip(PLACED, about, strict=True):
        if number > MANY:
            place = quoted(name)
            counted = f"SELECT {place} AS value, count(*) AS number FROM asset WHERE {place} IS NOT NULL GROUP BY 1"  # noqa: S608
            database.execute(
                f"WITH counted AS MATERIALIZED ({counted}) INSERT INTO frequent "  # noqa: S608
                "SELECT ?, (SELECT count(*) FROM counted), CAST(value AS VARCHAR), number FROM counted "
                f"ORDER BY number DESC, value LIMIT {TOP}",
                [name],
            )


def kept_frequent(database: duckdb.DuckDBPyConnection) -> dict[str, Frequent]:
    """Return what was kept, by column."""
    rows = database.execute("SELECT name, different, value, number FROM stored.frequent").fetchall()
    found: dict[str, Frequent] = {}
    for name, different, value, number in rows:
        top = found[name].top if name in found else ()
        found[name] = Frequent(different, (*top, (_value(name, value), number)))
    return found


def _value(name: str, text: str) -> Any:
    """Return a value of a column as it was before it was kept as text."""
    if is_text(name):
        return text
    if is_day(name):
        return date.fromisoformat(text)
    return int(text) if pa.types.is_integer(STORED[name]) else float(text)
