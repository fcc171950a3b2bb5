"""What is known of the software that assets run: the columns that tell it, beside those that an import fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_core.domain.catalogue import Field, FieldType

GROUP = "software"


def _field(key: str, label: str, kind: FieldType, description: str) -> Field:
    return Field(key=key, label=label, group=GROUP, type=kind, unit="", critical_for=(), description=description)


SUPPORT = "support"
"""The column of the worst phase of support among the products of an asset; it depends on the day it is asked for."""

SOFTWARE_FIELDS = (
    _field(SUPPORT, "Support", FieldType.CATEGORY, "The worst phase of support among the products it names"),
    _field("support_until", "Support Until", FieldType.DATE, "The first end of regular support of its products"),
    _field("os_product", "OS Product", FieldType.STRING, "The operating system, whatever its spelling and version"),
    _field("database_product", "Database Product", FieldType.LIST, "The databases it names"),
    _field("middleware", "Middleware", FieldType.LIST, "The application servers and integration software it names"),
    _field("technology", "Technology", FieldType.LIST, "All products it names, whatever their spelling and version"),
    _field("software_vendor", "Software Vendor", FieldType.LIST, "Who makes these products"),
    _field("software_category", "Software Category", FieldType.LIST, "What these products are"),
)

PHASES = ("support_maintenance_on", "support_extended_on", "support_ended_on", "support_is_known")
"""Beside them: the days from which one of the products is in each phase (None = never), and whether a phase is known.

`support_is_known` is None where the asset names no software at all.
"""

TOLD = (*(field.key for field in SOFTWARE_FIELDS if field.key != SUPPORT), *PHASES)
"""What a reader tells of each asset; lists as lines of one text."""


@dataclass(frozen=True)
class SoftwareReader:
    """Tells of many assets what they run.

    `read` takes columns of assets by name, lists as lines of one text, and gives the columns `TOLD` in the same order
    of rows, lists as lines too. `mark` names the tables it reads by: another mark may tell something else.
    """

    mark: str
    read: Callable[[Mapping[str, Sequence[Any]]], Mapping[str, Sequence[Any]]]
