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
_VERSION_WORD = r"[\s,:;(/\-]*(?:version|release|rel\.?|ver\.?|v\.?)?\s*"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way in which a product is written; `means` is the version where the spelling itself fixes it."""

    product: str
    pattern: re.Pattern[str]
    means: str


@dataclass(frozen=True, slots=True)
class SaidVersion:
    """Which cycle a version as people say it stands for; not `exact` = the last of several possible ones."""

    cycle: str
    exact: bool


@dataclass(frozen=True)
class Products:
    """Everything needed to tell a product and its support dates from a text.

    `seen` remembers texts already read, since an inventory repeats the same few hundred.
    """

    as_of: date
    cycles: Mapping[str, ProductCycles]
    spellings: tuple[Spelling, ...]
    said: Mapping[tuple[str, str], SaidVersion]
    source: str
    seen: dict[str, tuple[Support, ...]] = field(default_factory=dict, compare=False, repr=False)

    def is_stale(self, on: date) -> bool:
        """Tell whether the snapshot is so old on the day `on` that its dates should be refreshed."""
        return on - self.as_of > STALE_AFTER


def load_products(data: Path) -> Products:
    """Read `eol.json`, `additions.csv`, `spellings.csv` and `cycles.csv` from `lifecycle` under `data`.

    Raises BadInput when a row names an unknown product or cycle, or a pattern is not a regular expression.
    """
    folder = data / "lifecycle"
    snapshot = read_snapshot(folder / "eol.json")
    cycles = dict(snapshot.products) | _additions(folder / "additions.csv", snapshot)
    spellings = tuple(_spelling(row) for row in _rows(folder / "spellings.csv"))
    said = {
        (r["product"], r["said"]): SaidVersion(r["cycle"], r["exact"] == "yes") for r in _rows(folder / "cycles.csv")
    }
    _check(cycles, spellings, said)
    return Products(snapshot.as_of, cycles, spellings, said, snapshot.source)


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


def _spelling(row: Mapping[str, str]) -> Spelling:
    version = rf"(?:{_VERSION_WORD}(?P<version>{row['versions']})(?![\d]))" if row["versions"] else ""
    optional = "?" if version and row["alone"] == "yes" else ""
    try:
        pattern = re.compile(rf"(?<![\w.])(?:{row['names']})(?!\.?[a-z]){_FILLERS}{version}{optional}")
    except re.error as error:
        raise BadInput(f"The spelling of {row['product']} is not a regular expression.") from error
    return Spelling(row["product"], pattern, row["means"])


def _check(
    cycles: Mapping[str, ProductCycles],
    spellings: tuple[Spelling, ...],
    said: Mapping[tuple[str, str], SaidVersion],
) -> None:
    for spelling in spellings:
        if spelling.product not in cycles:
            raise BadInput(f"A spelling names the product {spelling.product}, of which no cycle is known.")
    for (product, version), meant in said.items():
        if product not in cycles or meant.cycle not in {c.cycle for c in cycles[product].cycles}:
            raise BadInput(f"{product} {version} is said to mean {meant.cycle}, which is not known.")
