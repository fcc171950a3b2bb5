"""Work that may take long: done before the answer when it is small, else a run that a worker carries out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Response

from platform_core.api.schemas.building_blocks import StartedOut
from platform_core.services.work import Started

STARTS: dict[int | str, dict[str, Any]] = {
    202: {"model": StartedOut, "description": "A worker carries it out: watch /monitoring/runs/{run_id}"}
}


def started(begun: Started, response: Response) -> StartedOut:
    """Return what became of a request; the answer turns 202 where a worker is to do it."""
    if begun.outcome is None:
        response.status_code = HTTPStatus.ACCEPTED
    outcome = None if begun.outcome is None else dict(begun.outcome)
    return StartedOut(
        run_id=begun.run_id, job=begun.job, is_done=outcome is not None, joined=begun.joined, outcome=outcome
    )
