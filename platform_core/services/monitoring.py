"""What goes on now, told to programs: status, tasks, runs, and one stream of all events."""

from __future__ import annotations

from platform_core.monitor import AgentMonitor, CurrentStatus, EventFeed, Heard, TaskView
from platform_core.services.paging import cut
from platform_core.store import Store

__all__ = ["EventFeed", "Heard", "feed", "status", "tasks"]


def status(store: Store, migration_id: int | None = None) -> CurrentStatus:
    """Return what goes on now, in one migration or (None) in all; raises NotFound."""
    _exists(store, migration_id)
    return AgentMonitor(store).get_current_status(migration_id)


def tasks(
    store: Store, *, agent: str = "", migration_id: int | None = None, after: int = 0, limit: int = 50
) -> tuple[list[TaskView], int | None]:
    """Return the tasks of agents behind number `after` (0 = from the newest on), newest first, and where to go on.

    Raises NotFound.
    """
    found = AgentMonitor(store).history(agent=agent, migration_id=migration_id, before=after, limit=limit + 1)
    if not found:
        _exists(store, migration_id)
    return cut(found, limit, lambda task: task.id)


def feed(store: Store) -> EventFeed:
    """Return the stream of all events."""
    return EventFeed(store)


def _exists(store: Store, migration_id: int | None) -> None:
    if migration_id is not None:
        work = store.unit_of_work()
        with work.reading():
            work.migrations.get(migration_id)
