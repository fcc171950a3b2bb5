"""Reading a file: every table it holds as Parquet, with the rows that did not fit set aside."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from platform_core.domain.base import Progress, silent
from platform_core.domain.reading import ReadChoices, Reading, ReadLimits
from platform_core.domain.table import Table
from platform_core.errors import Unavailable
from platform_core.ingest import refusals
from platform_core.ingest.sources import ALL_DETECTED, DEFAULT_LIMITS, SkippedSheet, Source, tables_in
from platform_core.ingest.storing import RowSorter


def read(
    path: Path,
    *,
    name: str,
    into: Path,
    limits: ReadLimits = DEFAULT_LIMITS,
    choices: ReadChoices = ALL_DETECTED,
    progress: Progress = silent,
) -> list[Reading]:
    """Read the file at `path` and return one `Reading` per table: one for a text, one for each sheet with a table.

    The rows go to `into`/table-1.parquet, table-2.parquet, … (column `line`, then c0, c1, … as text, exactly as read).
    They appear under these names only when the whole file was read; whatever goes wrong, nothing is left by half.
    `name` is the file's name as uploaded and is only spoken in messages. `progress` may raise `Cancelled`.

    Always: rows read = rows stored + rows quarantined, counted apart and compared.
    Raises BadInput, one sentence and a hint, when the file cannot be accepted; Unavailable when the disk fails.
    """
    try:
        return _read_tables(path, name, into, limits, choices, progress)
    except OSError as error:
        raise Unavailable(
            f"{refusals.spoken(name)} could not be stored.", hint="Check the free space on the disk and try again."
        ) from error


def _read_tables(
    path: Path, name: str, into: Path, limits: ReadLimits, choices: ReadChoices, progress: Progress
) -> list[Reading]:
    into.mkdir(parents=True, exist_ok=True)
    readings: list[Reading] = []
    skipped: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix=".reading-", dir=into) as workplace,
        closing(tables_in(path, name, limits, choices, progress)) as tables,
    ):
        for table in tables:
            if isinstance(table, SkippedSheet):
                skipped.append(f"Sheet {refusals.spoken(table.sheet)} was left out: it holds no table.")
            else:
                target = Path(workplace) / f"table-{len(readings) + 1}.parquet"
                readings.append(_reading(table, target, limits, progress))
        readings = [_published(reading, into) for reading in readings]
    pa.default_memory_pool().release_unused()
    progress(1.0, f"{sum(reading.rows_read for reading in readings):,} rows read")
    return [replace(readings[0], notes=(*readings[0].notes, *skipped)), *readings[1:]]


def _reading(source: Source, target: Path, limits: ReadLimits, progress: Progress) -> Reading:
    """Store one table at `target` and account for all of its rows."""
    sorter = RowSorter(source, limits, progress)
    stored = sorter.store(target)
    quarantine = sorter.quarantine
    if sorter.rows_read != stored + quarantine.count:
        raise refusals.rows_lost(source.where)
    blank = [f"{sorter.blank_inside:,} blank lines between the rows were left out."] if sorter.blank_inside else []
    notes = (*source.notes, *source.layout.notes, *blank, *quarantine.notes(), *source.noticed())
    return Reading(
        sheet=source.sheet,
        format=source.format,
        dialect=source.dialect,
        table=Table(source.layout.headers, target),
        rows_read=sorter.rows_read,
        rows_stored=stored,
        rows_quarantined=quarantine.count,
        quarantine=tuple(quarantine.kept),
        notes=notes,
    )


def _published(reading: Reading, into: Path) -> Reading:
    """Give a finished Parquet file its name."""
    written = reading.table.source
    assert isinstance(written, Path)
    return replace(reading, table=replace(reading.table, source=written.replace(into / written.name)))
