"""Discovery: what is in some files, at once and without a trace."""

from __future__ import annotations

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request

from platform_core.api.dependencies import Work
from platform_core.api.failures import documented
from platform_core.api.files import described, given
from platform_core.api.schemas.discovery import Discovery, FileGiven
from platform_core.services import discovery

router = APIRouter(prefix="/discovery", tags=["discovery"])

AT_ONCE = 1
"""Analyses that one process makes at a time: engines share it with the pages, which must stay quick."""

_turn = CapacityLimiter(AT_ONCE)


@router.post("/analyze", openapi_extra=described(FileGiven), responses=documented(400, 404, 413, 415))
async def analyze(work: Work, request: Request) -> Discovery:
    """Tell what an inventory of some files would be: mapping, kinds of assets, quality, what planning would miss.

    Nothing is kept. With `migration_id` what analysts taught in it counts. Files beyond `API_MAX_BODY_MB` are
    better uploaded as imports, which a worker reads.
    """
    async with given(request, FileGiven) as taken:
        found = await to_thread.run_sync(
            lambda: discovery.analyze(work, taken.files, migration_id=taken.migration_id), limiter=_turn
        )
    return Discovery.model_validate(found)
