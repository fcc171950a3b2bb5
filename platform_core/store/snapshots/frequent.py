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

MOST = 500
"""So many values are kept of a column."""


@dataclass(frozen=True)
class Frequent:
    """How many different values a column has, the most frequent ones with their numbers, and its empty cells."""

    distinct: int
    top: tuple[tuple[Any, int], ...]
    empty: int = 0

    def holds(self, number: int) -> bool:
        """Tell whether so many of the most frequent values are known, or all there are."""
        return len(self.top) >= min(number, self.distinct)

    def most(self, number: int) -> list[tuple[Any, int]]:
        """Return so many of the most frequent values with their numbers, None for the empty cells among them."""
        empty = [(None, self.empty)] if self.empty else []
        return sorted([*self.top, *empty], key=lambda each: -each[1])[:number]


def keep_frequent(database: duckdb.DuckDBPyConnection) -> None:
    """Count the values of every column of the table `asset` that has very many, and keep them in the database."""
    database.execute(
        "CREATE TABLE frequent (name VARCHAR, different BIGINT, value VARCHAR, number BIGINT, empty BIGINT)"
    )
    told = ", ".join(f"approx_count_distinct({quoted(name)}), count(*) - count({quoted(name)})" for name in PLACED)
    ((*about,),) = database.execute(f"SELECT {told} FROM asset").fetchall()  # noqa: S608
    for name, number, empty in zip(PLACED, about[::2], about[1::2], strict=True):
        if number > MANY:
            place = quoted(name)
            counted = f"SELECT {place} AS value, count(*) AS number FROM asset WHERE {place} IS NOT NULL GROUP BY 1"  # noqa: S608
            database.execute(
                f"WITH counted AS MATERIALIZED ({counted}) INSERT INTO frequent "  # noqa: S608
                "SELECT ?, (SELECT count(*) FROM counted), CAST(value AS VARCHAR), number, ? FROM counted "
                f"ORDER BY number DESC, value LIMIT {MOST}",
                [name, empty],
            )


def kept_frequent(database: duckdb.DuckDBPyConnection) -> dict[str, Frequent]:
    """Return what was kept, by column."""
    about: dict[str, tuple[int, int]] = {}
    top: dict[str, list[tuple[Any, int]]] = {}
    rows = database.execute("SELECT name, different, value, number, empty FROM stored.frequent").fetchall()
    for name, different, value, number, empty in rows:
        about[name] = different, empty
        top.setdefault(name, []).append((_value(name, value), number))
    return {name: Frequent(different, tuple(top[name]), empty) for name, (different, empty) in about.items()}


def _value(name: str, text: str) -> Any:
    """Return a value of a column as it was before it was kept as text."""
    if is_text(name):
        return text
    if is_day(name):
        return date.fromisoformat(text)
    return int(text) if pa.types.is_integer(STORED[name]) else float(text)
