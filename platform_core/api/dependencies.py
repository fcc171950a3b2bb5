"""What routes are given: the store, a unit of work, who calls."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from platform_core.domain.access import Caller, Scope
from platform_core.domain.identity import Identity
from platform_core.errors import Forbidden
from platform_core.services import migrations
from platform_core.store import Store, UnitOfWork


async def _store(request: Request) -> Store:  # async, as the next two: a plain function is run in a thread
    store: Store = request.app.state.store
    return store.of(_caller(request).organisation)


async def _work(request: Request) -> UnitOfWork:
    return (await _store(request)).unit_of_work()


async def _by(request: Request) -> Identity:
    return _caller(request).identity


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


async def needs_admin(request: Request) -> None:
    """Refuse whoever has less than the scope "admin"; raises Forbidden."""
    if not _caller(request).scope.covers(Scope.ADMIN):
        raise Forbidden("This needs a token with the scope admin.", hint="Ask whoever runs the workbench.")


def existing(work: UnitOfWork, migration_id: int) -> None:
    """Raise NotFound where there is no such migration: an empty list would say that it is there and holds nothing."""
    migrations.view(work, migration_id)


Opened = Annotated[Store, Depends(_store)]
Work = Annotated[UnitOfWork, Depends(_work)]
By = Annotated[Identity, Depends(_by)]
