"""The inventory of a migration, and the strategy of each application."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from platform_core.api.answers import Written
from platform_core.api.dependencies import By, Work, existing
from platform_core.api.failures import documented
from platform_core.api.schemas.building_blocks import ONE_LINE, AfterKey, KeyedPage, Limit, NumberInPath, Search
from platform_core.api.schemas.inventory import (
    FILTERS,
    ArgumentOut,
    AssetDetailOut,
    AssetOut,
    AssetsWanted,
    CompletenessOut,
    DistributionOut,
    OverrideGiven,
    StrategyLine,
)
from platform_core.domain.inventory import AssetFilter
from platform_core.domain.strategy import Strategy
from platform_core.services import asset_lists, inventories, strategies

router = APIRouter(prefix="/migrations/{migration_id}", tags=["inventory and strategies"], route_class=Written)

Key = Annotated[str, Path(min_length=1, max_length=400, pattern=ONE_LINE)]


@router.get("/inventory", responses=documented(400, 404))
def list_assets(
    work: Work, migration_id: NumberInPath, wanted: Annotated[AssetsWanted, Query()]
) -> KeyedPage[AssetOut]:
    """List the assets that pass every filter named, by key or as they are to be sorted, a page at a time.

    Texts are sorted by code points, assets without a value come last. `next` belongs to one filter and order.
    """
    chosen = wanted.model_dump(include=set(FILTERS))
    only = AssetFilter.of(text=wanted.text, sort=wanted.sort, descending=wanted.descending, **chosen)
    lines, following = asset_lists.page(work, migration_id, only, after=wanted.after, limit=wanted.limit)
    return KeyedPage(items=[AssetOut.model_validate(line) for line in lines], next=following)


@router.get("/inventory/{key:path}", responses=documented(404))
def read_asset(work: Work, migration_id: NumberInPath, key: Key) -> AssetDetailOut:
    """Read everything known about an asset, each value with the file, column and line it came from."""
    return AssetDetailOut.model_validate(inventories.detail(work, migration_id, key, proved=False))


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
    after: AfterKey = "",
    limit: Limit = 50,
) -> KeyedPage[StrategyLine]:
    """List the applications by key, a page at a time, with the strategy that counts."""
    lines, following = strategies.after(work, migration_id, after, text=text, strategy=strategy or "", limit=limit)
    return KeyedPage(items=[StrategyLine.model_validate(line) for line in lines], next=following)


@router.get("/distribution", responses=documented(404))
def distribution(work: Work, migration_id: NumberInPath) -> DistributionOut:
    """Tell how the portfolio splits over the strategies."""
    existing(work, migration_id)
    return DistributionOut.model_validate(strategies.distribution(work, migration_id))


@router.get("/strategies/{key:path}", responses=documented(404))
def read_argument(work: Work, migration_id: NumberInPath, key: Key) -> ArgumentOut:
    """Read why an application got its strategy."""
    return ArgumentOut.model_validate(strategies.argument(work, migration_id, key, tried=False))


@router.post("/overrides", responses=documented(400, 404, 409))
def override(work: Work, by: By, migration_id: NumberInPath, said: OverrideGiven) -> ArgumentOut:
    """Put a strategy in place of the engine's; it is kept when the engine runs again."""
    key, version = said.subject_key, said.version
    strategies.override(work, migration_id, key, said.strategy, said.reason, by, seen_version=version)
    return ArgumentOut.model_validate(strategies.argument(work, migration_id, key, tried=False))
