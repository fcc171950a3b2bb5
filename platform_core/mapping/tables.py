"""Reading the CSV tables under `data/mapping`: every row complete, every field known."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from platform_core.domain.catalogue import Catalogue
from platform_core.errors import BadInput


def rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a data table; raises BadInput when the file or one of `columns` is missing."""
    if not path.is_file():
        raise BadInput(f"The mapping table {path.name} is missing.", hint="Reinstall the reference data.")
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        if missing := set(columns) - set(reader.fieldnames or ()):
            raise BadInput(f"The mapping table {path.name} lacks the column {min(missing)}.")
        yield from reader


def known_fields(text: str, catalogue: Catalogue, table: str) -> tuple[str, ...]:
    """Return the field keys in `text` (blank separated); raises BadInput for one the catalogue lacks."""
    keys = tuple(text.split())
    for key in keys:
        if key not in catalogue:
            raise BadInput(f"The mapping table {table} names the unknown field {key}.")
    return keys
