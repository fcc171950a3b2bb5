"""How well products are found in strings as tools write them, and kinds in rows of mixed lists.

`python -m tests.perf.reading`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from platform_core.lifecycle import all_support_in, load_products, support_of
from platform_core.reference import DATA
from tests.integration.inventory.test_mixed_files import labelled

LIFECYCLE = Path(__file__).parents[1] / "unit" / "lifecycle"


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def products_found() -> Iterator[str]:
    """Yield a line a batch: resolved to product and cycle, with dates, wrong."""
    known = load_products(DATA)
    for name in ("mentions_of_tools.csv", "more_mentions_of_tools.csv"):
        rows = read(LIFECYCLE / name)
        found = [(row, support_of(row["text"], known)) for row in rows]
        right = [s for row, s in found if s and (s.product, s.cycle or "") == (row["product"], row["cycle"])]
        wrong = [
            s for row, s in found if s and (s.product != row["product"] or (s.cycle or row["cycle"]) != row["cycle"])
        ]
        dated = sum(support.has_dates for support in right)
        yield f"{name}: {len(right)} of {len(rows)} resolved, {dated} with dates, {len(wrong)} wrong"
    others = [row["text"] for row in read(LIFECYCLE / "mentions_without_dates.csv")]
    dated = sum(any(support.has_dates for support in all_support_in(text, known)) for text in others)
    yield f"{len(others)} texts that only look like a product: {dated} given dates"


def kinds_found() -> Iterator[str]:
    """Yield how many rows are what they are, and how many machines are told virtual or physical."""
    rows = labelled()
    right = sum(asset is not None and asset.kind == row["truth"] for row, asset in rows)
    yield f"{right} of {len(rows)} mixed rows are of the right kind"
    asked = [
        (asset.values.get("is_virtual"), row["truth virtual"]) for row, asset in rows if asset and row["truth virtual"]
    ]
    agree = sum(value is (said == "yes") for value, said in asked)
    unknown = sum(value is None for value, _ in asked)
    yield f"{agree} of {len(asked)} machines told virtual or physical, {len(asked) - agree - unknown} wrongly"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in (*products_found(), *kinds_found()))
