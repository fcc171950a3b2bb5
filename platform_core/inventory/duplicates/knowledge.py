"""What is known of names, fillers, systems and weights before the first asset is read."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_core.errors import BadInput
from platform_core.inventory.duplicates.host_names import Code, load_codes
from platform_core.inventory.duplicates.systems import Systems, load_systems
from platform_core.inventory.vocabularies import Vocabularies

NAMELESS = frozenset(("localhost", "localhost.localdomain", "unknown", "n/a", "none", "host", "server", "test", "new"))
"""Names that name no machine."""

START = ""
"""The field under which the starting weight stands."""


@dataclass(frozen=True)
class Level:
    """What a comparison of one field can come to: its weight in logits and the words for it.

    `text` may hold {first}, {second}, {value} and {count}.
    """

    name: str
    weight: float
    text: str


@dataclass(frozen=True)
class Knowledge:
    """Reference data of the duplicates room, checked at loading. `levels` are by field, then by name."""

    codes: Mapping[str, Code]
    systems: Systems
    fillers: frozenset[str]
    nameless: frozenset[str]
    levels: Mapping[str, Mapping[str, Level]]


def load_duplicate_knowledge(data: Path, vocabularies: Vocabularies) -> Knowledge:
    """Read the tables of names, systems and weights below `data`; raises BadInput on a table with a row twice."""
    fillers = vocabularies.fillers_of("serial_number") | vocabularies.fillers_of("asset_tag")
    return Knowledge(load_codes(data), load_systems(data), fillers, NAMELESS, _levels(data))


def _levels(data: Path) -> dict[str, dict[str, Level]]:
    with (data / "inventory" / "duplicate_evidence.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    levels: dict[str, dict[str, Level]] = {}
    for row in rows:
        of_field = levels.setdefault(row["field"], {})
        if row["level"] in of_field or not row["source"]:
            raise BadInput(f"The evidence {row['field']} {row['level']} is listed twice or has no source.")
        of_field[row["level"]] = Level(row["level"], float(row["weight"]), row["text"])
    return levels
