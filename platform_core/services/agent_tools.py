"""Look-ups for agents that answer an analyst's question: figures and catalogue entries, never cells.

They read and change nothing, and they are bound to consultations only: no task that reads cells ever has tools.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from platform_core.agents.tools import LookUp
from platform_core.domain.identity import Identity
from platform_core.errors import NotFound
from platform_core.reference import catalogue
from platform_core.services import plans, strategies
from platform_core.services.field_mapping_tool import (
    AnalyzeDataColumns,
    DataColumnsAnalysis,
    FieldMapping,
    FieldMappingTool,
    QueryFieldMapping,
)
from platform_core.services.snapshots import snapshot_of
from platform_core.store import Store


class _Nothing(BaseModel):
    """No arguments."""

    model_config = ConfigDict(extra="forbid")


class _FieldKey(BaseModel):
    """Which field of the catalogue."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=60, description="key of a canonical field, such as memory_gb")


def look_ups(store: Store, migration_id: int, by: Identity) -> tuple[LookUp, ...]:
    """Return the look-ups on a migration; the field mapping tool without its part that teaches."""
    mapping = FieldMappingTool(store.unit_of_work(), migration_id, by)
    return (
        LookUp(
            "query_field_mapping",
            "Which canonical field a column header means, with alternatives.",
            QueryFieldMapping,
            lambda asked: _meant(mapping.query_field_mapping(QueryFieldMapping.model_validate(asked))),
        ),
        LookUp(
            "analyze_data_columns",
            "Which fields the columns of a file mean, and which critical ones are missing.",
            AnalyzeDataColumns,
            lambda asked: _analysed(mapping.analyze_data_columns(AnalyzeDataColumns.model_validate(asked))),
        ),
        LookUp(
            "inventory_figures",
            "How many assets of each kind, applications and dependencies this migration holds.",
            _Nothing,
            lambda _: _inventory(store, migration_id),
        ),
        LookUp(
            "strategy_figures",
            "How many applications each migration strategy is recommended for, and how many recommendations are close.",
            _Nothing,
            lambda _: _strategies(store, migration_id),
        ),
        LookUp(
            "plan_figures",
            "The wave plans of this migration with their waves, load and severed share of dependencies.",
            _Nothing,
            lambda _: _plans(store, migration_id),
        ),
        LookUp("field_meaning", "What a canonical field of the catalogue means, its type and unit.", _FieldKey, _field),
    )


def _meant(found: FieldMapping) -> str:
    """Return an answer without the reasons, which name analysts and cells."""
    return _text(found.model_dump(mode="json", exclude={"reasons"}))


def _analysed(found: DataColumnsAnalysis) -> str:
    short = {"header", "field", "confidence", "band"}
    told = found.model_dump(mode="json", exclude={"mappings"})
    return _text({**told, "mappings": [each.model_dump(mode="json", include=short) for each in found.mappings]})


def _inventory(store: Store, migration_id: int) -> str:
    work = store.unit_of_work()
    with work.reading():
        kinds = snapshot_of(work, migration_id).kinds()
        every, unresolved = work.dependencies.counts(migration_id)
    return _text(
        {
            "assets": {str(kind): number for kind, number in kinds.items()},
            "dependencies": every,
            "dependencies_to_unknown": unresolved,
        }
    )


def _strategies(store: Store, migration_id: int) -> str:
    found = strategies.distribution(store.unit_of_work(), migration_id)
    return _text(
        {"applications": found.applications, "close_calls": found.within_noise, "overridden": found.overridden}
    )


def _plans(store: Store, migration_id: int) -> str:
    work = store.unit_of_work()
    with work.reading():
        views = [plans.view(work, number) for number, _ in plans.listed(work, migration_id)]
    told = [
        {
            "plan": place,
            "waves": [{"wave": wave.number, "assets": wave.assets, "load": wave.load} for wave in view.waves],
            "severed_share": view.metrics.cut_share if view.metrics else None,
            "rules_broken": len(view.violations),
            "outdated": view.stale,
        }
        for place, view in enumerate(views, start=1)
    ]
    return _text({"plans": told})


def _field(asked: BaseModel) -> str:
    key = getattr(asked, "key", "")
    if key not in catalogue():
        raise NotFound("There is no field of that key.")
    field = catalogue()[key]
    return _text(field.model_dump(mode="json", exclude={"critical_for"}))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
