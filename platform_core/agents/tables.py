"""The tables in data/agents, each row with its source."""

from __future__ import annotations

import csv
from pathlib import Path

from platform_core.errors import BadInput


def rows_of(path: Path, *columns: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file that must have exactly `columns`, all filled.

    Raises BadInput when the file is missing or a row lacks something.
    """
    if not path.is_file():
        raise BadInput(f"The agents' table {path.name} is missing.", hint="Reinstall the reference data.")
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    if tuple(reader.fieldnames or ()) != columns:
        raise BadInput(f"{path.name} must have the columns {', '.join(columns)}.")
    for line, row in enumerate(rows, start=2):
        if None in row or not all(row.values()):
            raise BadInput(f"Line {line} of {path.name} is incomplete or names no source.")
    return rows
