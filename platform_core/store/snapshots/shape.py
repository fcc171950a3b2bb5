"""What a snapshot holds: the columns of an asset with their types, its software, its findings, what is searched."""

from __future__ import annotations

import pyarrow as pa
from sqlalchemy import Boolean, Date, Float, Integer
from sqlalchemy.types import TypeEngine

from platform_core.domain.catalogue import FieldType
from platform_core.domain.lifecycle import SupportStatus
from platform_core.domain.software import PHASES, SOFTWARE_FIELDS, SUPPORT
from platform_core.reference import catalogue
from platform_core.store.columns import Lines
from platform_core.store.models import AssetRow
from platform_core.store.snapshots.ordering import PLACE

LEFT_OUT = frozenset({"migration_id", "sources", "origins", "edition", "edits"})
"""What only the database keeps: lineage, and what it needs itself."""

SEARCHED = ("name", "hostname", "fqdn", "application_name", "ip_address", "os_name", "asset_id", "serial_number")
"""Fields of which any may contain the searched text."""

FINDINGS = "findings"
"""Kind and field of each finding about the asset ("conflict:memory_gb"), as lines of one text."""

SEARCH = "search"
"""The searched fields in lower case, as lines of one text."""

ID, KEY, KIND = "id", "key", "kind"

WORST_FIRST = (
    SupportStatus.ENDED,
    SupportStatus.EXTENDED,
    SupportStatus.MAINTENANCE,
    SupportStatus.ACTIVE,
    SupportStatus.UNKNOWN,
)


def _arrow_type(stored: TypeEngine[object]) -> pa.DataType:
    for kind, arrow in ((Boolean, pa.bool_()), (Date, pa.date32()), (Float, pa.float64()), (Integer, pa.int64())):
        if isinstance(stored, kind):
            return arrow
    return pa.string()


STORED: dict[str, pa.DataType] = {
    column.key: _arrow_type(column.type) for column in AssetRow.__table__.columns if column.key not in LEFT_OUT
}
"""The columns that are read from the database, in its order, by name."""

SOFTWARE: dict[str, pa.DataType] = {
    field.key: pa.date32() if field.type is FieldType.DATE else pa.string()
    for field in SOFTWARE_FIELDS
    if field.key != SUPPORT
}
"""What the assets run, as a reader of software told it."""

SUPPORT_PHASES: dict[str, pa.DataType] = {name: pa.date32() for name in PHASES[:-1]} | {PHASES[-1]: pa.bool_()}
"""From when on the software of an asset is in which phase of support."""

SUPPORT_PLACES = {phase: 2 * at + 1 for at, phase in enumerate(WORST_FIRST)}
"""The places in the order of support."""

COLUMNS = frozenset({*STORED, *SOFTWARE, SUPPORT, FINDINGS})
"""What can be shown, filtered and grouped by."""

PLACED = ("name", KIND, *(name for name in (*catalogue().keys, *SOFTWARE) if name in STORED or name in SOFTWARE))
"""Columns with a place for each value; the assets can be ordered by them and by the phase of support."""

SCHEMA = pa.schema(
    [
        *STORED.items(),
        (FINDINGS, pa.string()),
        (SEARCH, pa.string()),
        *SOFTWARE.items(),
        *SUPPORT_PHASES.items(),
        *((f"{name}#", PLACE) for name in PLACED),
    ]
)

LISTS = frozenset(
    {
        FINDINGS,
        *(column.key for column in AssetRow.__table__.columns if isinstance(column.type, Lines)),
        *(field.key for field in SOFTWARE_FIELDS if field.type is FieldType.LIST),
    }
)
"""Columns that hold several entries, as lines of one text."""


def quoted(column: str) -> str:
    """Return a column's name as SQL; raises KeyError for anything that is no column of a snapshot."""
    if column not in COLUMNS:
        raise KeyError(column)
    return f'"{column}"'


def place_of(column: str) -> str:
    """Return the place of an asset in the order of a column, as SQL; raises KeyError where there is no such order."""
    if column not in {*PLACED, SUPPORT}:
        raise KeyError(column)
    return f'"{column}#"'


def is_text(column: str) -> bool:
    """Tell whether a column holds text."""
    return column in {FINDINGS, SUPPORT} or bool(pa.types.is_string(_type(column)))


def is_number(column: str) -> bool:
    """Tell whether a column holds numbers that can be added up."""
    kind = _type(column)
    return column != ID and (bool(pa.types.is_floating(kind)) or bool(pa.types.is_integer(kind)))


def is_day(column: str) -> bool:
    """Tell whether a column holds days."""
    return bool(pa.types.is_date(_type(column)))


def _type(column: str) -> pa.DataType:
    return STORED.get(column) or SOFTWARE.get(column) or pa.null()
