"""What is known of faults: checks, beginnings of fillers, marks of environments in names; data an expert can change."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from platform_core.domain.catalogue import Catalogue
from platform_core.domain.quality import Check
from platform_core.errors import BadInput
from platform_core.inventory.changes import effect
from platform_core.inventory.conditions import predicate

_CHECKS = TypeAdapter(tuple[Check, ...])


@dataclass(frozen=True)
class FaultKnowledge:
    """All that faults are found by; `environment_marks` leads from a part of a host name to an environment."""

    checks: tuple[Check, ...]
    filler_beginnings: tuple[str, ...]
    environment_marks: Mapping[str, str]


def load_faults(data: Path, catalogue: Catalogue) -> FaultKnowledge:
    """Read the tables of faults from the folder `inventory` of the reference data.

    Raises BadInput when a check names a field that does not exist, or a row has no source.
    """
    folder = data / "inventory"
    return FaultKnowledge(
        checks=load_checks(folder / "checks.yaml", catalogue),
        filler_beginnings=tuple(row["beginning"] for row in _rows(folder / "filler_beginnings.csv")),
        environment_marks={row["mark"]: row["environment"] for row in _rows(folder / "environment_marks.csv")},
    )


def load_checks(path: Path, catalogue: Catalogue) -> tuple[Check, ...]:
    """Read the checks of a YAML file and try each on the catalogue; raises BadInput."""
    try:
        checks = _CHECKS.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
        for check in checks:
            for condition in check.conditions:
                predicate(condition, catalogue)
            if check.change is not None:
                effect(check.change, catalogue)
    except (ValidationError, KeyError, yaml.YAMLError) as error:
        raise BadInput(f"{path.name} cannot be used: {error}") from error
    if len({check.key for check in checks}) != len(checks):
        raise BadInput(f"{path.name} lists a check twice.")
    return checks


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    if not all(row["source"] for row in rows):
        raise BadInput(f"{path.name} has a row without a source.")
    return rows
