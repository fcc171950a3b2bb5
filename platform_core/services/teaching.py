"""Teaching: new words go through the gate, and every file that waits for review is suggested anew with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from platform_core.domain.base import Frozen
from platform_core.domain.choices import ColumnChoices
from platform_core.domain.identity import Identity
from platform_core.domain.imports import ImportState
from platform_core.domain.learning import CorrectedFile, Correction, Verdict
from platform_core.domain.mapping import Band, MappingState, Suggestion
from platform_core.learning import Memory, admit
from platform_core.mapping import ValueProfile
from platform_core.services.confirmed import confirmed_columns
from platform_core.services.knowledge import header_keys
from platform_core.services.learned import file_of, row_of, word_log
from platform_core.services.replaying import Together, shipped_columns
from platform_core.services.suggesting import suggest_again
from platform_core.store import UnitOfWork
from platform_core.store.models import ImportRow, MappingRow


class Changed(Frozen):
    """A suggestion that turned out differently: what it was and what it is (field keys, None = unmapped)."""

    import_id: int
    file_name: str
    header: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Fresh:
    """New suggestions for an import that waits for review, in column order."""

    import_id: int
    file_name: str
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class Lesson:
    """Words that have passed the gate, and what the imports in review get to hear once they count."""

    words: tuple[Correction, ...]
    fresh: tuple[Fresh, ...]


def prepare(work: UnitOfWork, migration_id: int, said: Sequence[Correction], *, but: Iterable[int] = ()) -> Lesson:
    """Work out what new words amount to; nothing is written. Call inside an open block of `work`.

    Words that somebody said before, of the same file and in the same migration, are left out. The imports `but`
    are not suggested anew.
    """
    log = word_log(work)
    known = {_content(word) for word in log}
    first = max((word.number for word in log), default=0) + 1
    new = [word for word in said if _content(word) not in known]
    numbered = [word.model_copy(update={"number": first + place}) for place, word in enumerate(new)]
    words: list[Correction] = []
    if numbered:
        columns = Together(shipped_columns(), confirmed_columns(work, migration_id))
        words = admit(log, numbered, header_keys(), columns, migration_id=migration_id)
    memory = Memory([*log, *words], header_keys(), migration_id)
    fresh = fresh_suggestions(work, migration_id, memory, but=but) if words else ()
    return Lesson(tuple(words), tuple(fresh))


def keep(
    work: UnitOfWork, migration_id: int, lesson: Lesson, by: Identity, import_id: int | None = None
) -> list[Changed]:
    """Keep the words of a lesson and give the imports in review their new suggestions; returns what changed.

    Call inside an open block of `work` that the caller commits.
    """
    for word in lesson.words:
        work.corrections.add(row_of(word, migration_id, import_id))
    changed = take(work, lesson.fresh)
    if lesson.words:
        headers = ", ".join(dict.fromkeys(word.header for word in lesson.words))
        held_back = [word.header for word in lesson.words if word.would_lose]
        after: dict[str, Any] = {"changed": [each.model_dump() for each in changed], "held_back": held_back}
        work.audit.record(
            by, "mapping.learned", migration_id=migration_id, text=f"Learned about {headers}", after=after
        )
    return changed


def decided_words(work: UnitOfWork, row: ImportRow, by: Identity) -> list[Correction]:
    """Return what the analysts' decisions about an import say; call inside an open block of `work`."""
    file = file_of(work, row)
    decided = (m for m in work.mappings.of(row.id) if m.state != MappingState.SUGGESTED and m.changed_by)
    return [_word(mapping, file, row.migration_id, by) for mapping in decided if mapping.header.strip()]


def fresh_suggestions(work: UnitOfWork, migration_id: int, memory: Memory, *, but: Iterable[int] = ()) -> list[Fresh]:
    """Suggest anew for every import of a migration that waits for review; call inside an open block of `work`."""
    left_out = set(but)
    found = []
    for row in work.imports.of(migration_id, ImportState.REVIEW):
        if row.id not in left_out:
            columns = work.imports.columns(row.id)
            profiles = [ValueProfile.model_validate(column.profile) for column in columns]
            proposal = suggest_again([column.header for column in columns], profiles, memory)
            found.append(Fresh(row.id, row.file_name, proposal.suggestions))
    return found


def take(work: UnitOfWork, fresh: Iterable[Fresh]) -> list[Changed]:
    """Replace the suggestions that nobody decided about yet; returns those with another field than before."""
    changed = []
    for each in fresh:
        for row, suggestion in zip(work.mappings.of(each.import_id), each.suggestions, strict=False):
            if row.state != MappingState.SUGGESTED or row.header != suggestion.header:
                continue
            if row.suggested_field != suggestion.field:
                changed.append(
                    Changed(
                        import_id=each.import_id,
                        file_name=each.file_name,
                        header=row.header,
                        before=row.suggested_field,
                        after=suggestion.field,
                    )
                )
            suggest_instead(row, suggestion)
    return changed


def suggest_instead(row: MappingRow, suggestion: Suggestion) -> None:
    """Write a suggestion into the row of a column that nobody decided about."""
    values = suggested(suggestion)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def suggested(suggestion: Suggestion) -> dict[str, Any]:
    """Return a suggestion as the values of the columns that keep it; nothing is decided yet.

    A unit that is a guess is to be confirmed, however sure the field is.
    """
    asks = suggestion.unit_is_guess and suggestion.band is Band.ACCEPT
    return {
        "suggested_field": suggestion.field,
        "suggested_unit": suggestion.unit,
        "confidence": suggestion.confidence,
        "band": Band.REVIEW if asks else suggestion.band,
        "unit_is_guess": suggestion.unit_is_guess,
        "combine": suggestion.combine,
        "duplicate_of": suggestion.duplicate_of,
        "alternatives": [candidate.model_dump(mode="json") for candidate in suggestion.alternatives],
        "evidence": [evidence.model_dump(mode="json") for evidence in suggestion.evidence],
        "field": suggestion.field,
        "unit": suggestion.unit,
        "choices": suggestion.choices.said,
        "source": suggestion.source,
    }


def _word(mapping: MappingRow, file: CorrectedFile, migration_id: int, by: Identity) -> Correction:
    return Correction(
        number=0,
        header=mapping.header,
        verdict=Verdict.MEANS if mapping.field else Verdict.IGNORE,
        field=mapping.field,
        before=mapping.suggested_field,
        choices=ColumnChoices.model_validate(mapping.choices),
        file=file,
        author=mapping.changed_by or by.name,
        migration_id=migration_id,
    )


def _content(word: Correction) -> tuple[object, ...]:
    return word.header, word.verdict, word.field, word.choices, word.file, word.author, word.scope, word.migration_id
