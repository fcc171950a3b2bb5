"""Profiles of fields and assets in groups, under the same filter as the table."""

from __future__ import annotations

from platform_core.domain.base import Frozen
from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import AssetFilter
from platform_core.reference import shown_fields
from platform_core.services.inventories import FACETS
from platform_core.services.snapshots import snapshot_of
from platform_core.store import UnitOfWork
from platform_core.store.snapshots import Group, Profile, groups, profile
from platform_core.store.snapshots.shape import COLUMNS

AMOUNTS = frozenset({FieldType.NUMBER, FieldType.INTEGER, FieldType.MONEY})

DAYS = frozenset({FieldType.DATE, FieldType.DATETIME})


class FieldFill(Frozen):
    """How many of the assets that pass a filter have a value in a field."""

    field: str
    label: str
    filled: int
    total: int


def fills(work: UnitOfWork, migration_id: int, wanted: AssetFilter) -> list[FieldFill]:
    """Return for each field of an asset how many of the assets that pass a filter have a value, in catalogue order."""
    with work.reading():
        total, filled = snapshot_of(work, migration_id).fill(wanted)
    return [
        FieldFill(field=field.key, label=field.label, filled=filled[field.key], total=total)
        for field in shown_fields()
        if field.key in filled
    ]


def field_profile(work: UnitOfWork, migration_id: int, field: str, wanted: AssetFilter) -> Profile:
    """Return what a field holds among the assets that pass a filter; raises KeyError for an unknown field."""
    with work.reading():
        return profile(snapshot_of(work, migration_id), field, wanted)


def grouped(
    work: UnitOfWork,
    migration_id: int,
    by: str,
    wanted: AssetFilter,
    *,
    split: str = "",
    amount: str = "",
    average: bool = False,
) -> list[Group]:
    """Return the assets that pass a filter in groups, the largest first; raises KeyError for an unknown field."""
    with work.reading():
        return groups(snapshot_of(work, migration_id), by, wanted, split=split, amount=amount, average=average)


def group_fields() -> tuple[str, ...]:
    """Return the fields to group by: the facets, then every other field whose values several assets share."""
    others = (
        field.key
        for field in shown_fields()
        if field.key in COLUMNS and field.group != "identity" and field.type not in AMOUNTS | DAYS
    )
    return tuple(dict.fromkeys((*FACETS, *others)))


def amount_fields() -> tuple[str, ...]:
    """Return the fields that can be added up."""
    return tuple(field.key for field in shown_fields() if field.key in COLUMNS and field.type in AMOUNTS)
