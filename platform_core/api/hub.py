"""One look at the store for all sockets: who listens shares a poller, and holds nothing but the last number it sent.

The newest events are kept, ready to be sent, in a ring of fixed length. Whoever is behind it reads on from the store,
so neither a long break nor a slow reader makes anything grow.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice, takewhile
from typing import NamedTuple

import anyio
from anyio import CapacityLimiter, to_thread

from platform_core.api.schemas.monitoring import EventOut
from platform_core.logging import report
from platform_core.services.monitoring import EventFeed, Heard

POLL_SECONDS = 0.5
RETRY_SECONDS = 2.0
"""After a look that failed; sockets stay open meanwhile."""

RING = 4_000
FRAME = 200
"""Most events of one message."""

READERS = 4
"""Threads that read on from the store at a time, for all sockets together."""


class Told(NamedTuple):
    """An event ready to be sent: its number, its organisation, its migration, its JSON."""

    id: int
    organisation: int
    migration_id: int | None
    text: str


class Part(NamedTuple):
    """Some events in order, and the number up to which nothing is missing once they are sent."""

    events: list[str]
    up_to: int


class EventHub:
    """Follows the store as long as anybody listens."""

    def __init__(self, feed: EventFeed) -> None:
        self._feed = feed
        self._ring: deque[Told] = deque(maxlen=RING)
        self._floor = 0
        self._listeners = 0
        self._poller: asyncio.Task[None] | None = None
        self._ready = anyio.Lock()
        self._news = anyio.Event()
        self._readers = CapacityLimiter(READERS)
        self.position = 0
        """The number of the last event that was told to everybody."""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Follow the store while the block lasts."""
        self._listeners += 1
        try:
            async with self._ready:
                await self._follow()
            yield
        finally:
            self._listeners -= 1
            if not self._listeners and self._poller is not None:
                self._poller.cancel()
                self._poller = None

    async def after(self, number: int, organisation: int, migration_id: int | None) -> Part:
        """Return an organisation's next events after `number`, of one migration or (None) of all of its.

        None when there are none yet.
        """
        if number >= self.position:
            return Part([], number)
        if number < self._floor:
            return await self._from_store(number, organisation, migration_id)
        newer = list(takewhile(lambda told: told.id > number, reversed(self._ring)))
        some = list(islice(reversed(newer), FRAME))
        return Part(list(_of(some, organisation, migration_id)), some[-1].id)

    async def news(self, after: int, seconds: float) -> bool:
        """Wait until there is an event after number `after`; False when there was none for so long."""
        news = self._news
        if self.position > after:
            return True
        with anyio.move_on_after(seconds) as waiting:
            await news.wait()
        return not waiting.cancelled_caught

    async def _follow(self) -> None:
        if self._poller is not None and not self._poller.done():
            return
        self._ring.clear()
        self._news = anyio.Event()
        self.position = self._floor = await to_thread.run_sync(self._feed.start)
        self._poller = asyncio.create_task(self._poll())

    async def _poll(self) -> None:
        while True:
            try:
                heard = await to_thread.run_sync(self._look)
            except Exception as error:  # noqa: BLE001 - whatever it was, the sockets wait for the store to come back
                report(error, "events cannot be read")
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for told in heard:
                self._keep(told)
            if heard:
                self._wake()
            else:
                await asyncio.sleep(POLL_SECONDS)

    def _look(self) -> list[Told]:
        return [_told(heard) for heard in self._feed.poll()]

    def _keep(self, told: Told) -> None:
        if len(self._ring) == RING:
            self._floor = self._ring[0].id
        self._ring.append(told)
        self.position = told.id

    def _wake(self) -> None:
        news, self._news = self._news, anyio.Event()
        news.set()

    async def _from_store(self, number: int, organisation: int, migration_id: int | None) -> Part:
        up_to = self.position

        def read() -> Part:
            heard = self._feed.between(organisation, number, up_to, migration_id=migration_id, limit=FRAME)
            told = [_told(each) for each in heard]
            return Part([each.text for each in told], told[-1].id if len(told) == FRAME else up_to)

        return await to_thread.run_sync(read, limiter=self._readers)


def _told(heard: Heard) -> Told:
    text = EventOut.model_validate(heard.event).model_dump_json()
    return Told(heard.event.id, heard.organisation, heard.migration_id, text)


def _of(some: list[Told], organisation: int, migration_id: int | None) -> Iterator[str]:
    mine = (told for told in some if told.organisation == organisation)
    return (told.text for told in mine if migration_id is None or told.migration_id == migration_id)
