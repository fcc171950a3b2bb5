"""Migrations: create, read, change, move on, delete, list; where one stands, and its runs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from platform_core.api.answers import Written
from platform_core.api.dependencies import By, Work, existing, needs_admin
from platform_core.api.failures import documented
from platform_core.api.schemas.building_blocks import After, Limit, NumberInPath, Page, RunOut
from platform_core.api.schemas.migrations import MigrationChange, MigrationNew, MigrationOut, OverviewOut, Transition
from platform_core.domain.migration import MigrationStatus
from platform_core.domain.runs import RunStatus
from platform_core.services import activity, migrations
from platform_core.services import overview as standing

router = APIRouter(prefix="/migrations", tags=["migrations"], route_class=Written)


@router.get("")
def list_migrations(
    work: Work, status: MigrationStatus | None = None, after: After = 0, limit: Limit = 50
) -> Page[MigrationOut]:
    """List migrations by number, a page at a time; what others add meanwhile neither hides nor repeats a line."""
    views, following = migrations.page(work, after=after, limit=limit, status=status)
    return Page(items=[MigrationOut.model_validate(view) for view in views], next=following)


@router.post("", status_code=HTTPStatus.CREATED, responses=documented(400, 409))
def create_migration(work: Work, by: By, wanted: MigrationNew) -> MigrationOut:
    """Begin a migration; 409 when the name is taken."""
    return MigrationOut.model_validate(migrations.create(work, wanted.name, by, description=wanted.description))


@router.get("/{migration_id}", responses=documented(404))
def read_migration(work: Work, migration_id: NumberInPath) -> MigrationOut:
    """Read one migration."""
    return MigrationOut.model_validate(migrations.view(work, migration_id))


@router.put("/{migration_id}", responses=documented(400, 404, 409))
def change_migration(work: Work, by: By, migration_id: NumberInPath, wanted: MigrationChange) -> MigrationOut:
    """Change the facts of a migration; 409 when somebody changed it since `version`."""
    facts = wanted.model_dump(exclude={"version"})
    return MigrationOut.model_validate(migrations.change(work, migration_id, by, seen_version=wanted.version, **facts))


@router.post("/{migration_id}/transitions", responses=documented(400, 404, 409))
def move_on(work: Work, by: By, migration_id: NumberInPath, wanted: Transition) -> MigrationOut:
    """Move a migration to another status or phase; back is allowed, and every step stands in the trail."""
    view = migrations.move_on(
        work, migration_id, by, seen_version=wanted.version, status=wanted.status, phase=wanted.phase
    )
    return MigrationOut.model_validate(view)


@router.delete(
    "/{migration_id}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[Depends(needs_admin)],
    responses=documented(404),
)
def delete_migration(work: Work, by: By, migration_id: NumberInPath) -> None:
    """Delete a migration with its imports, inventory, decisions and plans; needs the scope admin."""
    migrations.delete(work, migration_id, by)


@router.get("/{migration_id}/overview", responses=documented(404))
def read_overview(work: Work, migration_id: NumberInPath) -> OverviewOut:
    """Tell where a migration stands: figures, steps taken, the next thing to do."""
    existing(work, migration_id)
    return OverviewOut.model_validate(standing.overview(work, migration_id))


@router.get("/{migration_id}/runs", responses=documented(404))
def list_runs(
    work: Work,
    migration_id: NumberInPath,
    status: Annotated[RunStatus | None, Query()] = None,
    after: After = 0,
    limit: Limit = 50,
) -> Page[RunOut]:
    """List the runs of a migration, newest first, a page at a time."""
    views, following = activity.runs_after(work, migration_id, status=status or "", after=after, limit=limit)
    return Page(items=[RunOut.model_validate(view) for view in views], next=following)
