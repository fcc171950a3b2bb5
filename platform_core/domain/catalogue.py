"""The canonical fields an inventory column can be mapped to."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from platform_core.domain.base import Frozen
from platform_core.errors import BadInput


class FieldType(StrEnum):
    """How the values of a field are to be read."""

    STRING = "string"
    TEXT = "text"
    CATEGORY = "category"
    LIST = "list"
    PERSON = "person"
    NUMBER = "number"
    INTEGER = "integer"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    IP = "ip"


class Field(Frozen):
    """One canonical field: `unit` is the unit values are stored in ("" = none)."""

    key: str
    label: str
    group: str
    type: FieldType
    unit: str
    critical_for: tuple[str, ...]
    description: str


class Catalogue:
    """All canonical fields in their fixed order, by key."""

    def __init__(self, fields: list[Field]) -> None:
        self._fields = {field.key: field for field in fields}
        if len(self._fields) != len(fields):
            raise BadInput("The field catalogue lists a key twice.")

    @classmethod
    def load(cls, path: Path) -> Catalogue:
        """Read the catalogue from `data/fields.csv` (key, label, group, type, unit, critical_for, description)."""
        with path.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        return cls([_field(row) for row in rows])

    def __iter__(self) -> Iterator[Field]:
        """Iterate over the fields in catalogue order."""
        return iter(self._fields.values())

    def __contains__(self, key: object) -> bool:
        """Tell whether `key` is a canonical field."""
        return key in self._fields

    def __getitem__(self, key: str) -> Field:
        """Return the field `key`; raises KeyError."""
        return self._fields[key]

    def __len__(self) -> int:
        """Return the number of fields."""
        return len(self._fields)

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys in catalogue order."""
        return tuple(self._fields)

    def critical_for(self, asset_type: str) -> tuple[str, ...]:
        """Return the keys that migration planning cannot do without for `asset_type`."""
        return tuple(field.key for field in self if asset_type in field.critical_for)


def _field(row: dict[str, str]) -> Field:
    return Field(
        key=row["key"],
        label=row["label"],
        group=row["group"],
        type=FieldType(row["type"]),
        unit=row["unit"],
        critical_for=tuple(part for part in row["critical_for"].split(";") if part),
        description=row["description"],
    )
