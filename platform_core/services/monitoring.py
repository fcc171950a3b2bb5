"""What goes on now, told to programs: status, tasks, runs, and one stream of all events."""

from __future__ import annotations

from platform_core.monitor import AgentMonitor, CurrentStatus, EventFeed, Heard, TaskView
from platform_core.store import Store

__all__ = ["EventFeed", "Heard", "feed", "status", "tasks"]

MOST_TASKS = 200


def status(store: Store, migration_id: int | None = None) -> CurrentStatus:
    """Return what goes on now, in one migration or (None) in all; raises NotFound."""
    _exists(store, migration_id)
    return AgentMonitor(store).get_current_status(migration_id)


def tasks(store: Store, *, agent: str = "", migration_id: int | None = None, limit: int = 50) -> list[TaskView]:
    """Return the latest tasks of agents, newest first; raises NotFound."""
    _exists(store, migration_id)
    return AgentMonitor(store).history(agent=agent, migration_id=migration_id, limit=min(limit, MOST_TASKS))


def feed(store: Store) -> EventFeed:
    """Return the stream of all events."""
    return EventFeed(store)


def _exists(store: Store, migration_id: int | None) -> None:
    if migration_id is not None:
        work = store.unit_of_work()
        with work.reading():
            work.migrations.get(migration_id)
