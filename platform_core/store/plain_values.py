"""Values of an inventory as plain database values, the same as the models store them, without asking the ORM a row."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from itertools import repeat
from typing import Any

from sqlalchemy import Boolean, Date

from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import Asset, AssetColumns, AssetKind, Edited, SourceRow, SourceRows, Value
from platform_core.domain.stored_values import as_json, from_json
from platform_core.domain.table import Coded
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

NO_ORIGINS = "{}"
NOT_KNOWN = math.nan


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


def plain_fields(columns: AssetColumns) -> tuple[str, ...]:
    """Return the names of what `plain_rows` gives after the number: the head of an asset and the fields kept."""
    return (*HEAD_OF_COLUMNS, *_kept(columns))


def _kept(columns: AssetColumns) -> tuple[str, ...]:
    return tuple(name for name in columns.values if name in _FIELD_SET)


def plain_rows(columns: AssetColumns) -> Iterator[tuple[Any, ...]]:
    """Return number and the values of `plain_fields(columns)` for each asset of `columns`.

    A value that is not known is NaN, which SQLite stores as NULL: Python's driver takes a number four times as fast as
    None, of which there are millions.
    """
    values = [_plain_column(name, columns.values[name]) for name in _kept(columns)]
    kinds = columns.kinds.instead([kind.value for kind in columns.kinds.values]).spread()
    sources = [f"[[{columns.import_id}, {line}]]" for line in columns.lines.tolist()]
    head = (columns.numbers.tolist(), columns.keys, kinds, columns.names, sources, repeat(NO_ORIGINS))
    return zip(*head, *values, strict=False)


def _plain_column(name: str, column: Coded[Value | None]) -> list[Any]:
    encode = ENCODE.get(name, _unchanged)
    return column.instead([NOT_KNOWN if value is None else encode(value) for value in column.values]).spread()


def _unchanged(value: Any) -> Any:
    return value


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
