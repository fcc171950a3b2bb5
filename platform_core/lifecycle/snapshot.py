"""The shipped snapshot of end-of-support dates: its form, how it is read and written, where it comes from."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from platform_core.domain.lifecycle import Milestone
from platform_core.errors import BadInput

ENDOFLIFE_DATE = "endoflife.date (MIT licence)"
_WORDS: dict[str, Milestone] = {"": None, "no": False, "yes": True, "false": False, "true": True, "none": None}


@dataclass(frozen=True, slots=True)
class Cycle:
    """One release cycle of a product and the last days of its phases of support."""

    cycle: str
    label: str
    released: Milestone
    active_end: Milestone
    end: Milestone
    extended_end: Milestone
    source: str


@dataclass(frozen=True, slots=True)
class ProductCycles:
    """A product with its cycles, in the order of the source (newest first)."""

    product: str
    title: str
    category: str
    cycles: tuple[Cycle, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All products known from one source, as it stood on the day `as_of`."""

    as_of: date
    source: str
    products: Mapping[str, ProductCycles]

    def only(self, wanted: Iterable[str]) -> Snapshot:
        """Return the snapshot cut down to the `wanted` products, by name."""
        kept = set(wanted)
        products = {name: self.products[name] for name in sorted(self.products) if name in kept}
        return replace(self, products=products)


def read_snapshot(path: Path) -> Snapshot:
    """Read `eol.json` as written by `write_snapshot`; raises BadInput when it is not of that form."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        products = [_product_of_json(item) for item in raw["products"]]
        return Snapshot(date.fromisoformat(raw["as_of"]), raw["source"], {p.product: p for p in products})
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "The snapshot of end-of-support dates cannot be read.", hint="Take a new one with `lifecycle refresh`."
        ) from error


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write `snapshot` as JSON, one cycle a line, so that a refresh shows as a readable difference."""
    blocks = [_product_as_json(product) for product in snapshot.products.values()]
    head = f'{{"as_of": "{snapshot.as_of}", "source": {json.dumps(snapshot.source)}, "products": [\n'
    path.write_text(head + ",\n".join(blocks) + "\n]}\n", encoding="utf-8")


def snapshot_of_table(path: Path, as_of: date) -> Snapshot:
    """Read a table of dates.

    A CSV with product, title, category, cycle, label, release_date, active_support_end, end_of_life,
    extended_support_end and link. Raises BadInput when a column is missing or a date is odd.
    """
    with path.open(newline="", encoding="utf-8-sig") as handle:
        rows = list(csv.DictReader(handle))
    try:
        return _grouped((_cycle_of_table_row(row) for row in rows), as_of)
    except KeyError as error:
        raise BadInput(f"The table of dates has no column {error.args[0]}.") from error


def snapshot_of_api(path: Path, as_of: date) -> Snapshot:
    """Read what endoflife.date serves as `/api/v1/products/full`; raises BadInput when it is not that."""
    try:
        results = json.loads(path.read_text(encoding="utf-8"))["result"]
        rows = [_cycle_of_api(product, release) for product in results for release in product["releases"]]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("The file is not a product list of endoflife.date.") from error
    return _grouped(rows, as_of)


def milestone(text: str) -> Milestone:
    """Read a date (YYYY-MM-DD), yes/no or nothing; raises BadInput for anything else."""
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise BadInput(f"'{text[:40]}' is not a date of the form YYYY-MM-DD.") from error


_Row = tuple[str, str, str, Cycle]


def _grouped(rows: Iterable[_Row], as_of: date) -> Snapshot:
    products: dict[str, tuple[str, str, list[Cycle]]] = {}
    for product, title, category, cycle in rows:
        products.setdefault(product, (title, category, []))[2].append(cycle)
    grouped = {name: ProductCycles(name, t, c, tuple(cycles)) for name, (t, c, cycles) in sorted(products.items())}
    return Snapshot(as_of, ENDOFLIFE_DATE, grouped)


def _cycle_of_table_row(row: Mapping[str, str]) -> _Row:
    cycle = Cycle(
        row["cycle"],
        row["label"].replace(" '__CODENAME__'", ""),
        milestone(row["release_date"]),
        milestone(row["active_support_end"]),
        milestone(row["end_of_life"]),
        milestone(row["extended_support_end"]),
        row["link"],
    )
    return row["product"], row["title"], row["category"], cycle


def _cycle_of_api(product: Mapping[str, Any], release: Mapping[str, Any]) -> _Row:
    cycle = Cycle(
        release["name"],
        str(release.get("label") or ""),
        milestone(release.get("releaseDate") or ""),
        _api_milestone(release, "Eoas"),
        _api_milestone(release, "Eol"),
        _api_milestone(release, "Eoes"),
        str((release.get("latest") or {}).get("link") or ""),
    )
    return product["name"], product["label"], product["category"], cycle


def _api_milestone(release: Mapping[str, Any], phase: str) -> Milestone:
    day = release.get(f"{phase[0].lower()}{phase[1:]}From")
    if day:
        return milestone(str(day))
    over = release.get(f"is{phase}")
    return over if isinstance(over, bool) else None


def _product_of_json(item: Mapping[str, Any]) -> ProductCycles:
    cycles = tuple(map(_cycle_of_json, item["cycles"]))
    return ProductCycles(item["product"], item["title"], item["category"], cycles)


def _cycle_of_json(parts: list[Any]) -> Cycle:
    name, label, released, active_end, end, extended_end, source = parts
    days = (_milestone_of_json(day) for day in (released, active_end, end, extended_end))
    return cycle_of(name, label, days, source)


def cycle_of(name: str, label: str, days: Iterable[Milestone], source: str) -> Cycle:
    """Build a cycle from its four days: released, end of active, of regular and of extended support."""
    released, active_end, end, extended_end = days
    return Cycle(name, label, released, active_end, end, extended_end, source)


def _milestone_of_json(value: Any) -> Milestone:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _product_as_json(product: ProductCycles) -> str:
    head = json.dumps({"product": product.product, "title": product.title, "category": product.category})
    lines = ",\n".join("  " + json.dumps(_cycle_as_json(cycle)) for cycle in product.cycles)
    return f'{head[:-1]}, "cycles": [\n{lines}]}}'


def _cycle_as_json(cycle: Cycle) -> list[str | bool | None]:
    days = (cycle.released, cycle.active_end, cycle.end, cycle.extended_end)
    dated = [str(day) if isinstance(day, date) else day for day in days]
    return [cycle.cycle, cycle.label, *dated, cycle.source]
