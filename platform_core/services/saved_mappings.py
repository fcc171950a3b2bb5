"""The same export again: what changed since the last one, and taking over how that one was mapped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from platform_core.domain.base import Frozen
from platform_core.domain.choices import ColumnChoices
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import MappingState
from platform_core.learning import is_same_export
from platform_core.services.knowledge import header_keys
from platform_core.services.learned import file_of
from platform_core.services.mappings import USED, Action, Decision, decide
from platform_core.store import UnitOfWork
from platform_core.store.models import ImportRow, MappingRow

Place = tuple[str, int]
"""A header as it is compared, and which of several columns with that header it is, from 1."""


class Difference(Frozen):
    """A column that stands otherwise than it did in the last import (field keys, None = unmapped)."""

    header: str
    then: str | None
    now: str | None


class SavedMapping(Frozen):
    """The last applied import of the same export, and how the import at hand differs from it.

    `same` counts the columns that both have, `new` and `gone` name the others.
    """

    import_id: int
    number: int
    title: str
    applied_at: datetime
    same: int
    new: tuple[str, ...]
    gone: tuple[str, ...]
    differences: tuple[Difference, ...]


def saved_mapping(work: UnitOfWork, import_id: int) -> SavedMapping | None:
    """Return the mapping of the last applied import of the same export, None when this is the first."""
    with work.reading():
        row = work.imports.get(import_id)
        last = _last_like(work, row)
        if last is None or last.applied_at is None:
            return None
        then, now = _by_place(work.mappings.of(last.id)), _by_place(work.mappings.of(import_id))
    shared = [place for place in now if place in then]
    return SavedMapping(
        import_id=last.id,
        number=last.number,
        title=f"{last.file_name} · {last.sheet}" if last.sheet else last.file_name,
        applied_at=last.applied_at,
        same=len(shared),
        new=tuple(now[place].header for place in now if place not in then),
        gone=tuple(then[place].header for place in then if place not in now),
        differences=tuple(
            Difference(header=now[place].header, then=_stood(then[place]), now=now[place].field)
            for place in shared
            if _stood(then[place]) != now[place].field
        ),
    )


def use_saved(work: UnitOfWork, import_id: int, saved_id: int, by: Identity) -> int:
    """Settle every column that the saved import has too as it was settled there; returns how many changed.

    Columns that were left open there stay open. Raises Conflict when the import is applied.
    """
    with work.reading():
        then, now = (_by_place(work.mappings.of(number)) for number in (saved_id, import_id))
    decisions = [_decision(now[place], then[place]) for place in now if place in then and _is_settled(then[place])]
    return decide(work, import_id, decisions, by)


def _last_like(work: UnitOfWork, row: ImportRow) -> ImportRow | None:
    file, keys = file_of(work, row), header_keys()
    others = [other for other in work.imports.of(row.migration_id, ImportState.APPLIED) if other.id != row.id]
    alike = [other for other in others if is_same_export(file, file_of(work, other), keys)]
    return max(alike, key=lambda other: other.number, default=None)


def _by_place(rows: Sequence[MappingRow]) -> dict[Place, MappingRow]:
    seen: Counter[str] = Counter()
    places = {}
    for row in rows:
        key = header_keys().plain(row.header)
        seen[key] += 1
        places[key, seen[key]] = row
    return places


def _is_settled(row: MappingRow) -> bool:
    return row.state in USED or row.state == MappingState.IGNORED


def _stood(row: MappingRow) -> str | None:
    return row.field if row.state in USED else None


def _decision(row: MappingRow, saved: MappingRow) -> Decision:
    field = _stood(saved)
    if field is None:
        return Decision(position=row.position, action=Action.IGNORE, seen_version=row.version)
    return Decision(
        position=row.position,
        action=Action.CHANGE,
        field=field,
        unit=saved.unit,
        choices=ColumnChoices.model_validate(saved.choices),
        seen_version=row.version,
    )
