"""Mapping review: what was suggested for each column, and what the analyst makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from platform_core import mapping
from platform_core.domain.base import Frozen
from platform_core.domain.choices import ColumnChoices
from platform_core.domain.identity import Identity
from platform_core.domain.mapping import (
    Band,
    Candidate,
    Combine,
    Evidence,
    FileKind,
    MappedColumn,
    MappedTable,
    MappingState,
    Source,
)
from platform_core.domain.table import Table
from platform_core.errors import BadInput
from platform_core.inventory import missing_critical
from platform_core.reference import catalogue
from platform_core.services.imports import still_in_review
from platform_core.services.knowledge import mapping_knowledge
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import ColumnRow, ImportRow, MappingRow

USED = (MappingState.ACCEPTED, MappingState.CHANGED)


class ColumnView(Frozen):
    """A column of an import: what it holds, what was suggested, what stands now."""

    position: int
    header: str
    samples: tuple[str, ...]
    field: str | None
    unit: str | None
    confidence: float
    band: Band
    state: MappingState
    source: Source
    suggested_field: str | None
    suggested_unit: str | None
    unit_is_guess: bool
    choices: ColumnChoices
    duplicate_of: str | None
    changed_by: str | None
    version: int

    @property
    def asks_unit(self) -> bool:
        """Whether the unit is a guess that the analyst should confirm."""
        return self.state is MappingState.SUGGESTED and self.field is not None and self.unit_is_guess

    @property
    def needs_decision(self) -> bool:
        """Whether the analyst should look at it first."""
        return self.state is MappingState.SUGGESTED and self.band is Band.REVIEW


class MappingCoverage(Frozen):
    """How many of the attributes that planning needs of such rows are mapped, and which are missing (keys)."""

    needed: int
    covered: int
    missing: tuple[str, ...]


class ColumnArgument(Frozen):
    """Why a column was mapped as it was: its values, the ranked candidates, the signed evidence."""

    column: ColumnView
    profile: dict[str, Any]
    candidates: tuple[Candidate, ...]
    evidence: tuple[Evidence, ...]
    rivals: tuple[str, ...]


class Action(StrEnum):
    """What an analyst can do about a column."""

    ACCEPT = "accept"
    CHANGE = "change"
    IGNORE = "ignore"
    RESET = "reset"


class Decision(Frozen):
    """An analyst's word about a column; `seen_version` is the version the analyst looked at.

    `choices` None = what was said about its notation stays, unless the field changes.
    """

    position: int
    action: Action
    field: str | None = None
    unit: str | None = None
    choices: ColumnChoices | None = None
    seen_version: int | None = None


def columns(work: UnitOfWork, import_id: int) -> list[ColumnView]:
    """Return the columns of an import, those that need a decision first, then the others by what stands.

    Raises NotFound.
    """
    with work.reading():
        read = work.imports.columns(import_id)
        if not read:
            work.imports.get(import_id)
        views = _views(read, work.mappings.of(import_id))
    return sorted(views, key=_urgency)


def coverage(kind: FileKind, views: Iterable[ColumnView]) -> MappingCoverage:
    """Return which critical attributes of the kind of rows the columns cover as they stand."""
    mapped = {view.field for view in views if view.field and (view.state in USED or view.band is not Band.UNMAPPED)}
    needed = catalogue().critical_for(kind)
    missing = missing_critical(mapped, kind, catalogue())
    return MappingCoverage(needed=len(needed), covered=len(needed) - len(missing), missing=tuple(missing))


def argument(work: UnitOfWork, import_id: int, position: int) -> ColumnArgument:
    """Return the reasons behind one column's suggestion; raises NotFound."""
    with work.reading():
        rows = work.mappings.of(import_id)
        read = work.imports.columns(import_id)
        row = work.mappings.get(import_id, position)
    view = next(v for v in _views(read, rows) if v.position == position)
    named = [Candidate(field=row.suggested_field, confidence=row.confidence)] if row.suggested_field else []
    others = [Candidate.model_validate(item) for item in row.alternatives]
    return ColumnArgument(
        column=view,
        profile=read[position].profile,
        candidates=tuple(named + [c for c in others if c.field != row.suggested_field]),
        evidence=tuple(Evidence.model_validate(item) for item in row.evidence),
        rivals=tuple(r.header for r in rows if r.field and r.field == row.field and r.position != position),
    )


def units() -> tuple[str, ...]:
    """Return every unit that the values of some field can be in."""
    knowledge = mapping_knowledge()
    return tuple(dict.fromkeys(unit for key in catalogue().keys for unit in mapping.unit_choices(key, knowledge)))


def decide(work: UnitOfWork, import_id: int, decisions: Sequence[Decision], by: Identity) -> int:
    """Note the analyst's words about some columns; nothing reaches the inventory before the mapping is applied.

    Returns how many columns changed. Raises BadInput for a field that is not in the catalogue, Conflict when
    somebody else changed a column since `seen_version` or the import is applied.
    """
    return decide_all(work, {import_id: decisions}, by)


def decide_all(work: UnitOfWork, by_import: Mapping[int, Sequence[Decision]], by: Identity) -> int:
    """Note words about columns of several imports as `decide` does, all of them or none."""
    changed = 0
    with work:
        for import_id, decisions in by_import.items():
            still_in_review(work.imports.get(import_id))
            changed += sum(_decided(work, import_id, decision, by) is not None for decision in decisions)
        work.commit()
    return changed


def accept_band(work: UnitOfWork, import_id: int, at_least: float, by: Identity) -> int:
    """Accept every open suggestion whose confidence is at least `at_least`; returns how many.

    Those whose unit is a guess stay open: the unit is asked for one by one.
    """
    with work.reading():
        rows = [
            row for row in work.mappings.of(import_id) if row.state == MappingState.SUGGESTED and row.suggested_field
        ]
    sure = [row for row in rows if row.confidence >= at_least and not row.unit_is_guess]
    return decide(work, import_id, [Decision(position=r.position, action=Action.ACCEPT) for r in sure], by)


def set_kind(work: UnitOfWork, import_id: int, kind: FileKind, by: Identity, *, seen_version: int) -> None:
    """Say what the rows of an import describe."""
    with work:
        row = work.imports.get(import_id, expected=seen_version)
        still_in_review(row)
        text = f"Rows of {row.file_name} describe: {kind}"
        before, row.kind = {"kind": row.kind}, kind
        work.audit.record(
            by, "import.kind", migration_id=row.migration_id, subject=str(row.id), text=text, before=before
        )
        work.commit()


def standing(rows: Iterable[MappingRow], *, undecided: bool) -> list[MappedColumn]:
    """Return the columns that feed the inventory, the primary one of each field first.

    Accepted and changed ones always; open suggestions of the accept band as well, and with `undecided` also those
    of the review band.
    """
    bands = {Band.ACCEPT, Band.REVIEW} if undecided else {Band.ACCEPT}
    used = [r for r in rows if r.field and (r.state in USED or (r.state == MappingState.SUGGESTED and r.band in bands))]
    used.sort(key=lambda r: (r.duplicate_of is not None, r.position))
    return [
        MappedColumn(
            position=row.position,
            header=row.header,
            field=row.field or "",
            unit=row.unit,
            combine=Combine(row.combine),
            choices=ColumnChoices.model_validate(row.choices),
        )
        for row in used
    ]


def mapped_table(row: ImportRow, headers: Sequence[str], table: Table, columns: Sequence[MappedColumn]) -> MappedTable:
    """Return an import as the inventory wants it."""
    return MappedTable(
        import_id=row.id,
        name=row.file_name,
        kind=FileKind(row.kind),
        table=Table(tuple(headers), table.source),
        columns=tuple(columns),
    )


def _decided(work: UnitOfWork, import_id: int, decision: Decision, by: Identity) -> MappingRow | None:
    row = work.mappings.get(import_id, decision.position, expected=decision.seen_version)
    before, stood = state_of(row), row.field
    _apply(row, decision)
    if decision.choices is not None or row.field != stood:
        row.choices = (decision.choices or ColumnChoices()).said
    after = state_of(row)
    if before == after:
        return None
    row.changed_at, row.changed_by = now(), by.name
    owner = work.imports.get(import_id)
    work.audit.record(
        by,
        "mapping.decided",
        migration_id=owner.migration_id,
        subject=f"{import_id}:{row.position}",
        text=f"{row.header or 'Unnamed column'} in {owner.file_name}: {before['field'] or 'unmapped'} → "
        f"{after['field'] or 'unmapped'}",
        before=before,
        after=after,
    )
    return row


def _apply(row: MappingRow, decision: Decision) -> None:
    field = {Action.ACCEPT: row.suggested_field, Action.CHANGE: decision.field}.get(decision.action)
    if field is not None and field not in catalogue():
        raise BadInput(f"There is no field {field!r}.", hint="Choose one of the list.")
    if decision.action is Action.RESET:
        row.field, row.unit = row.suggested_field, row.suggested_unit
        row.state = MappingState.SUGGESTED
    elif field is None:
        row.field, row.unit, row.state = None, None, MappingState.IGNORED
    else:
        same = field == row.suggested_field
        row.unit = decision.unit if decision.unit is not None else (row.suggested_unit if same else None)
        row.field = field
        row.state = MappingState.ACCEPTED if same and row.unit == row.suggested_unit else MappingState.CHANGED


def restore(work: UnitOfWork, import_id: int, position: int, state: dict[str, Any]) -> None:
    """Put a column's decision back to `state` (field, unit, choices, state), as an undo does.

    Call inside an open block of `work`. Raises Conflict when the import was applied meanwhile.
    """
    still_in_review(work.imports.get(import_id))
    row = work.mappings.get(import_id, position)
    row.field, row.unit, row.state = state["field"], state["unit"], state["state"]
    row.choices = state.get("choices", {})
    row.changed_at = now()


def state_of(row: MappingRow) -> dict[str, Any]:
    """Return what stands about a column, as `restore` takes it."""
    return {"field": row.field, "unit": row.unit, "state": str(row.state), "choices": dict(row.choices)}


def _views(read: Sequence[ColumnRow], rows: Sequence[MappingRow]) -> list[ColumnView]:
    return [_view(column, row, rows) for column, row in zip(read, rows, strict=True)]


def _view(column: ColumnRow, row: MappingRow, rows: Sequence[MappingRow]) -> ColumnView:
    decided = row.state != MappingState.SUGGESTED
    return ColumnView(
        position=row.position,
        header=row.header,
        samples=tuple(column.samples),
        field=row.field,
        unit=row.unit,
        confidence=row.confidence,
        band=Band(row.band),
        state=MappingState(row.state),
        source=Source.ANALYST if decided else Source(row.source),
        suggested_field=row.suggested_field,
        suggested_unit=row.suggested_unit,
        unit_is_guess=row.unit_is_guess,
        choices=ColumnChoices.model_validate(row.choices),
        duplicate_of=rows[row.duplicate_of].header if row.duplicate_of is not None else None,
        changed_by=row.changed_by,
        version=row.version,
    )


def _urgency(view: ColumnView) -> tuple[int, float, int]:
    if view.needs_decision:
        return 0, view.confidence, view.position
    if view.state is MappingState.SUGGESTED and view.field:
        return 1, -view.confidence, view.position
    return (2 if view.field else 3), 0.0, view.position
