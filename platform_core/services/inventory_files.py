"""The inventory to take away, row by row and never whole in memory: what passes the filter, with every field in use."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO, Any

from platform_core.domain.inventory import AssetFilter
from platform_core.domain.software import SOFTWARE_FIELDS
from platform_core.errors import BadInput
from platform_core.reports import Cell, Sheet, neutral
from platform_core.reports.neutral import in_words
from platform_core.reports.sheets import BOM
from platform_core.services.snapshots import snapshot_of
from platform_core.store import UnitOfWork
from platform_core.store.plain_values import FIELDS
from platform_core.store.snapshots.shape import LISTS

MOST_FOR_EXCEL = 200_000
"""Excel holds 1,048,576 rows, and takes minutes and gigabytes to open so many; CSV has no such limit."""

PACKED_FROM = 50_000
"""From so many assets on, the CSV file is handed out zipped, at about a sixth of its size."""

IN_MEMORY = 16 * 1024 * 1024
LIST_SEPARATOR = "; "
HEAD = ("key", "kind")


def is_packed(total: int) -> bool:
    """Tell whether a CSV file of `total` assets is handed out zipped."""
    return total >= PACKED_FROM


def csv_file(work: UnitOfWork, migration_id: int, wanted: AssetFilter, *, packed: bool) -> IO[bytes]:
    """Return the assets that pass a filter as a CSV file in the order of the imports, zipped when `packed`."""
    target: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller reads and closes it
    with work.reading():
        headers, rows, _ = _rows(work, migration_id, wanted)
    if packed:
        archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        with archive, archive.open("inventory.csv", "w", force_zip64=True) as entry:
            _write_csv(entry, headers, rows)
    else:
        _write_csv(target, headers, rows)
    target.seek(0)
    return target


def stored_sheet(work: UnitOfWork, migration_id: int, wanted: AssetFilter) -> Sheet:
    """Return the assets that pass a filter as a sheet whose rows are read as they are written.

    Call inside an open block of `work`. Raises BadInput when there are more than a workbook should hold.
    """
    headers, rows, total = _rows(work, migration_id, wanted)
    if total > MOST_FOR_EXCEL:
        raise BadInput(
            f"A workbook takes at most {MOST_FOR_EXCEL:,} assets, and these are {total:,}.",
            hint="Take the CSV file, or narrow the inventory down.",
        )
    return Sheet("Inventory", headers, rows)


def _rows(work: UnitOfWork, migration_id: int, wanted: AssetFilter) -> tuple[list[str], Iterator[Sequence[Cell]], int]:
    """Return headers, rows and the number of rows; only fields that one of the assets has are among the columns."""
    snapshot = snapshot_of(work, migration_id)
    total, filled = snapshot.fill(wanted)
    fields = (*FIELDS, *(field.key for field in SOFTWARE_FIELDS))
    headers = [*HEAD, *(field for field in fields if filled[field])]
    lists = [place for place, header in enumerate(headers) if header in LISTS]
    return headers, (_cells(row, lists) for row in snapshot.rows(headers, wanted)), total


def _cells(row: tuple[Any, ...], lists: Sequence[int]) -> Sequence[Cell]:
    cells = list(row)
    for place in lists:
        if cells[place] is not None:
            cells[place] = cells[place].replace("\n", LIST_SEPARATOR)
    return cells


def _write_csv(target: IO[bytes], headers: Sequence[str], rows: Iterator[Sequence[Cell]]) -> None:
    text = io.TextIOWrapper(target, encoding="utf-8", newline="")
    text.write(BOM)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([in_words(neutral(cell)) for cell in row] for row in rows)
    text.flush()
    text.detach()
