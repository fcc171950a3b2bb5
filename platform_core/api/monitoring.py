"""What goes on: status, tasks, runs with their events, and figures for machines."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from platform_core.api.answers import Written
from platform_core.api.dependencies import By, Opened, Work
from platform_core.api.failures import documented
from platform_core.api.schemas.building_blocks import LARGEST, After, Limit, NumberInPath, Page, RunOut, Search
from platform_core.api.schemas.monitoring import EventOut, StatusOut, TaskOut
from platform_core.services import activity, monitoring, operations

router = APIRouter(prefix="/monitoring", tags=["monitoring"], route_class=Written)

OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
OfMigration = Annotated[int | None, Query(ge=1, le=LARGEST)]


@router.get("/status", responses=documented(404))
def status(store: Opened, migration_id: OfMigration = None) -> StatusOut:
    """Tell what goes on now, in one migration or in all."""
    return StatusOut.model_validate(monitoring.status(store, migration_id))


@router.get("/tasks", responses=documented(404))
def tasks(
    store: Opened, migration_id: OfMigration = None, agent: Search = "", after: After = 0, limit: Limit = 50
) -> Page[TaskOut]:
    """List the tasks of agents, newest first, a page at a time."""
    found, following = monitoring.tasks(store, agent=agent, migration_id=migration_id, after=after, limit=limit)
    return Page(items=[TaskOut.model_validate(task) for task in found], next=following)


@router.get("/runs/{run_id}", responses=documented(404))
def read_run(work: Work, run_id: NumberInPath) -> RunOut:
    """Read one run: where it stands, and what it came to."""
    return RunOut.model_validate(activity.run(work, run_id))


@router.get("/runs/{run_id}/events", responses=documented(404))
def list_events(work: Work, run_id: NumberInPath, after: After = 0, limit: Limit = 200) -> Page[EventOut]:
    """List what happened in a run after event number `after`, in order, a page at a time."""
    events, following = activity.events_after(work, run_id, after=after, limit=limit)
    return Page(items=[EventOut.model_validate(event) for event in events], next=following)


@router.post("/runs/{run_id}/cancel", status_code=HTTPStatus.ACCEPTED, responses=documented(400, 404, 409))
def cancel(work: Work, by: By, run_id: NumberInPath) -> RunOut:
    """Stop a run; what it had not finished is not kept. A run that is over stays as it is."""
    activity.cancel(work, run_id, by)
    return RunOut.model_validate(activity.run(work, run_id))


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {OPEN_METRICS: {"schema": {"type": "string"}}}, "description": "OpenMetrics text"}},
)
def metrics(request: Request, store: Opened) -> Response:
    """Give figures of requests, sockets, runs, imports, model calls and workers in the OpenMetrics text format.

    Runs, imports and calls are those of the organisation that asks; requests and sockets are the process's.
    """
    return Response(request.app.state.figures.text(operations.totals(store)), media_type=OPEN_METRICS)
