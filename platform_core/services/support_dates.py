"""Taking a newer snapshot of end-of-support dates into the reference data, as the terminal asks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from platform_core.errors import BadInput
from platform_core.lifecycle import read_newer, read_snapshot, refresh, write_snapshot
from platform_core.reference import DATA


def refresh_dates(path: Path, as_of: date, into: Path = DATA / "lifecycle" / "eol.json") -> dict[str, Any]:
    """Replace the snapshot `into` by the dates in `path`, taken on the day `as_of`, and return what changed.

    Only products that are in the snapshot already are taken; one that the file lacks keeps its dates and is told under
    `lost_products`. Raises BadInput for a file that is missing, of another
    form, or older than the snapshot; nothing is written then.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", hint="Check the name and the folder.")
    current = read_snapshot(into)
    found = refresh(current, read_newer(path, as_of), current.products)
    if not found.snapshot.products:
        raise BadInput(f"{path.name} holds none of the products in use.", hint="Take the whole list of products.")
    kept = {name: current.products[name] for name in found.lost_products}
    products = dict(sorted((kept | dict(found.snapshot.products)).items()))
    write_snapshot(replace(found.snapshot, products=products), into)
    return {
        "as_of": as_of.isoformat(),
        "products": len(products),
        "counts": dict(Counter(change.kind.value for change in found.changes)),
        "changes": [change.model_dump(mode="json") for change in found.changes],
        "lost_products": list(found.lost_products),
    }


def refresh_lines(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the changes, for a person."""
    yield f"{answer['products']} products as of {answer['as_of']}, {len(answer['changes'])} changes."
    for change in answer["changes"]:
        yield f"{change['product']} {change['cycle']}: {change['text']}"
    if answer["lost_products"]:
        yield f"Not in the file, kept as they were: {', '.join(answer['lost_products'])}"
