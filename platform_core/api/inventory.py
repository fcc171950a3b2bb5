"""The inventory of a migration, and the strategy of each application."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from platform_core.api.dependencies import By, Work, existing
from platform_core.api.failures import documented
from platform_core.api.schemas.building_blocks import ANY_TEXT, ONE_LINE, Counted, Limit, NumberInPath, Offset, Search
from platform_core.api.schemas.inventory import (
    ArgumentOut,
    AssetDetailOut,
    AssetOut,
    AssetPage,
    CompletenessOut,
    DistributionOut,
    OverrideGiven,
    StrategyLine,
)
from platform_core.domain.inventory import AssetKind
from platform_core.domain.strategy import Strategy
from platform_core.services import asset_lists, inventories, strategies

router = APIRouter(prefix="/migrations/{migration_id}", tags=["inventory and strategies"])

Key = Annotated[str, Path(min_length=1, max_length=400, pattern=ONE_LINE)]
AfterKey = Annotated[str, Query(max_length=400, pattern=ANY_TEXT, description="`next` of the page before.")]


@router.get("/inventory", responses=documented(404))
def list_assets(
    work: Work, migration_id: NumberInPath, kind: AssetKind | None = None, after: AfterKey = "", limit: Limit = 50
) -> AssetPage:
    """List the assets by key, a page at a time."""
    existing(work, migration_id)
    lines, following = asset_lists.after(work, migration_id, after, kind=kind, limit=limit)
    return AssetPage(items=[AssetOut.model_validate(line) for line in lines], next=following)


@router.get("/inventory/{key:path}", responses=documented(404))
def read_asset(work: Work, migration_id: NumberInPath, key: Key) -> AssetDetailOut:
    """Read everything known about an asset, each value with the file, column and line it came from."""
    return AssetDetailOut.model_validate(inventories.detail(work, migration_id, key))


@router.get("/completeness", responses=documented(404))
def completeness(work: Work, migration_id: NumberInPath) -> list[CompletenessOut]:
    """Tell for each kind and each critical field how many assets have a value."""
    existing(work, migration_id)
    return [CompletenessOut.model_validate(line) for line in inventories.completeness(work, migration_id)]


@router.get("/strategies", responses=documented(404))
def list_strategies(
    work: Work,
    migration_id: NumberInPath,
    strategy: Strategy | None = None,
    text: Search = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Counted[StrategyLine]:
    """List the applications by name with the strategy that counts."""
    existing(work, migration_id)
    lines, total = strategies.page(work, migration_id, text=text, strategy=strategy or "", offset=offset, limit=limit)
    return Counted(items=[StrategyLine.model_validate(line) for line in lines], total=total)


@router.get("/distribution", responses=documented(404))
def distribution(work: Work, migration_id: NumberInPath) -> DistributionOut:
    """Tell how the portfolio splits over the strategies."""
    existing(work, migration_id)
    return DistributionOut.model_validate(strategies.distribution(work, migration_id))


@router.get("/strategies/{key:path}", responses=documented(404))
def read_argument(work: Work, migration_id: NumberInPath, key: Key) -> ArgumentOut:
    """Read why an application got its strategy."""
    return ArgumentOut.model_validate(strategies.argument(work, migration_id, key))


@router.post("/overrides", responses=documented(400, 404, 409))
def override(work: Work, by: By, migration_id: NumberInPath, said: OverrideGiven) -> ArgumentOut:
    """Put a strategy in place of the engine's; it is kept when the engine runs again."""
    key, version = said.subject_key, said.version
    strategies.override(work, migration_id, key, said.strategy, said.reason, by, seen_version=version)
    return ArgumentOut.model_validate(strategies.argument(work, migration_id, key))
