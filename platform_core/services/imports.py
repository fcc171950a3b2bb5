"""Uploaded files and sheets: what they are, what was read, what was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import FileKind, MappingState
from platform_core.domain.reading import FileFormat, ReadChoices
from platform_core.domain.table import QuarantinedRow, Table
from platform_core.errors import Conflict
from platform_core.services.migrations import must_exist
from platform_core.services.paging import cut
from platform_core.store import UnitOfWork
from platform_core.store.models import ImportRow


class ImportView(Frozen):
    """An import as pages show it."""

    id: int
    number: int
    file_name: str
    sheet: str | None
    size_bytes: int
    file_format: FileFormat
    encoding: str
    delimiter: str
    header_row: int | None
    choices: ReadChoices
    notes: tuple[str, ...]
    rows_read: int
    rows_stored: int
    rows_quarantined: int
    columns: int
    kind: FileKind
    kind_reasons: tuple[str, ...]
    format: str | None
    state: ImportState
    to_review: int
    mapped: int
    created_at: datetime
    created_by: str
    version: int

    @property
    def title(self) -> str:
        """File and sheet name."""
        return f"{self.file_name} · {self.sheet}" if self.sheet else self.file_name


def listed(work: UnitOfWork, migration_id: int) -> list[ImportView]:
    """Return the imports of a migration in upload order."""
    with work.reading():
        counts = work.mappings.counts(migration_id)
        return [_view(row, counts) for row in work.imports.of(migration_id)]


def page(work: UnitOfWork, migration_id: int, *, after: int = 0, limit: int) -> tuple[list[ImportView], int | None]:
    """Return the imports of a migration behind its import number `after`, in upload order, and where to go on.

    Raises NotFound.
    """
    with work.reading():
        rows = work.imports.after(migration_id, after, limit + 1)
        if not rows:
            must_exist(work, migration_id)
        counts = work.mappings.counts_of([row.id for row in rows])
    return cut([_view(row, counts) for row in rows], limit, lambda view: view.number)


def view(work: UnitOfWork, import_id: int) -> ImportView:
    """Return one import; raises NotFound."""
    with work.reading():
        return _view(work.imports.look(import_id), work.mappings.counts_of([import_id]))


def first_rows(work: UnitOfWork, import_id: int, *, rows: int = 20) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the headers and the first rows of an import as read: (line, cells)."""
    with work.reading():
        row = work.imports.get(import_id)
        headers = [column.header for column in work.imports.columns(import_id)]
    with work.files.local(row.table) as parquet:
        return headers, Table(tuple(headers), parquet).head(rows)


def quarantined(work: UnitOfWork, import_id: int, *, limit: int = 200) -> list[QuarantinedRow]:
    """Return rows of an import that could not be stored, in file order."""
    with work.reading():
        rows = work.imports.quarantine(import_id, limit=limit)
        return [QuarantinedRow(line=row.line, reason=row.reason, raw=row.raw) for row in rows]


def quarantined_after(
    work: UnitOfWork, import_id: int, *, after: int = 0, limit: int
) -> tuple[list[QuarantinedRow], int | None]:
    """Return rows that could not be stored behind line `after`, in file order, and where to go on; raises NotFound."""
    with work.reading():
        rows = work.imports.quarantine(import_id, after=after, limit=limit + 1)
        if not rows:
            work.imports.look(import_id)
    lines = [QuarantinedRow(line=row.line, reason=row.reason, raw=row.raw) for row in rows]
    return cut(lines, limit, lambda row: row.line)


def remove(work: UnitOfWork, import_id: int, by: Identity) -> None:
    """Delete an import that is no part of the inventory and was none that was replaced; else raises Conflict."""
    with work:
        row = work.imports.get(import_id)
        still_in_review(row)
        work.audit.record(
            by, "import.removed", migration_id=row.migration_id, subject=str(row.id), text=f"Removed {row.file_name}"
        )
        work.imports.remove(row)
        work.commit()


def still_in_review(row: ImportRow) -> None:
    """Raise Conflict when the import is part of the inventory, or was replaced by one that is."""
    if row.state == ImportState.APPLIED:
        raise Conflict(
            f"Import {row.number} is part of the inventory.", hint="Take it out of the inventory first, then repeat."
        )
    if row.state == ImportState.SET_ASIDE:
        raise Conflict(
            f"Import {row.number} was replaced by a newer export.",
            hint="Take the newer export out of the inventory: the older one then counts again.",
        )


def _view(row: ImportRow, counts: dict[tuple[int, str, str], int]) -> ImportView:
    mine = {(state, band): number for (import_id, state, band), number in counts.items() if import_id == row.id}
    decided = sum(n for (state, _), n in mine.items() if state in {MappingState.ACCEPTED, MappingState.CHANGED})
    return ImportView(
        id=row.id,
        number=row.number,
        file_name=row.file_name,
        sheet=row.sheet,
        size_bytes=row.size_bytes,
        file_format=FileFormat(row.file_format),
        encoding=row.encoding,
        delimiter=row.delimiter,
        header_row=row.header_row,
        choices=ReadChoices.model_validate(row.choices),
        notes=row.notes,
        rows_read=row.rows_read,
        rows_stored=row.rows_stored,
        rows_quarantined=row.rows_quarantined,
        columns=sum(mine.values()),
        kind=FileKind(row.kind),
        kind_reasons=_reasons(row.kind_evidence),
        format=row.format,
        state=ImportState(row.state),
        to_review=mine.get((MappingState.SUGGESTED, "review"), 0),
        mapped=decided,
        created_at=row.created_at,
        created_by=row.created_by,
        version=row.version,
    )


def _reasons(evidence: Sequence[dict[str, str]]) -> tuple[str, ...]:
    return tuple(item["text"] for item in evidence)
