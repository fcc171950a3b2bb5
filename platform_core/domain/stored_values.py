"""Normalised values as JSON, and back by the type of their field."""

from __future__ import annotations

from datetime import date

from pydantic import JsonValue

from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import Value

LISTS = frozenset({FieldType.LIST, FieldType.IP})
DAYS = frozenset({FieldType.DATE, FieldType.DATETIME})
AMOUNTS = frozenset({FieldType.NUMBER, FieldType.MONEY})


def as_json(value: Value | None) -> JsonValue:
    """Return a value as JSON: days as YYYY-MM-DD, lists as arrays."""
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def from_json(value: JsonValue, kind: FieldType) -> Value | None:
    """Return the value of a field of type `kind`, None where it is no such value."""
    if value is None:
        return None
    if kind in LISTS:
        return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
    if kind in DAYS:
        return _day(value)
    if kind is FieldType.BOOLEAN:
        return value if isinstance(value, bool) else None
    if isinstance(value, bool | list | dict):
        return None
    if kind in AMOUNTS:
        return float(value) if isinstance(value, int | float) else None
    if kind is FieldType.INTEGER:
        return int(value) if isinstance(value, int | float) and float(value).is_integer() else None
    return str(value)


def _day(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
