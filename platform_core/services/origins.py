"""The cell behind a value of the inventory: its text as read, and the rule by which the value came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb

from platform_core.domain.mapping import MappedColumn
from platform_core.domain.table import LINE, column_name
from platform_core.errors import NotFound
from platform_core.inventory import ColumnEvidence, Normalised, normalise
from platform_core.inventory.full_names import FULL_NAME
from platform_core.inventory.virtual import IS_VIRTUAL
from platform_core.reference import catalogue
from platform_core.services.column_questions import telling_texts
from platform_core.services.knowledge import vocabularies
from platform_core.services.mappings import standing
from platform_core.store import UnitOfWork
from platform_core.store.models import ImportRow

READING: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "256MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
PUT_TOGETHER = frozenset({FULL_NAME, IS_VIRTUAL})
"""Fields that get values from columns of others too."""

TOGETHER = "worked out together with other cells of the row"
NO_CELL = "worked out from the row"


@dataclass(frozen=True)
class Origin:
    """A cell: the header of its column, its text as read, the rule in words; no header = no cell of that field."""

    header: str
    text: str
    rule: str


def origins(
    work: UnitOfWork, wanted: Iterable[tuple[int, int, str]], values: Mapping[str, Any], *, proved: bool = True
) -> dict[str, Origin]:
    """Return where the value of each field came from; `wanted` = (import, line, field), `values` as stored.

    Call inside an open block of `work`. Fields of an import that is gone, or its file, are left out. Unless it is to be
    `proved`, a field with one column came from there, and neither its text nor a rule is told: all cells of a column
    tell how it is read.
    """
    by_row: dict[tuple[int, int], list[str]] = defaultdict(list)
    for import_id, line, field in wanted:
        by_row[import_id, line].append(field)
    found: dict[str, Origin] = {}
    for (import_id, line), fields in by_row.items():
        try:
            row = work.imports.look(import_id)
            found |= _of_row(work, row, line, {field: values[field] for field in fields}, proved=proved)
        except NotFound:
            continue
    return found


def _of_row(
    work: UnitOfWork, row: ImportRow, line: int, values: Mapping[str, Any], *, proved: bool
) -> dict[str, Origin]:
    columns = [c for c in standing(work.mappings.look(row.id), undecided=False) if c.field in values]
    found = {} if proved else _told_by_columns(columns)
    left = {field: value for field, value in values.items() if field not in found}
    read = _cells_read(work, row, line, [c for c in columns if c.field in left], proved=proved) if left else []
    return found | {
        field: _origin(value, [each for each in read if each[0].field == field]) for field, value in left.items()
    }


def _told_by_columns(columns: Sequence[MappedColumn]) -> dict[str, Origin]:
    """Return the fields whose values can come from one column only."""
    several = Counter(column.field for column in columns)
    return {c.field: Origin(c.header, "", "") for c in columns if several[c.field] == 1 and c.field not in PUT_TOGETHER}


def refusal(work: UnitOfWork, import_id: int, line: int, field: str) -> Origin | None:
    """Return the cell of a row that could not be read as a field's value, and why; None where its file is gone.

    Call inside an open block of `work`.
    """
    try:
        row = work.imports.get(import_id)
    except NotFound:
        return None
    columns = [c for c in standing(work.mappings.look(row.id), undecided=False) if c.field == field]
    read = _cells_read(work, row, line, columns)
    refused = next(((column, cell) for column, cell in read if cell.finding is not None), None)
    return Origin(refused[0].header, refused[1].text, refused[1].rule) if refused is not None else None


def _origin(value: Any, read: Sequence[tuple[MappedColumn, Normalised]]) -> Origin:
    """Return the cell that says `value`, else the first with a text: others of the row had a part in it then."""
    said = next(((column, cell) for column, cell in read if cell.value == value and value is not None), None)
    if said is not None:
        return Origin(said[0].header, said[1].text, said[1].rule)
    told = next(((column, cell) for column, cell in read if cell.text.strip()), None)
    if told is None:
        return Origin("", "", NO_CELL)
    return Origin(told[0].header, told[1].text, TOGETHER)


def _cells_read(
    work: UnitOfWork, row: ImportRow, line: int, columns: Sequence[MappedColumn], *, proved: bool = True
) -> list[tuple[MappedColumn, Normalised]]:
    """Return the cells of a row in some columns, and what each becomes; unless `proved` only for fields of several."""
    several = Counter(column.field for column in columns)
    with work.files.local(row.table) as parquet:
        cells = _cells(parquet, line, columns)
        return [
            (c, _read(row.table, str(parquet), c, cells[c.position]))
            if proved or several[c.field] > 1
            else (c, Normalised(cells[c.position], None, None, ""))
            for c in columns
            if c.position in cells
        ]


def _cells(parquet: Path, line: int, columns: Sequence[MappedColumn]) -> dict[int, str]:
    """Return the texts of one row by position, {} where there is none.

    DuckDB passes over what lies before the row; Arrow would make values of all rows of its group, in thrice the time.
    """
    places = sorted({column.position for column in columns})
    named = ", ".join(map(column_name, places)) or "NULL"
    sql = f"SELECT {named} FROM read_parquet(?) WHERE {LINE} = ?"  # noqa: S608 - names of our own tables' columns
    found = _tables().cursor().execute(sql, [str(parquet), line]).fetchone()
    return {place: text or "" for place, text in zip(places, found, strict=False)} if found else {}


@cache
def _tables() -> duckdb.DuckDBPyConnection:
    """Return a database without anything in it, to read tables by."""
    return duckdb.connect(":memory:", config=READING)


def _read(key: str, parquet: str, column: MappedColumn, text: str) -> Normalised:
    return normalise(text, catalogue()[column.field], column, _evidence(key, parquet, column), vocabularies())


@lru_cache(maxsize=1024)
def _evidence(_key: str, parquet: str, column: MappedColumn) -> ColumnEvidence:
    """Return what the cells of a column say of their notation; tables never change under their key."""
    target = catalogue()[column.field]
    evidence = ColumnEvidence.of(target)
    for text in telling_texts(Path(parquet), column.position, target):
        evidence.note(text, target)
    return evidence
