"""Imports: upload a file into a migration, review its columns, make it part of the inventory."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, BinaryIO

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from platform_core.api.answers import Written
from platform_core.api.dependencies import By, Opened, Work, existing
from platform_core.api.failures import documented
from platform_core.api.files import described, given
from platform_core.api.schemas.building_blocks import LARGEST, After, Limit, NumberInPath, Page, StartedOut
from platform_core.api.schemas.discovery import (
    Application,
    ColumnOut,
    Decided,
    Decisions,
    ImportGiven,
    ImportOut,
    QuarantinedOut,
    Withdrawal,
)
from platform_core.api.starting import STARTS, started
from platform_core.domain.identity import Identity
from platform_core.services import imports, mappings, work
from platform_core.services.mappings import Decision
from platform_core.services.requests import Apply, Withdraw
from platform_core.services.work import Started

router = APIRouter(prefix="/discovery/imports", tags=["imports"], route_class=Written)


@router.get("", responses=documented(404))
def list_imports(
    work: Work, migration_id: Annotated[int, Query(ge=1, le=LARGEST)], after: After = 0, limit: Limit = 50
) -> Page[ImportOut]:
    """List the imports of a migration by their number within it, which is the upload order, a page at a time."""
    views, following = imports.page(work, migration_id, after=after, limit=limit)
    return Page(items=[ImportOut.model_validate(view) for view in views], next=following)


@router.post("", openapi_extra=described(ImportGiven), responses=STARTS | documented(400, 404, 409, 413, 415))
async def upload(store: Opened, by: By, request: Request, response: Response) -> StartedOut:
    """Read a file into a migration, with a suggestion for every column; a sheet becomes an import of its own.

    Small files are read at once (200), larger ones by a worker (202): watch the run. A file that is byte for byte
    one of the migration's imports is recognised (`identical_to`).
    """
    async with given(request, ImportGiven) as taken:
        (name, data), migration_id = taken.files[0], taken.migration_id or 0
        begun = await to_thread.run_sync(lambda: _received(store, migration_id, name, data, by))
    return started(begun, response)


def _received(store: Opened, migration_id: int, name: str, data: BinaryIO, by: Identity) -> Started:
    existing(store.unit_of_work(), migration_id)
    return work.receive(store, migration_id, name, data, by)


@router.get("/{import_id}", responses=documented(404))
def read_import(work: Work, import_id: NumberInPath) -> ImportOut:
    """Read one import."""
    return ImportOut.model_validate(imports.view(work, import_id))


@router.delete("/{import_id}", status_code=HTTPStatus.NO_CONTENT, responses=documented(404, 409))
def remove_import(work: Work, by: By, import_id: NumberInPath) -> None:
    """Delete an import; 409 while it is part of the inventory."""
    imports.remove(work, import_id, by)


@router.get("/{import_id}/columns", responses=documented(404))
def list_columns(work: Work, import_id: NumberInPath) -> list[ColumnOut]:
    """List all columns of an import, those that need a decision first."""
    return [ColumnOut.model_validate(view) for view in mappings.columns(work, import_id)]


@router.get("/{import_id}/quarantine", responses=documented(404))
def list_quarantine(work: Work, import_id: NumberInPath, after: After = 0, limit: Limit = 50) -> Page[QuarantinedOut]:
    """List rows that could not be stored, by their line in the file, a page at a time, each with the reason."""
    rows, following = imports.quarantined_after(work, import_id, after=after, limit=limit)
    return Page(items=[QuarantinedOut.model_validate(row) for row in rows], next=following)


@router.post("/{import_id}/decisions", responses=documented(400, 404, 409))
def decide(work: Work, by: By, import_id: NumberInPath, said: Decisions) -> Decided:
    """Say what some columns are; nothing reaches the inventory before the import is applied."""
    decisions = [
        Decision(position=d.position, action=d.action, field=d.field, unit=d.unit, seen_version=d.version)
        for d in said.decisions
    ]
    return Decided(changed=mappings.decide(work, import_id, decisions, by))


@router.post("/{import_id}/apply", responses=STARTS | documented(400, 404, 409))
def apply(store: Opened, by: By, import_id: NumberInPath, wanted: Application, response: Response) -> StartedOut:
    """Make an import part of the inventory, which is built and assessed anew."""
    request = Apply(import_id=import_id, undecided=wanted.undecided, seen_version=wanted.version)
    return started(work.start(store, request, by), response)


@router.post("/{import_id}/withdraw", responses=STARTS | documented(400, 404, 409))
def withdraw(store: Opened, by: By, import_id: NumberInPath, wanted: Withdrawal, response: Response) -> StartedOut:
    """Take an import out of the inventory again; its mapping stays."""
    return started(work.start(store, Withdraw(import_id=import_id, seen_version=wanted.version), by), response)
