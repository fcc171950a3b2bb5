"""What every repository has: the session, and loading a row that another analyst may have changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Delete, Insert, Select, Text, Update, type_coerce
from sqlalchemy.orm import Session

from platform_core.errors import Conflict, NotFound

Row = TypeVar("Row")
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

    def _plain(self, table: type[Row], query: Select[Any], names: Sequence[str] = ()) -> list[Row]:
        """Return rows as tuples that have the table's attributes (`names`, else all): nobody can change them.

        They are read in half the time.
        """
        columns = names or table.__table__.columns.keys()  # type: ignore[attr-defined]
        chosen = [getattr(table, name) for name in columns]
        return cast("list[Row]", self._session.execute(query.with_only_columns(*chosen)).all())

    def _count(self, query: Select[int] | Select[int | None]) -> int:
        return self._session.scalar(query) or 0

    def _tuples(self, query: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.execute(query)]

    def _run(self, statement: Delete | Update | Insert, rows: list[dict[str, Any]] | None = None) -> None:
        if rows is None:
            self._session.execute(statement)
        elif rows:
            self._session.execute(statement, rows)


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
