"""A first look at a file: what was detected and the first rows, for an instant second try with other choices."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from platform_core.domain.base import silent
from platform_core.domain.reading import Dialect, FileFormat, ReadChoices, ReadLimits
from platform_core.ingest.sources import ALL_DETECTED, DEFAULT_LIMITS, Source, tables_in

Line = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Preview:
    """The beginning of one table: as `read` would read it with the same choices.

    `above` are the lines left out above the header, `rows` the first rows, both as (line, cells); rows that do not fit
    are among them. `accented` are lines with non-ASCII letters from anywhere in a text file, to check the encoding by.
    """

    sheet: str | None
    format: FileFormat
    dialect: Dialect
    headers: tuple[str, ...]
    above: tuple[Line, ...]
    rows: tuple[Line, ...]
    accented: tuple[str, ...]
    notes: tuple[str, ...]


def preview(
    path: Path,
    *,
    name: str,
    limits: ReadLimits = DEFAULT_LIMITS,
    choices: ReadChoices = ALL_DETECTED,
    rows: int = 20,
) -> list[Preview]:
    """Return the first `rows` rows (at most about 500) of each table, detected as `read` detects them; store nothing.

    Raises BadInput as `read` does for everything that shows in the first rows.
    """
    with closing(tables_in(path, name, limits, choices, silent)) as tables:
        return [_preview_of(table, rows) for table in tables if isinstance(table, Source)]


def _preview_of(source: Source, rows: int) -> Preview:
    header = source.layout.header_line
    lines = [(record.line, tuple(record.cells or [record.raw])) for record in source.head if not record.is_blank]
    below = [(record.line, tuple(record.cells)) for record in source.head[source.layout.skipped :] if record.cells]
    first = header if header is not None else below[0][0]
    return Preview(
        sheet=source.sheet,
        format=source.format,
        dialect=source.dialect,
        headers=source.layout.headers,
        above=tuple(line for line in lines if line[0] < first),
        rows=tuple(below[:rows]),
        accented=source.accented,
        notes=(*source.notes, *source.layout.notes),
    )
