"""Somebody else who writes in the middle of a transaction that reads: between one statement and the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, delete, event, update

from platform_core.store import Store
from platform_core.store.models import (
    AssetRow,
    DependencyRow,
    IssueRow,
    MigrationRow,
    PlacementRow,
    PlanRow,
    RecommendationRow,
    RiskRow,
)


@contextmanager
def interrupted(
    store: Store, write: Callable[[], None], after: str = "SELECT", *, writing: bool = False
) -> Iterator[list[str]]:
    """Have `write` done once, right after the first statement with the text `after` of a transaction that reads.

    With `writing` it is one of a transaction that writes. Yields the statements from then on, as they come.
    """
    statements: list[str] = []
    engine = store.unit_of_work()._ways.plain

    def executed(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.get_execution_options().get("writes", False) is not writing:
            return
        if not statements and after not in statement:
            return
        statements.append(statement)
        if len(statements) == 1:
            write()

    event.listen(engine, "after_cursor_execute", executed)
    try:
        yield statements
    finally:
        event.remove(engine, "after_cursor_execute", executed)


def clear_away(store: Store, migration_id: int) -> None:
    """Take the inventory, everything concluded from it and the plans of a migration away in one transaction."""
    work = store.unit_of_work()
    with work:
        session = work._now()
        plans = {row.id for row in work.plans.of(migration_id)}
        session.execute(delete(PlacementRow).where(PlacementRow.plan_id.in_(plans)))
        for model in (PlanRow, RecommendationRow, RiskRow, IssueRow, DependencyRow, AssetRow):
            session.execute(delete(model).where(model.migration_id == migration_id))
        more = MigrationRow.inventory_revision + 1
        gone = {"inventory_revision": more, "inventory_stamp": None}
        session.execute(update(MigrationRow).where(MigrationRow.id == migration_id).values(gone))
        work.commit()
