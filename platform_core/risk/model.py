"""What the risk engine goes by: drivers, mitigations, bands and effort factors, all of it data."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from platform_core.domain.conditions import Condition, Reading, condition_of
from platform_core.domain.risk import Mitigation, RiskAxis, RiskBand
from platform_core.domain.strategy import Strategy
from platform_core.errors import BadInput

_UNKNOWN = "unknown"
_UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a driver: so many points when the condition holds; without a condition, when nothing is known."""

    condition: Condition | None
    points: float
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Driver:
    """A named reason for risk, judged by the facts in `keys`; the strongest step that holds counts."""

    name: str
    axis: RiskAxis
    keys: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class EffortFactors:
    """The factors of the effort estimate; see `data/risk/scales.yaml`."""

    base: Mapping[Strategy | None, float]
    servers_exponent: float
    database_present: float
    database_each_further: float
    database_sizes: tuple[tuple[float, float], ...]
    database_most: float
    interface_each: float
    interface_most: float
    compliance: float
    confidential: frozenset[str]
    tiers: Mapping[str, float]


@dataclass(frozen=True)
class Drivers:
    """Everything a risk assessment and an effort estimate depend on besides the facts."""

    drivers: tuple[Driver, ...]
    mitigations: tuple[Mitigation, ...]
    bands: Mapping[RiskBand, float]
    effort: EffortFactors


def keys_of(drivers: Drivers) -> frozenset[str]:
    """Return the keys of all facts that drivers are judged by."""
    return frozenset(key for driver in drivers.drivers for key in driver.keys)


def load_drivers(data: Path) -> Drivers:
    """Read drivers.csv, mitigations.csv and scales.yaml from `risk` under `data`.

    Raises BadInput when a row lacks a source, states an unknown test, or a mitigation lowers an unknown driver.
    """
    try:
        return _read(data / "risk")
    except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise BadInput("The risk drivers are incomplete or not of their form.") from error


def _read(folder: Path) -> Drivers:
    drivers = _drivers(_rows(folder / "drivers.csv"))
    mitigations = tuple(
        _mitigation(row, {driver.name for driver in drivers}) for row in _rows(folder / "mitigations.csv")
    )
    scales = yaml.safe_load((folder / "scales.yaml").read_text(encoding="utf-8"))
    bands = {RiskBand(name): float(highest) for name, highest in scales["bands"].items()}
    return Drivers(drivers, mitigations, bands, _effort(scales["effort"]))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values() or not row["source"]:
            raise BadInput(f"Line {line} of {path.name} is incomplete or names no source.")
    return rows


def _drivers(rows: list[dict[str, str]]) -> tuple[Driver, ...]:
    by_name: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_name.setdefault(row["driver"], []).append(row)
    return tuple(
        Driver(name, RiskAxis(steps[0]["axis"]), tuple(steps[0]["keys"].split("|")), tuple(map(_step, steps)))
        for name, steps in by_name.items()
    )


def _step(row: Mapping[str, str]) -> Step:
    known = row["test"] != _UNKNOWN
    condition = condition_of(Reading(row["reading"]), row["test"], row["argument"]) if known else None
    return Step(condition, float(row["points"]), row["text"], row["source"])


def _mitigation(row: Mapping[str, str], names: set[str]) -> Mitigation:
    lowers = tuple(row["lowers"].split(";"))
    if not names.issuperset(lowers):
        raise BadInput(f"The mitigation '{row['mitigation']}' lowers a driver that does not exist.")
    return Mitigation(name=row["mitigation"], text=row["text"], lowers=lowers, points=float(row["points"]))


def _effort(item: Mapping[str, Any]) -> EffortFactors:
    base = {None if name == _UNDECIDED else Strategy(name): float(points) for name, points in item["base"].items()}
    if base.keys() != {None, *Strategy}:
        raise BadInput("The effort factors must give a base for each strategy and one for undecided.")
    return EffortFactors(
        base=base,
        servers_exponent=float(item["servers_exponent"]),
        database_present=float(item["database"]["present"]),
        database_each_further=float(item["database"]["each_further"]),
        database_sizes=tuple((float(size), float(extra)) for size, extra in item["database"]["sizes"]),
        database_most=float(item["database"]["most"]),
        interface_each=float(item["interfaces"]["each"]),
        interface_most=float(item["interfaces"]["most"]),
        compliance=float(item["compliance"]),
        confidential=frozenset(item["confidential"]),
        tiers={tier: float(points) for tier, points in item["tiers"].items()},
    )
