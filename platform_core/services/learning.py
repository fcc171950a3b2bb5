"""What was learned: the timeline, what each word changed, disagreements, undo, and mappings to take elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from platform_core.domain.base import Frozen
from platform_core.domain.identity import Identity
from platform_core.domain.learning import Correction, CorrectionKind, Disagreement, Loss, Scope, Verdict
from platform_core.errors import BadInput, Conflict
from platform_core.learning import Memory, are_opposed, read_mappings, write_mappings
from platform_core.mapping import ValueProfile
from platform_core.reference import catalogue
from platform_core.services.knowledge import header_keys
from platform_core.services.learned import memory_of, word_log, word_of
from platform_core.services.suggesting import suggest_again
from platform_core.services.teaching import Changed, fresh_suggestions, keep, prepare, take
from platform_core.store import UnitOfWork
from platform_core.store.columns import now
from platform_core.store.models import CorrectionRow


class LearnedView(Frozen):
    """One thing the system was taught, in words."""

    id: int
    kind: CorrectionKind
    subject: str
    where: str
    before: str
    after: str
    reason: str
    scope: Scope
    would_lose: tuple[Loss, ...]
    at: datetime
    author: str
    undone_by: str | None
    undone_at: datetime | None

    @property
    def can_be_undone(self) -> bool:
        """Whether it still counts and is a word on a header."""
        return self.undone_at is None and self.kind is CorrectionKind.MAPPING


class Imported(Frozen):
    """What came of importing learned mappings."""

    learned: int
    known_before: int
    held_back: tuple[str, ...]
    changed: tuple[Changed, ...]


def timeline(work: UnitOfWork, migration_id: int) -> list[LearnedView]:
    """Return everything a migration taught, undone or not, newest first."""
    with work.reading():
        rows = work.corrections.of(migration_id, undone=True)
        shared = memory_of(work, migration_id).shared
        return [_view(row, shared) for row in reversed(rows)]


def disagreements(work: UnitOfWork, migration_id: int) -> list[Disagreement]:
    """Return the headers on which people say different things, newest first."""
    with work.reading():
        return memory_of(work, migration_id).conflicts()


def effect(work: UnitOfWork, migration_id: int, correction_id: int) -> list[Changed]:
    """Return what a word changes in the migration's files, applied ones too: without it, and with it."""
    with work.reading():
        log = word_log(work)
        without = [word for word in log if word.number != correction_id]
        return _differences(work, migration_id, without, log)


def undo(work: UnitOfWork, correction_id: int, by: Identity) -> list[Changed]:
    """Undo a word: it stays in the log and counts no more. Returns the suggestions in review that changed.

    Raises NotFound, and Conflict when it is undone already.
    """
    with work.reading():
        migration_id = _still_counts(work, correction_id).migration_id
        left = [word for word in word_log(work) if word.number != correction_id]
        fresh = fresh_suggestions(work, migration_id, Memory(left, header_keys(), migration_id))
    with work:
        row = _still_counts(work, correction_id)
        row.undone_at, row.undone_by = now(), by.name
        changed = take(work, fresh)
        text = f"Undid what {row.author} said of {row.subject}"
        after = {"changed": [each.model_dump() for each in changed]}
        work.audit.record(
            by, "mapping.unlearned", migration_id=migration_id, subject=str(row.id), text=text, after=after
        )
        work.commit()
        return changed


def settle(work: UnitOfWork, conflict: Disagreement, kept: int, by: Identity) -> list[Changed]:
    """Settle a disagreement for the word number `kept`: the words that cannot be right beside it are undone."""
    right = next(word for word in conflict.words if word.number == kept)
    against = [word for word in conflict.words if are_opposed([right, word])]
    return [change for word in against for change in undo(work, word.number, by)]


def export_mappings(work: UnitOfWork, migration_id: int) -> str:
    """Return what counts in a migration as the text of field_mappings.json."""
    with work.reading():
        return write_mappings(memory_of(work, migration_id).words, work.migrations.get(migration_id).name)


def count_mappings(text: str) -> int:
    """Return how many mappings a document holds."""
    return len(read_mappings(text, catalogue()))


def import_mappings(work: UnitOfWork, migration_id: int, text: str | bytes, by: Identity) -> Imported:
    """Take over mappings that another workbench exported; they count for the whole organisation.

    They pass the gate like anything else that is learned. Raises BadInput with one sentence about a bad file.
    """
    said = [word.model_copy(update={"migration_id": migration_id}) for word in read_mappings(text, catalogue())]
    if not said:
        raise BadInput("The file holds no mapping.", hint="Export it again from a migration that has learned some.")
    with work.reading():
        lesson = prepare(work, migration_id, said)
    with work:
        changed = keep(work, migration_id, lesson, by)
        text_told = f"Imported {len(lesson.words)} learned mappings"
        work.audit.record(by, "mapping.imported", migration_id=migration_id, text=text_told)
        work.commit()
    return Imported(
        learned=len(lesson.words),
        known_before=len(said) - len(lesson.words),
        held_back=tuple(dict.fromkeys(word.header for word in lesson.words if word.would_lose)),
        changed=tuple(changed),
    )


def in_words(word: Correction) -> str:
    """Return what a word says of its header: "Memory (GB)", "left unmapped", "not Storage (GB)"."""
    if word.verdict is Verdict.IGNORE:
        return "left unmapped"
    label = label_of(word.field)
    return f"not {label}" if word.verdict is Verdict.NOT else label


def label_of(field: str | None) -> str:
    """Return a field's label, its key where the catalogue does not know it any more."""
    if field is None:
        return "unmapped"
    return catalogue()[field].label if field in catalogue() else field


def _still_counts(work: UnitOfWork, correction_id: int) -> CorrectionRow:
    row = work.corrections.get(correction_id)
    if row.undone_at is not None:
        raise Conflict(f"{row.undone_by} undid this already.", hint="Reload the page.")
    return row


def _differences(
    work: UnitOfWork, migration_id: int, before: Sequence[Correction], after: Sequence[Correction]
) -> list[Changed]:
    first, second = (Memory(log, header_keys(), migration_id) for log in (before, after))
    return [change for row in work.imports.of(migration_id) for change in _file_changes(work, row.id, first, second)]


def _file_changes(work: UnitOfWork, import_id: int, before: Memory, after: Memory) -> Iterator[Changed]:
    columns = work.imports.columns(import_id)
    headers = [column.header for column in columns]
    profiles = [ValueProfile.model_validate(column.profile) for column in columns]
    answers = (suggest_again(headers, profiles, memory).suggestions for memory in (before, after))
    for old, new in zip(*answers, strict=True):
        if old.field != new.field:
            yield Changed(
                import_id=import_id,
                file_name=work.imports.get(import_id).file_name,
                header=old.header,
                before=old.field,
                after=new.field,
            )


def _view(row: CorrectionRow, shared: frozenset[int]) -> LearnedView:
    kind = CorrectionKind(row.kind)
    word = word_of(row) if kind is CorrectionKind.MAPPING else None
    return LearnedView(
        id=row.id,
        kind=kind,
        subject=row.subject,
        where=_where(word) if word else "",
        before=label_of(word.before) if word and word.before else _decided(row.before),
        after=in_words(word) if word else _decided(row.after),
        reason=row.reason,
        scope=Scope.ORGANISATION if row.id in shared else Scope(row.scope),
        would_lose=word.would_lose if word else (),
        at=row.at,
        author=row.author,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )


def _where(word: Correction) -> str:
    if word.file is None:
        return "any file"
    if word.file.format:
        return word.file.format
    return f"{word.file.kind} list" if word.file.kind else "file like it"


def _decided(state: dict[str, object]) -> str:
    return str(state.get("decided") or state.get("wave") or "")
