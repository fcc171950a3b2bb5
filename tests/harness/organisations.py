"""Two organisations on one store with rows of both in every table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Table, cast, func, insert, null, select
from sqlalchemy.types import JSON, Boolean, Date, DateTime, Float, Integer, String, TypeEngine

from platform_core.domain.identity import Identity
from platform_core.store import Store
from platform_core.store.columns import Lines, now
from platform_core.store.database import EVERYWHERE
from platform_core.store.models import Base, OrganisationRow
from platform_core.store.reach import OWNER, parent_of

OPERATOR = Identity(name="Operator")


def second_organisation(store: Store, name: str) -> int:
    """Add an organisation whatever the role of the database, and return its number."""
    work = store.everywhere().unit_of_work()
    with work:
        row = OrganisationRow(name=name)
        work.organisations.add(row)
        work.commit()
        return row.id


def fill(store: Store, organisation: int) -> None:
    """Put a row of the organisation into every table that has none of it, made up of nothing but its columns' types."""
    with store._ways.plain.execution_options(reach="every").begin() as connection:
        keys: dict[str, Any] = {"organisation": organisation}
        for table in Base.metadata.sorted_tables:
            if table.name not in keys:
                keys[table.name] = _add(connection, table, organisation, keys)


def rows_by_owner(engine: Engine) -> dict[str, dict[int, int]]:
    """Return how many rows of each organisation every table has.

    Rows of a table that belongs to nobody are told under the numbers of both, half each.
    """
    with engine.connect().execution_options(**EVERYWHERE) as connection:
        numbers = list(connection.scalars(select(Base.metadata.tables["organisation"].c.id).order_by("id")))
        found = {table.name: _by_owner(connection, table) for table in Base.metadata.sorted_tables}
    return {
        name: counts if None not in counts else {number: counts[None] // len(numbers) for number in numbers}
        for name, counts in found.items()
    }


def _by_owner(connection: Connection, table: Table) -> dict[Any, int]:
    owner, joined = owner_of(table)
    query = select(owner, func.count()).select_from(joined).group_by(owner).order_by(owner)
    return {number: rows for number, rows in connection.execute(query)}  # noqa: C416 - rows of a result are no pairs


def owner_of(table: Table) -> tuple[Any, Any]:
    """Return the column that tells whose a row is and the join that reaches it."""
    joined: Any = table
    while OWNER not in table.c:
        if table.name == "organisation":
            return table.c.id, joined
        key = parent_of(table)
        if key is None:
            return cast(null(), BigInteger), joined
        joined = joined.join(key.column.table, key.parent == key.column)
        table = key.column.table
    return table.c[OWNER], joined


def _add(connection: Connection, table: Table, organisation: int, keys: dict[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for column in table.columns:
        parent = next((key.column.table.name for key in column.foreign_keys), None)
        if parent is not None:
            values[column.name] = keys[parent]
        elif not column.nullable and not (column.primary_key and isinstance(column.type, Integer)):
            values[column.name] = _made_up(column.type, f"{table.name}-{organisation}")
    return connection.execute(insert(table).values(values)).inserted_primary_key[0]


def _made_up(kind: TypeEngine[Any], text: str) -> Any:
    match kind:
        case JSON():
            return {}
        case Lines():
            return (text,)
        case Boolean():
            return False
        case Date():
            return now().date()
        case Float() | Integer():
            return 1
        case String():
            return text[: kind.length or 200]
        case DateTime():
            return now()
    return now()
