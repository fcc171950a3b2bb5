"""Two inventories beside each other, asset by asset, however large they are."""

from __future__ import annotations

from pathlib import Path

import duckdb

from platform_core.domain.sessions import AssetDifferences, ChangedAsset

OWN = ("key", "name")
"""What every kept inventory has beside one text column a field."""

SHOWN = 100


def differences(before: Path, after: Path, *, shown: int = SHOWN) -> AssetDifferences:
    """Compare two Parquet files of assets: columns `key`, `name` and one text column a field.

    Assets are the same thing when their keys are. A field that only one of the files knows counts as empty in the
    other. At most `shown` assets of each sort are given by name.
    """
    with duckdb.connect(":memory:", config={"memory_limit": "512MB", "threads": 2}) as database:
        _load(database, "before", before)
        _load(database, "after", after)
        database.execute("SET enable_external_access = false; SET lock_configuration = true")
        fields = _fields(database)
        _pair(database, fields)
        created, removed, updated, same = _counts(database)
        return AssetDifferences(
            created=created,
            removed=removed,
            updated=updated,
            unchanged=same,
            by_field=_by_field(database, fields),
            new=_alone(database, "old_key", "key, name", shown),
            gone=_alone(database, "key", "old_key, old_name", shown),
            changed=_changed(database, fields, shown),
        )


def _load(database: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    database.read_parquet(str(path)).create(name)


def _fields(database: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the fields of either file, and give each file those that it lacks."""
    known = {name: [row[0] for row in database.execute(f"DESCRIBE {name}").fetchall()] for name in ("before", "after")}
    fields = [name for name in dict.fromkeys([*known["before"], *known["after"]]) if name not in OWN]
    for name, columns in known.items():
        lacking = "".join(f", CAST(NULL AS VARCHAR) AS {_quoted(field)}" for field in fields if field not in columns)
        database.execute(f"CREATE TABLE {name}_whole AS SELECT *{lacking} FROM {name}")  # noqa: S608 - our own names
    return fields


def _pair(database: duckdb.DuckDBPyConnection, fields: list[str]) -> None:
    """Lay the two inventories side by side: `old_…` and `…` columns, and for each field whether it differs."""
    olds = ", ".join(f"b.{_quoted(name)} AS {_quoted('old_' + name)}" for name in [*OWN, *fields])
    news = ", ".join(f"a.{_quoted(name)}" for name in [*OWN, *fields])
    differs = " OR ".join(f"a.{_quoted(f)} IS DISTINCT FROM b.{_quoted(f)}" for f in fields) or "false"
    both = "a.key IS NOT NULL AND b.key IS NOT NULL"
    database.execute(
        f"CREATE TABLE pair AS SELECT {olds}, {news}, {both} AND ({differs}) AS differs "  # noqa: S608 - our own names
        "FROM before_whole b FULL OUTER JOIN after_whole a ON a.key = b.key "
        f"WHERE NOT ({both}) OR {differs}"
    )


def _counts(database: duckdb.DuckDBPyConnection) -> tuple[int, int, int, int]:
    query = (
        "SELECT count(*) FILTER (old_key IS NULL), count(*) FILTER (key IS NULL), count(*) FILTER (differs) FROM pair"
    )
    ((created, removed, updated),) = database.execute(query).fetchall()
    ((all_after,),) = database.execute("SELECT count(*) FROM after_whole").fetchall()
    return created, removed, updated, all_after - created - updated


def _by_field(database: duckdb.DuckDBPyConnection, fields: list[str]) -> tuple[tuple[str, int], ...]:
    counts = ", ".join(f"count(*) FILTER ({_quoted(f)} IS DISTINCT FROM {_quoted('old_' + f)})" for f in fields)
    if not fields:
        return ()
    (numbers,) = database.execute(f"SELECT {counts} FROM pair WHERE differs").fetchall()  # noqa: S608 - our own names
    found = [(field, number) for field, number in zip(fields, numbers, strict=True) if number]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


def _alone(database: duckdb.DuckDBPyConnection, absent: str, wanted: str, shown: int) -> tuple[tuple[str, str], ...]:
    query = f"SELECT {wanted} FROM pair WHERE {absent} IS NULL ORDER BY 2, 1 LIMIT {shown:d}"  # noqa: S608
    return tuple((key, name) for key, name in database.execute(query).fetchall())


def _changed(database: duckdb.DuckDBPyConnection, fields: list[str], shown: int) -> tuple[ChangedAsset, ...]:
    columns = ", ".join(_quoted(name) for pair in ((f"old_{f}", f) for f in fields) for name in pair)
    if not fields:
        return ()
    query = f"SELECT key, name, {columns} FROM pair WHERE differs ORDER BY name, key LIMIT {shown:d}"  # noqa: S608
    return tuple(
        ChangedAsset(
            key=key,
            name=name,
            fields=tuple(
                (field, old, new)
                for field, old, new in zip(fields, values[::2], values[1::2], strict=True)
                if old != new
            ),
        )
        for key, name, *values in database.execute(query).fetchall()
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
