"""Whose rows a session reads: each query is narrowed to its organisation, whatever a repository asks for.

This is the lock that both databases have. PostgreSQL has a second one of its own (`row_security`), which also holds
for what is written and for statements that do not come by way of the models.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, FromClause, Select, event, literal, select, true
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria

from platform_core.domain.organisations import EVERY, Reach
from platform_core.store.models import Base, OrganisationRow

OWNER = "organisation_id"


class ReachingSession(Session):
    """A session whose queries see the rows of one organisation; `info["reach"]` tells which."""


def session_for(reach: Reach, bind: Any) -> ReachingSession:
    """Return a session on `bind` that reads what `reach` allows."""
    return ReachingSession(bind, expire_on_commit=False, info={"reach": reach})


def parent_of(table: FromClause) -> ForeignKey | None:
    """Return the key by which a table's rows are part of others: of a migration if that is one of them."""
    keys = [key for key in table.foreign_keys if key.ondelete == "CASCADE"]
    return next((key for key in keys if key.column.table.name == "migration"), keys[0] if keys else None)


def belongs(row: Any, table: FromClause, organisation: Any) -> ColumnElement[bool]:
    """Return the condition that a row of `table`, whose columns are attributes of `row`, is the organisation's."""
    condition: ColumnElement[bool]
    if table is OrganisationRow.__table__:
        condition = row.id == organisation
        return condition
    if OWNER in table.c:
        condition = row.organisation_id == organisation
        return condition
    key = parent_of(table)
    if key is None:
        return true()
    parent = key.column.table
    mine = select(key.column).where(belongs(parent.c, parent, organisation))
    condition = getattr(row, key.parent.key).in_(mine)
    return condition


@cache
def _narrowed(organisation: int) -> LoaderCriteriaOption:
    def condition(row: Any) -> ColumnElement[bool]:
        table = getattr(row, "__table__", None)
        # SQLAlchemy calls it once with the base of all rows, to learn which value varies.
        return literal(0) == organisation if table is None else belongs(row, table, organisation)

    return with_loader_criteria(Base, condition, include_aliases=True, propagate_to_loaders=False)


@cache
def narrowed(query: Select[*tuple[Any, ...]], reach: Reach) -> Select[*tuple[Any, ...]]:
    """Return a query as a session of that reach asks it, put together once: for queries that never change.

    Whoever has it can ask the session's connection itself, which makes rows of many columns in half the time.
    """
    return query if reach == EVERY else query.options(_narrowed(reach))


@event.listens_for(ReachingSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    reach = state.session.info["reach"]
    if state.is_select and reach != EVERY:
        state.statement = state.statement.options(_narrowed(reach))
