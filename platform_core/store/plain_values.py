"""Values of an inventory as plain database values, the same as the models store them, without asking the ORM a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import repeat
from typing import Any

from sqlalchemy import Boolean, Date

from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import Asset, AssetColumns, AssetKind, Edited, SourceRow, Value
from platform_core.domain.stored_values import as_json, from_json
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
        json.dumps([[source.import_id, source.line] for source in asset.sources]),
        json.dumps({name: place for name, place in asset.origins.items() if place}),
        json.dumps(edits_as_json(asset.edits)) if asset.edits else None,
        *(plain_value(name, asset.values.get(name)) for name in FIELDS),
    )


def plain_fields(columns: AssetColumns) -> tuple[str, ...]:
    """Return the fields of `columns` that are kept."""
    return tuple(name for name in columns.values if name in _FIELD_SET)


def plain_rows(columns: AssetColumns) -> Iterator[tuple[Any, ...]]:
    """Return number, the values of `HEAD` and those of `plain_fields(columns)` for each asset of `columns`."""
    values = [_plain_column(name, columns.values[name]) for name in plain_fields(columns)]
    kinds = map({kind: kind.value for kind in AssetKind}.__getitem__, columns.kinds)
    sources = [f"[[{columns.import_id}, {line}]]" for line in columns.lines]
    head = (columns.numbers, columns.keys, kinds, columns.names, sources, repeat(NO_ORIGINS), repeat(None))
    return zip(*head, *values, strict=False)


def _plain_column(name: str, values: Sequence[Value | None]) -> Sequence[Any]:
    encode = ENCODE.get(name)
    if encode is None:
        return values
    known: dict[Value | None, Any] = {value: encode(value) for value in set(values) if value is not None}
    known[None] = None
    return list(map(known.__getitem__, values))


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
