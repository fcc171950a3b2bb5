"""What is known about products: their cycles, how people spell them, which cycle a version stands for."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from platform_core.domain.lifecycle import Support
from platform_core.errors import BadInput
from platform_core.lifecycle.snapshot import Cycle, ProductCycles, Snapshot, cycle_of, milestone, read_snapshot

STALE_AFTER = timedelta(days=180)
"""After this time support dates ought to be taken anew: makers publish new ones about twice a year."""

_FILLERS = (
    r"(?:[\s,:;()\-]*(?:server|gnu/linux|linux|for sap applications|for sap|enterprise|standard|datacenter|"
    r"data center|developer|express|community|professional|advanced|essentials|core|edition|editions|lts|x64|x86|"
    r"64-bit|32-bit|64bit|esm|update))*"
)
_VERSION_WORD = r"[\s,:;(/\-]*(?:(?:version|release|rel\.?|ver\.?)[\s:]*)?(?:v[.=]?)?\s*"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way in which a product is written; `means` is the version where the spelling itself fixes it.

    Without a `product` it is that of something else, which only looks like one of ours ("SQL Server Native Client").
    `is_hint` = it counts only where the text names no operating system otherwise (a kernel's release).
    """

    product: str
    pattern: re.Pattern[str]
    means: str
    is_hint: bool = False


@dataclass(frozen=True, slots=True)
class SaidVersion:
    """Which cycle a version as people say it stands for; not `exact` = the last of several possible ones."""

    cycle: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Build:
    """From build `first` on of a `family` ("11.0") the product is of this cycle, until a later row says otherwise."""

    family: str
    first: int
    cycle: str


@dataclass(frozen=True)
class Products:
    """Everything needed to tell a product and its support dates from a text.

    `seen` remembers texts already read, since an inventory repeats the same few hundred.
    """

    as_of: date
    cycles: Mapping[str, ProductCycles]
    spellings: tuple[Spelling, ...]
    said: Mapping[tuple[str, str], SaidVersion]
    builds: Mapping[str, tuple[Build, ...]]
    source: str
    seen: dict[str, tuple[Support, ...]] = field(default_factory=dict, compare=False, repr=False)

    def is_stale(self, on: date) -> bool:
        """Tell whether the snapshot is so old on the day `on` that its dates should be refreshed."""
        return on - self.as_of > STALE_AFTER


def load_products(data: Path) -> Products:
    """Read the snapshot and our own tables from `lifecycle` under `data` (their README says what each holds).

    Raises BadInput when a row names an unknown product or cycle, or a pattern is not a regular expression.
    """
    folder = data / "lifecycle"
    snapshot = read_snapshot(folder / "eol.json")
    cycles = dict(snapshot.products) | _additions(folder / "additions.csv", snapshot)
    rows = [*_rows(folder / "spellings.csv"), *map(_other, _rows(folder / "others.csv"))]
    spellings = tuple(map(_spelling, rows))
    said = {
        (r["product"], r["said"]): SaidVersion(r["cycle"], r["exact"] == "yes") for r in _rows(folder / "cycles.csv")
    }
    builds = _builds(folder / "builds.csv")
    _check(cycles, spellings, said, builds)
    return Products(snapshot.as_of, cycles, spellings, said, builds, snapshot.source)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _additions(path: Path, snapshot: Snapshot) -> dict[str, ProductCycles]:
    """Return the hand-kept products; a product of the snapshot cannot be overwritten here."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in _rows(path):
        if row["product"] in snapshot.products:
            raise BadInput(f"The added product {row['product']} is in the snapshot already.")
        found.setdefault(row["product"], []).append(row)
    return {
        name: ProductCycles(name, rows[0]["title"], rows[0]["category"], tuple(map(_added_cycle, rows)))
        for name, rows in found.items()
    }


def _added_cycle(row: Mapping[str, str]) -> Cycle:
    days = (milestone(row[key]) for key in ("released", "active_end", "end", "extended_end"))
    return cycle_of(row["cycle"], row["label"], days, row["source"])


def _builds(path: Path) -> dict[str, tuple[Build, ...]]:
    found: dict[str, list[Build]] = {}
    for row in _rows(path):
        found.setdefault(row["product"], []).append(Build(row["family"], int(row["first"]), row["cycle"]))
    return {product: tuple(sorted(builds, key=lambda build: build.first)) for product, builds in found.items()}


def _other(row: Mapping[str, str]) -> dict[str, str]:
    return {"product": "", "names": row["names"], "versions": "", "means": "", "alone": "yes"}


def _spelling(row: Mapping[str, str]) -> Spelling:
    version = rf"(?:{_VERSION_WORD}(?P<version>{row['versions']})(?![\d]))" if row["versions"] else ""
    optional = "?" if version and row["alone"] == "yes" else ""
    try:
        pattern = re.compile(rf"(?<![\w.])(?:{row['names']})(?!\.?[a-z]){_FILLERS}{version}{optional}")
    except re.error as error:
        raise BadInput(f"The spelling of {row['product']} is not a regular expression.") from error
    return Spelling(row["product"], pattern, row["means"], row["alone"] == "only")


def _check(
    cycles: Mapping[str, ProductCycles],
    spellings: tuple[Spelling, ...],
    said: Mapping[tuple[str, str], SaidVersion],
    builds: Mapping[str, tuple[Build, ...]],
) -> None:
    for spelling in spellings:
        if spelling.product and spelling.product not in cycles:
            raise BadInput(f"A spelling names the product {spelling.product}, of which no cycle is known.")
    meanings = [(product, version, meant.cycle) for (product, version), meant in said.items()]
    meanings += [(product, build.family, build.cycle) for product, rows in builds.items() for build in rows]
    for product, version, cycle in meanings:
        if product not in cycles or cycle not in {c.cycle for c in cycles[product].cycles}:
            raise BadInput(f"{product} {version} is said to mean {cycle}, which is not known.")
