"""Values of an inventory as plain database values, the same as the models store them, without asking the ORM a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Boolean, Date, Float, Integer

from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import Asset, AssetColumns, AssetKind, Edited, SourceRow, SourceRows, Value
from platform_core.domain.stored_values import as_json, from_json
from platform_core.domain.table import Coded, Codes
from platform_core.reference import catalogue
from platform_core.store.columns import Lines
from platform_core.store.models import AssetRow

OWN_COLUMNS = frozenset(
    {"id", "migration_id", "key", "kind", "name", "subject_key", "sources", "origins", "edits", "edition"}
)
FIELDS = tuple(c.key for c in AssetRow.__table__.columns if c.key not in OWN_COLUMNS)
"""The canonical fields an asset can hold: one column each."""

_FIELD_SET = frozenset(FIELDS)

HEAD = ("key", "kind", "name", "sources", "origins", "edits")
"""What every asset has beside its fields."""

HEAD_OF_COLUMNS = HEAD[:-1]
"""What assets of a single row have of that: nobody edited them."""

PLACE = "place"
"""Where an asset stands in the whole inventory, from 0."""

NO_ORIGINS = "{}"


def encoded_lines(value: Sequence[str]) -> str:
    """Return the entries of a list as lines of one text; a break inside an entry becomes a blank."""
    if len(value) == 1 and value[0].isprintable():  # what nearly every address is; no line break is printable
        return value[0]
    return "\n".join(" ".join(entry.splitlines()) for entry in value)


def _decoded_lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()


def _codecs() -> tuple[dict[str, Callable[[Any], Any]], dict[str, Callable[[Any], Any]]]:
    encode: dict[str, Callable[[Any], Any]] = {}
    decode: dict[str, Callable[[Any], Any]] = {}
    for name in FIELDS:
        kind = AssetRow.__table__.columns[name].type
        if isinstance(kind, Lines):
            encode[name], decode[name] = encoded_lines, _decoded_lines
        elif isinstance(kind, Date):
            encode[name], decode[name] = date.isoformat, date.fromisoformat
        elif isinstance(kind, Boolean):
            encode[name], decode[name] = int, bool
    return encode, decode


ENCODE, DECODE = _codecs()
"""By field, how a value becomes a plain one and back; fields that are not here are stored as they are."""


def plain_value(field: str, value: Value | None) -> Any:
    """Return a field's value as the database keeps it."""
    encode = ENCODE.get(field)
    return value if encode is None or value is None else encode(value)


def plain_asset(asset: Asset) -> tuple[Any, ...]:
    """Return an asset as the plain values of `HEAD` and all `FIELDS`."""
    return (
        asset.key,
        str(asset.kind),
        asset.name,
        _plain_sources(asset.sources),
        json.dumps({name: place for name, place in asset.origins.items() if place}),
        json.dumps(edits_as_json(asset.edits)) if asset.edits else None,
        *(plain_value(name, asset.values.get(name)) for name in FIELDS),
    )


def plain_columns(columns: AssetColumns) -> pa.RecordBatch:
    """Return assets of a single row each as Arrow columns: `place`, `HEAD_OF_COLUMNS` and the fields they have.

    One row an asset, with the same values as `plain_asset` gives; nobody edited such an asset.
    """
    rows = len(columns.keys)
    lines = pc.cast(pa.array(columns.lines), pa.string())
    found = {
        PLACE: pa.array(columns.numbers),
        "key": pa.array(columns.keys, pa.string()),
        "kind": _spread([kind.value for kind in columns.kinds.values], columns.kinds.codes, pa.string()),
        "name": pa.array(columns.names, pa.string()),
        "sources": pc.binary_join_element_wise(f"[[{columns.import_id}, ", lines, "]]", ""),
        "origins": pa.repeat(NO_ORIGINS, rows),
    }
    found |= {name: _plain_column(name, cells) for name, cells in columns.values.items() if name in _FIELD_SET}
    return pa.RecordBatch.from_pydict(found)


def _plain_column(name: str, column: Coded[Value | None]) -> pa.Array:
    encode = ENCODE.get(name)
    values = column.values if encode is None else [None if each is None else encode(each) for each in column.values]
    return _spread(values, column.codes, _arrow_type(name))


def _spread(values: Sequence[Any], codes: Codes, kind: pa.DataType) -> pa.Array:
    return pa.array(values, kind).take(pa.array(codes))


def _arrow_type(name: str) -> pa.DataType:
    kind = AssetRow.__table__.columns[name].type
    if isinstance(kind, Integer | Boolean):
        return pa.int64()
    return pa.float64() if isinstance(kind, Float) else pa.string()


def _plain_sources(sources: Sequence[SourceRow]) -> str:
    pairs = sources.pairs() if isinstance(sources, SourceRows) else [(row.import_id, row.line) for row in sources]
    return json.dumps(pairs)


def asset_of(row: Sequence[Any], fields: Sequence[str] = FIELDS) -> Asset:
    """Return the asset behind the plain values of `HEAD` and `fields`."""
    key, kind, name, sources, origins, edits = row[:6]
    values = {
        field: DECODE[field](value) if field in DECODE else value
        for field, value in zip(fields, row[6:], strict=True)
        if value is not None
    }
    places = json.loads(origins) if origins != NO_ORIGINS else {}
    return Asset(
        key=key,
        kind=AssetKind(kind),
        name=name,
        values=values,
        sources=[SourceRow(import_id, line) for import_id, line in json.loads(sources)],
        origins={name: places.get(name, 0) for name in values},
        edits=edits_from_json(json.loads(edits)) if edits else None,
    )


def edits_as_json(edits: Mapping[str, Edited] | None) -> dict[str, Any] | None:
    """Return what analysts changed as it is stored; None where they changed nothing."""
    if not edits:
        return None
    return {name: {**asdict(edited), "built": as_json(edited.built)} for name, edited in edits.items()}


def edits_from_json(stored: Mapping[str, Any] | None) -> dict[str, Edited] | None:
    """Return stored edits as the domain's."""
    if not stored:
        return None
    return {name: _edited(name, entry) for name, entry in stored.items()}


def _edited(name: str, entry: Mapping[str, Any]) -> Edited:
    kind = catalogue()[name].type if name in catalogue() else FieldType.STRING
    built = from_json(entry["built"], kind)
    return Edited(built=built, by=tuple(entry["by"]), author=entry["author"], day=entry["day"])
