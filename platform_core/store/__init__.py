"""The database and the files: models, unit of work, repositories, migrations."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

from sqlalchemy import Engine

from platform_core.domain.organisations import DEFAULT, EVERY, Reach
from platform_core.store.database import Ways, create_store_engine, ping
from platform_core.store.files import Files
from platform_core.store.locks import alone
from platform_core.store.row_security import is_bypassed
from platform_core.store.schema import is_newest, upgrade, upgrade_engine
from platform_core.store.unit_of_work import Guard, UnitOfWork

__all__ = ["Files", "Guard", "Store", "UnitOfWork", "open_store", "upgrade"]

ORGANISATIONS = "organisations"
"""Folder of the file store below which each organisation but the first has one of its own."""


class Store:
    """An opened database with its file store; hands out units of work once it is told for which organisation."""

    def __init__(
        self, engine: Engine | Ways, files: Files, guard: Guard | None = None, reach: Reach | None = None
    ) -> None:
        self._ways = engine if isinstance(engine, Ways) else Ways.of(engine)
        self._all_files = files
        self.guard = guard
        self.reach = reach
        self.files = files if reach in {None, DEFAULT, EVERY} else files.within(f"{ORGANISATIONS}/{reach}")
        self._within: dict[Reach, Store] = {}

    def of(self, organisation: int) -> Store:
        """Return this store as one organisation sees it, its files in a folder of its own; the same one each time.

        What is worked out once for a store is thus kept for the organisation.
        """
        return self._reaching(organisation)

    def everywhere(self) -> Store:
        """Return this store with the rows of all organisations: for what serves all of them, never for a person."""
        return self._reaching(EVERY)

    def _reaching(self, reach: Reach) -> Store:
        found = self._within.get(reach)
        if found is None:
            found = self._within.setdefault(reach, Store(self._ways, self._all_files, self.guard, reach))
            found._within = self._within
        return found

    def unit_of_work(self) -> UnitOfWork:
        """Return a unit of work for one thread."""
        if self.reach is None:
            raise RuntimeError("The store was used without telling for which organisation: `store.of(…)`.")
        return UnitOfWork(self._ways, self.files, self.reach, self.guard)

    def guarded(self, guard: Guard) -> Store:
        """Return this store for somebody who may write only as long as `guard` lets each transaction pass."""
        return Store(self._ways, self._all_files, guard, self.reach)

    def bypasses_row_security(self) -> bool:
        """Tell whether the database lets this process see every row, whatever a transaction says."""
        with self._ways.plain.connect() as connection:
            return is_bypassed(connection)

    def upgrade(self) -> None:
        """Bring the schema up to date, alone even when several processes start at once."""
        upgrade_engine(self._ways.plain)

    def is_up_to_date(self) -> bool:
        """Tell whether the schema is the newest one that this version knows."""
        return is_newest(self._ways.plain)

    def ping(self) -> None:
        """Ask the database for something; raises Unavailable when it does not answer."""
        ping(self._ways.plain)

    def alone(self, key: int) -> AbstractContextManager[bool]:
        """Tell a block whether nobody else is inside one with the same `key`, in any process on this database."""
        return alone(self._ways.plain, key)

    def close(self) -> None:
        """Let go of all connections."""
        self._ways.plain.dispose()


@cache
def open_store(database_url: str, files_url: str, *, echo: bool = False) -> Store:
    """Return the store of this process for the two addresses; opened once, shared by all threads and organisations."""
    return Store(create_store_engine(database_url, echo=echo), Files(files_url))
