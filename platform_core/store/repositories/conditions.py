"""Conditions of repair rules in SQL; `inventory.conditions` says the same of an asset in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, literal, not_, select, true, tuple_, type_coerce

from platform_core.domain.asset_decisions import Comparison, Condition
from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import REFUSED
from platform_core.domain.stored_values import LISTS, from_json
from platform_core.reference import catalogue
from platform_core.store.models import AssetRow, IssueRow
from platform_core.store.repositories.assets import column

ORDERS: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.ABOVE: gt,
    Comparison.AT_LEAST: ge,
    Comparison.BELOW: lt,
    Comparison.AT_MOST: le,
}
TEXTS = frozenset({Comparison.STARTS, Comparison.ENDS, Comparison.CONTAINS, Comparison.MADE_OF})


def meets(condition: Condition) -> ColumnElement[bool]:
    """Return the SQL condition; raises KeyError for a field that does not exist."""
    met = _meets(condition)
    if not condition.negate:
        return met
    return and_(column(condition.field).is_not(None), not_(func.coalesce(met, false())))


def _meets(condition: Condition) -> ColumnElement[bool]:
    place, test = column(condition.field), condition.test
    if test is Comparison.EMPTY:
        return place.is_(None)
    if test is Comparison.FILLED:
        return place.is_not(None)
    if condition.other:
        return _beside(place, condition)
    if test is Comparison.REFUSED:
        told = refused(condition.field, str(condition.value))
        return tuple_(AssetRow.migration_id, AssetRow.key).in_(
            select(IssueRow.migration_id, IssueRow.asset_key).where(told)
        )
    if test is Comparison.HAS:
        return _has(place, str(condition.value))
    if test in TEXTS:
        return _text(place, test, str(condition.value).lower())
    return _compared(place, test, condition)


def refused(field: str, text: str) -> ColumnElement[bool]:
    """Return the condition that a finding tells of `text` that it could not be read in `field`."""
    return and_(IssueRow.kind.in_(REFUSED), IssueRow.field == field, IssueRow.raw == text)


def all_met(conditions: Sequence[Condition]) -> ColumnElement[bool]:
    """Return the SQL condition that every one of `conditions` holds."""
    return and_(true(), *(meets(condition) for condition in conditions))


def _compared(place: Any, test: Comparison, condition: Condition) -> ColumnElement[bool]:
    kind = type_of(condition.field)
    several = condition.value if test is Comparison.ONE_OF and isinstance(condition.value, list) else [condition.value]
    wanted = [value for each in several if (value := from_json(each, kind)) is not None]
    if not wanted and test is not Comparison.IS_NOT:
        return false()
    if test in ORDERS:
        found: ColumnElement[bool] = ORDERS[test](place, wanted[0])
        return found
    if test is Comparison.IS_NOT:
        return and_(place.is_not(None), place.not_in(wanted))
    return place.in_(wanted)  # type: ignore[no-any-return]


def type_of(name: str) -> FieldType:
    """Return the type of a field; kind, name and key are texts."""
    return catalogue()[name].type if name in catalogue() else FieldType.STRING


def _beside(place: Any, condition: Condition) -> ColumnElement[bool]:
    other: Any = column(condition.other)
    if condition.test in ORDERS:
        scaled = other if condition.factor == 1.0 else other * condition.factor
        return and_(other.is_not(None), ORDERS[condition.test](place, scaled))
    if type_of(condition.field) in LISTS:
        place, other = type_coerce(place, Text), type_coerce(other, Text)
    return and_(other.is_not(None), place == other if condition.test is Comparison.IS else place != other)


def _has(place: Any, item: str) -> ColumnElement[bool]:
    lines = literal("\n") + type_coerce(place, Text) + literal("\n")
    return lines.contains(f"\n{item}\n", autoescape=True)


def _text(place: Any, test: Comparison, part: str) -> ColumnElement[bool]:
    text = func.lower(cast(place, Text))
    if test is Comparison.STARTS:
        return text.startswith(part, autoescape=True)
    if test is Comparison.ENDS:
        return text.endswith(part, autoescape=True)
    if test is Comparison.MADE_OF:
        return func.trim(text, part) == ""
    return text.contains(part, autoescape=True)
