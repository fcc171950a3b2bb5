"""Wave plans and reports of a migration."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from platform_core.api.answers import Written
from platform_core.api.dependencies import By, Opened, Work, existing
from platform_core.api.failures import documented
from platform_core.api.schemas.building_blocks import (
    After,
    AfterKey,
    KeyedPage,
    Limit,
    NumberInPath,
    Page,
    Search,
    StartedOut,
)
from platform_core.api.schemas.plans import PlacementOut, PlanListed, PlanOut, PlanWanted
from platform_core.api.starting import STARTS, started
from platform_core.domain.identity import Identity
from platform_core.domain.waves import Rules
from platform_core.errors import BadInput
from platform_core.services import exports, plans, reporting
from platform_core.services import work as jobs
from platform_core.services.plans import PlanWish
from platform_core.services.requests import MakePlan

router = APIRouter(prefix="/migrations/{migration_id}", tags=["plans and reports"], route_class=Written)

HTML = "text/html; charset=utf-8"


class Document(StrEnum):
    """A file to take away."""

    REPORT = "report.html"
    INVENTORY = "inventory.csv"
    INVENTORY_EXCEL = "inventory.xlsx"
    STRATEGY = "strategy.csv"
    STRATEGY_EXCEL = "strategy.xlsx"
    EVERYTHING = "everything.xlsx"


Maker = Callable[[Work, int], bytes]
MADE: dict[Document, tuple[Maker, str]] = {
    Document.INVENTORY: (exports.inventory_csv, exports.CSV),
    Document.INVENTORY_EXCEL: (exports.inventory_excel, exports.EXCEL),
    Document.STRATEGY: (exports.strategy_csv, exports.CSV),
    Document.STRATEGY_EXCEL: (exports.strategy_excel, exports.EXCEL),
    Document.EVERYTHING: (exports.everything_excel, exports.EXCEL),
}
FILE = {"schema": {"type": "string", "format": "binary"}}
FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": dict.fromkeys((HTML, exports.CSV, exports.EXCEL), FILE), "description": "The file"}
}


@router.get("/plans", responses=documented(404))
def list_plans(work: Work, migration_id: NumberInPath, after: After = 0, limit: Limit = 50) -> Page[PlanListed]:
    """List the scenarios by number, a page at a time."""
    found, following = plans.page(work, migration_id, after=after, limit=limit)
    return Page(items=[PlanListed.model_validate(plan) for plan in found], next=following)


@router.post("/plans", responses=STARTS | documented(400, 404, 409))
def make_plan(
    store: Opened, work: Work, by: By, migration_id: NumberInPath, wanted: PlanWanted, response: Response
) -> StartedOut:
    """Plan the waves; a scenario of that name is planned anew. 400 when there is nothing to plan."""
    existing(work, migration_id)
    facts = wanted.model_dump(exclude={"rules"})
    wish = PlanWish(**facts, rules=None if wanted.rules is None else _rules(wanted.rules))
    return started(jobs.start(store, MakePlan(migration_id=migration_id, wish=wish), by), response)


@router.get("/plans/{plan_id}", responses=documented(404))
def read_plan(work: Work, migration_id: NumberInPath, plan_id: NumberInPath) -> PlanOut:
    """Read one scenario: rules, waves with dates, how good it is, what it breaks."""
    return PlanOut.model_validate(plans.view(work, plan_id, migration_id=migration_id))


@router.get("/plans/{plan_id}/placements", responses=documented(404))
def list_placements(
    work: Work,
    migration_id: NumberInPath,
    plan_id: NumberInPath,
    wave: Annotated[int | None, Query(ge=1, le=1_000)] = None,
    text: Search = "",
    after: AfterKey = "",
    limit: Limit = 50,
) -> KeyedPage[PlacementOut]:
    """List where the applications stand, of one wave or of all, by application, a page at a time."""
    lines, following = plans.placements_after(work, migration_id, plan_id, after, wave=wave, text=text, limit=limit)
    return KeyedPage(items=[PlacementOut.model_validate(line) for line in lines], next=following)


@router.get("/reports/{document}", response_class=Response, responses=FILES | documented(404))
def read_report(work: Work, by: By, migration_id: NumberInPath, document: Document) -> Response:
    """Make a file to take away: the report as one page, or tables as CSV and Excel."""
    existing(work, migration_id)
    content, kind = _made(work, by, migration_id, document)
    name = {"Content-Disposition": f'attachment; filename="{document}"'}
    return Response(content, media_type=kind, headers=name)


def _made(work: Work, by: Identity, migration_id: int, document: Document) -> tuple[bytes, str]:
    if document is Document.REPORT:
        return reporting.as_html(reporting.report(work, migration_id, by)), HTML
    make, kind = MADE[document]
    return make(work, migration_id), kind


def _rules(document: dict[str, object]) -> Rules:
    try:
        return Rules.model_validate(document)
    except ValidationError as error:
        places = sorted({".".join(map(str, fault["loc"])) for fault in error.errors()})
        raise BadInput(
            f"These rules cannot be used: see {', '.join(places[:5])}.", hint="Take those of a plan."
        ) from error
