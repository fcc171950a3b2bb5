"""Conditions of repair rules as tests of an asset; `store.repositories.conditions` says the same in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from operator import ge, gt, le, lt
from typing import Any

from platform_core.domain.asset_decisions import Comparison, Condition
from platform_core.domain.catalogue import Catalogue, FieldType
from platform_core.domain.inventory import Asset, Value
from platform_core.domain.stored_values import from_json

Predicate = Callable[[Asset], bool]
Get = Callable[[Asset], Value | None]

HEADS: Mapping[str, Get] = {
    "kind": lambda asset: asset.kind.value,
    "name": lambda asset: asset.name,
    "key": lambda asset: asset.key,
}
"""What every asset has beside its fields."""

ORDERS: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.ABOVE: gt,
    Comparison.AT_LEAST: ge,
    Comparison.BELOW: lt,
    Comparison.AT_MOST: le,
}


def predicate(condition: Condition, catalogue: Catalogue) -> Predicate:
    """Return the test that `condition` is; raises KeyError for a field that does not exist."""
    holds, get = _predicate(condition, catalogue), value_of(condition.field)
    return (lambda asset: get(asset) is not None and not holds(asset)) if condition.negate else holds


def _predicate(condition: Condition, catalogue: Catalogue) -> Predicate:
    kind = type_of(condition.field, catalogue)
    get, test, value = value_of(condition.field), condition.test, condition.value
    if test is Comparison.EMPTY:
        return lambda asset: get(asset) is None
    if test is Comparison.FILLED:
        return lambda asset: get(asset) is not None
    if test is Comparison.REFUSED:
        refused = (condition.field, str(value))
        return lambda asset: refused in asset.refused
    if condition.other:
        type_of(condition.other, catalogue)
        return _beside(get, condition)
    if test in ORDERS:
        return _ordered(get, ORDERS[test], from_json(value, kind))
    if test is Comparison.HAS:
        item = str(value)
        return lambda asset: isinstance(found := get(asset), tuple) and item in found
    if test in {Comparison.IS, Comparison.IS_NOT, Comparison.ONE_OF}:
        return _equal(get, test, value, kind)
    return _text(get, test, str(value).lower())


def value_of(name: str) -> Get:
    """Return how to look up a field, kind, name or key of an asset."""
    return HEADS.get(name) or (lambda asset: asset.values.get(name))


def type_of(name: str, catalogue: Catalogue) -> FieldType:
    """Return the type of a field; kind, name and key are texts. Raises KeyError for any other name."""
    return FieldType.STRING if name in HEADS else catalogue[name].type


def _ordered(get: Get, order: Callable[[Any, Any], bool], limit: Value | None) -> Predicate:
    if limit is None:
        return lambda _: False
    return lambda asset: (found := get(asset)) is not None and order(found, limit)


def _beside(get: Get, condition: Condition) -> Predicate:
    """Compare two fields of the same asset; a factor other than 1 makes sense for numbers only."""
    other, factor, order = value_of(condition.other), condition.factor, ORDERS.get(condition.test)

    def holds(asset: Asset) -> bool:
        one, two = get(asset), other(asset)
        if one is None or two is None:
            return False
        if order is None:
            return (one == two) == (condition.test is Comparison.IS)
        if isinstance(one, date) and isinstance(two, date):
            return order(one, two)
        return isinstance(one, int | float) and isinstance(two, int | float) and order(one, two * factor)

    return holds


def _equal(get: Get, test: Comparison, value: Any, kind: FieldType) -> Predicate:
    several = value if test is Comparison.ONE_OF and isinstance(value, list) else [value]
    wanted = frozenset(each for item in several if (each := from_json(item, kind)) is not None)
    if test is Comparison.IS_NOT:
        return lambda asset: (found := get(asset)) is not None and found not in wanted
    return lambda asset: get(asset) in wanted


def _text(get: Get, test: Comparison, part: str) -> Predicate:
    def holds(asset: Asset) -> bool:
        found = get(asset)
        if not isinstance(found, str):
            return False
        text = found.lower()
        if test is Comparison.STARTS:
            return text.startswith(part)
        if test is Comparison.ENDS:
            return text.endswith(part)
        return not text.strip(part) if test is Comparison.MADE_OF else part in text

    return holds
