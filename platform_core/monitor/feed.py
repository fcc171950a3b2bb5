"""One stream of the events of all runs, in the order of their numbers, without gaps that could still be filled.

On PostgreSQL a transaction may take number 100 and commit after another one that took 101. Whoever remembers 101 as
the last one seen would never see 100. So the stream stops before a missing number until it has come, or until every
transaction that was under way when it was missed has ended. Writers lock their run before they take a number, so
each of them is among those transactions. SQLite has one writer at a time: there nothing is ever missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from platform_core.domain.base import Frozen
from platform_core.monitor.views import Event
from platform_core.store import Store, UnitOfWork

BATCH = 500


class Heard(Frozen):
    """An event with the organisation and the migration whose run it belongs to (None = of no migration)."""

    event: Event
    organisation: int
    migration_id: int | None


class _Missed(NamedTuple):
    """What was known when a number was missed: the newest event, and the transaction that would begin next."""

    newest: int
    horizon: int


class EventFeed:
    """Follows the events of all organisations of one store; for one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._all = store.everywhere()
        self._missed: _Missed | None = None
        self.position = 0
        """Every event up to this number has been told, or will never be."""

    def start(self) -> int:
        """Go on after the newest events that nothing can come before any more; returns the number of the last."""
        work = self._all.unit_of_work()
        with work.reading():
            self.position = max(self.position, work.events.settled())
        return self.position

    def poll(self) -> list[Heard]:
        """Return the next events, at most `BATCH`; an empty list when there are none yet."""
        work = self._all.unit_of_work()
        with work.reading():
            sure = self._sure(work)
            found = _heard(work, self.position, BATCH)
            told = list(self._in_order(found, sure)) if work.events.may_be_filled else found
            if len(told) < len(found) and self._missed is None:
                self._missed = _Missed(work.events.newest(), work.events.horizon())
        if told:
            self.position = told[-1].event.id
        return told

    def between(
        self, organisation: int, after: int, up_to: int, *, limit: int, migration_id: int | None = None
    ) -> list[Heard]:
        """Return the first `limit` events of an organisation with a number above `after` and not above `up_to`."""
        work = self._store.of(organisation).unit_of_work()
        with work.reading():
            return _heard(work, after, limit, up_to=up_to, migration_id=migration_id)

    def _sure(self, work: UnitOfWork) -> int:
        """Return the number up to which what is missing will never come."""
        missed = self._missed
        if missed is None or not work.events.all_ended_before(missed.horizon):
            return 0
        self._missed = None
        return missed.newest

    def _in_order(self, found: Sequence[Heard], sure: int) -> Iterator[Heard]:
        expected = self.position + 1
        for heard in found:
            if heard.event.id > max(expected, sure):
                return
            yield heard
            expected = heard.event.id + 1


def _heard(
    work: UnitOfWork, after: int, limit: int, *, up_to: int | None = None, migration_id: int | None = None
) -> list[Heard]:
    rows = work.events.after(after, up_to=up_to, migration_id=migration_id, limit=limit)
    return [Heard(event=Event.of(row), organisation=owner, migration_id=number) for row, owner, number in rows]
