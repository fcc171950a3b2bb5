"""What analysts taught the mapper: a fold over the words on headers that were not undone."""

from __future__ import annotations

from typing import Any

from platform_core.domain.choices import ColumnChoices
from platform_core.domain.learning import CorrectedFile, Correction, CorrectionKind, Loss, Scope, Verdict
from platform_core.domain.mapping import FileKind
from platform_core.learning import Memory
from platform_core.services.knowledge import header_keys
from platform_core.store import UnitOfWork
from platform_core.store.models import CorrectionRow, ImportRow

_REFUSED = "refused"
"""Under this key of `after` a row names the field that a header is not."""


def word_log(work: UnitOfWork) -> list[Correction]:
    """Return what all migrations said of headers, oldest first; call inside an open block of `work`."""
    return [word_of(row) for row in work.corrections.words()]


def memory_of(work: UnitOfWork, migration_id: int) -> Memory:
    """Return what counts in a migration; call inside an open block of `work`."""
    return Memory(word_log(work), header_keys(), migration_id)


def word_of(row: CorrectionRow) -> Correction:
    """Return a stored correction of a mapping as an event."""
    refused = row.after.get(_REFUSED)
    field = refused or row.after.get("field")
    verdict = Verdict.NOT if refused else (Verdict.MEANS if field else Verdict.IGNORE)
    return Correction(
        number=row.id,
        header=row.subject,
        verdict=verdict,
        field=field,
        before=row.before.get("field"),
        choices=ColumnChoices.model_validate(row.after.get("choices", {})),
        file=_file(row),
        author=row.author,
        at=row.at,
        reason=row.reason,
        scope=Scope(row.scope),
        migration_id=row.migration_id,
        would_lose=tuple(Loss.model_validate(loss) for loss in row.would_lose),
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )


def row_of(word: Correction, migration_id: int, import_id: int | None = None, unit: str | None = None) -> CorrectionRow:
    """Return a word as the row that keeps it; its number and moment are given by the store."""
    after: dict[str, Any] = {"field": word.field} | ({"unit": unit} if unit else {})
    if word.choices.said:
        after["choices"] = word.choices.said
    return CorrectionRow(
        migration_id=migration_id,
        import_id=import_id,
        kind=CorrectionKind.MAPPING,
        scope=word.scope,
        subject=word.header,
        format=word.file.format if word.file else None,
        file=word.file.model_dump(mode="json") if word.file else None,
        would_lose=[loss.model_dump(mode="json") for loss in word.would_lose],
        before={"field": word.before},
        after={_REFUSED: word.field} if word.verdict is Verdict.NOT else after,
        reason=word.reason,
        author=word.author,
    )


def file_of(work: UnitOfWork, row: ImportRow) -> CorrectedFile:
    """Return what an import is known by; call inside an open block of `work`."""
    headers = tuple(column.header for column in work.imports.columns(row.id))
    return CorrectedFile(format=row.format, kind=FileKind(row.kind), headers=headers)


def _file(row: CorrectionRow) -> CorrectedFile | None:
    """Return the file of a word; one that was kept before files were is known by its export alone."""
    if row.file is not None:
        return CorrectedFile.model_validate(row.file)
    return CorrectedFile(format=row.format, headers=(row.subject,)) if row.format else None
