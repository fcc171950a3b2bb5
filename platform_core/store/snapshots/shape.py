"""What a snapshot holds: the columns of an asset with their types, the text that is searched, its findings."""

from __future__ import annotations

import pyarrow as pa
from sqlalchemy import Boolean, Date, Float, Integer
from sqlalchemy.types import TypeEngine

from platform_core.store.columns import Lines
from platform_core.store.models import AssetRow

LEFT_OUT = frozenset({"migration_id", "sources", "origins", "edition", "edits"})
"""What only the database keeps: lineage, and what it needs itself."""

SEARCHED = ("name", "hostname", "fqdn", "application_name", "ip_address", "os_name", "asset_id", "serial_number")
"""Fields of which any may contain the searched text."""

FINDINGS = "findings"
"""Kind and field of each finding about the asset ("conflict:memory_gb"), as lines of one text."""

SEARCH = "search"
"""The searched fields in lower case, as lines of one text."""

ID, KEY, KIND = "id", "key", "kind"


def _arrow_type(stored: TypeEngine[object]) -> pa.DataType:
    for kind, arrow in ((Boolean, pa.bool_()), (Date, pa.date32()), (Float, pa.float64()), (Integer, pa.int64())):
        if isinstance(stored, kind):
            return arrow
    return pa.string()


STORED: dict[str, pa.DataType] = {
    column.key: _arrow_type(column.type) for column in AssetRow.__table__.columns if column.key not in LEFT_OUT
}
"""The columns that are read from the database, in its order, by name."""

COLUMNS = frozenset({*STORED, FINDINGS})
"""What can be shown, filtered, sorted and grouped by."""

LISTS = frozenset({column.key for column in AssetRow.__table__.columns if isinstance(column.type, Lines)} | {FINDINGS})
"""Columns that hold several entries, as lines of one text."""


def quoted(column: str) -> str:
    """Return a column's name as SQL; raises KeyError for anything that is no column of a snapshot."""
    if column not in COLUMNS:
        raise KeyError(column)
    return f'"{column}"'


def is_text(column: str) -> bool:
    """Tell whether a column holds text."""
    return column == FINDINGS or bool(pa.types.is_string(STORED[column]))


def is_number(column: str) -> bool:
    """Tell whether a column holds numbers that can be added up."""
    return (
        column != ID
        and column in STORED
        and (bool(pa.types.is_floating(STORED[column])) or bool(pa.types.is_integer(STORED[column])))
    )


def is_day(column: str) -> bool:
    """Tell whether a column holds days."""
    return column in STORED and bool(pa.types.is_date(STORED[column]))
