"""What every repository has: the session, and loading a row that another analyst may have changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Delete, Insert, Select, Text, Update, select, type_coerce
from sqlalchemy.orm import Session

from platform_core.errors import Conflict, NotFound
from platform_core.store.reach import narrowed

Row = TypeVar("Row")
LARGEST = 2**63 - 1
"""No number is larger: where a list begins that goes down."""

AT_ONCE = 500
"""Keys or numbers asked for in one statement."""


class Repository:
    """Works inside the transaction of `session`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def _one(self, row: Row | None, what: str) -> Row:
        if row is None:
            raise NotFound(f"This {what} is not there any more.", hint="Reload the page.")
        return row

    def _rows(self, query: Select[Row]) -> list[Row]:
        return list(self._session.scalars(query))

    def _asked(self, query: Select[*tuple[Any, ...]], **given: Any) -> list[Any]:
        """Return the rows of a query that was put together once (`plain`), with `given` for its parameters.

        Such rows are tuples with the table's attributes: nobody can change them. They are read in half the time.
        """
        wanted, connection = narrowed(query, self._session.info["reach"]), self._session.connection()
        if connection.get_execution_options().get("writes"):
            self._session.flush()
        return list(connection.execute(wanted, given).all())  # a loop would fetch one by one

    def _line(self, query: Select[*tuple[Any, ...]], what: str, **given: Any) -> Any:
        """Return the one row of such a query; raises NotFound."""
        return self._one(next(iter(self._asked(query, **given)), None), what)

    def _count(self, query: Select[int] | Select[int | None]) -> int:
        return self._session.scalar(query) or 0

    def _tuples(self, query: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.execute(query)]

    def _run(self, statement: Delete | Update | Insert, rows: list[dict[str, Any]] | None = None) -> None:
        if rows is None:
            self._session.execute(statement)
        elif rows:
            self._session.execute(statement, rows)


def plain(table: type[Any], names: Sequence[str] = ()) -> Select[*tuple[Any, ...]]:
    """Return the query for the table's rows as tuples, all columns or `names`."""
    return select(*(getattr(table, name) for name in names or table.__table__.columns.keys()))


def expect(version: int, seen: int | None, what: str, by: str | None) -> None:
    """Raise Conflict when the row moved on since the analyst saw version `seen` (None = do not care)."""
    if seen is not None and version != seen:
        raise Conflict(
            f"{by or 'Somebody else'} changed {what} meanwhile, so yours was not saved.",
            hint="Look at what stands now and decide again.",
        )


def like(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that `column` contains `text`, whatever the case; % and _ mean themselves."""
    condition: ColumnElement[bool] = type_coerce(column, Text).icontains(text, autoescape=True)
    return condition


def portions(items: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield the items in portions that fit into one statement."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
