"""What the columns of an import leave open about their cells, and the answers an analyst gives once a column."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from platform_core.domain.base import Frozen
from platform_core.domain.catalogue import Field
from platform_core.domain.choices import ColumnChoices
from platform_core.domain.identity import Identity
from platform_core.domain.mapping import MappedColumn, MappingState
from platform_core.domain.table import column_name
from platform_core.errors import BadInput
from platform_core.inventory import Question, QuestionKind, questions, telling
from platform_core.reference import catalogue
from platform_core.services.imports import still_in_review
from platform_core.services.knowledge import vocabularies
from platform_core.services.mappings import standing, state_of
from platform_core.store import UnitOfWork
from platform_core.store.columns import now


class ColumnQuestion(Frozen):
    """A question about one column that feeds `field`; `answer` is what was said, None = nothing yet."""

    position: int
    header: str
    field: str
    question: Question
    answer: bool | str | None
    version: int

    @property
    def is_open(self) -> bool:
        """Whether cells stay empty until somebody answers."""
        return self.answer is None and self.question.must_answer


def column_questions(work: UnitOfWork, import_id: int) -> list[ColumnQuestion]:
    """Return what the mapped columns of an import leave open, the questions that must be answered first.

    Each column is read through once for each field it is mapped to, and the result remembered.
    """
    with work.reading():
        row = work.imports.get(import_id)
        rows = {mapping.position: mapping for mapping in work.mappings.of(import_id)}
    with work.files.local(row.table) as parquet:
        asked = [
            ColumnQuestion(
                position=column.position,
                header=column.header,
                field=column.field,
                question=question,
                answer=getattr(column.choices, question.kind.value),
                version=rows[column.position].version,
            )
            for column in standing(rows.values(), undecided=True)
            for question in _asked(row.table, str(parquet), column.model_copy(update={"choices": ColumnChoices()}))
        ]
    return sorted(asked, key=lambda each: (not each.is_open, each.position))


def answer(work: UnitOfWork, import_id: int, asked: ColumnQuestion, said: bool | str | None, by: Identity) -> None:
    """Note an answer about the notation of a column, None to take it back; the column's field is thereby accepted.

    Raises Conflict when somebody else changed the column meanwhile or the import is applied, BadInput when the
    column is not mapped any more.
    """
    with work:
        owner = work.imports.get(import_id)
        still_in_review(owner)
        row = work.mappings.get(import_id, asked.position, expected=asked.version)
        if row.field != asked.field:
            raise BadInput("The column feeds another field by now.", hint="Look at the column again.")
        before = state_of(row)
        row.choices = ColumnChoices.model_validate({**row.choices, asked.question.kind.value: said}).said
        if row.state == MappingState.SUGGESTED:
            row.state = MappingState.ACCEPTED
        row.changed_at, row.changed_by = now(), by.name
        work.audit.record(
            by,
            "mapping.decided",
            migration_id=owner.migration_id,
            subject=f"{import_id}:{row.position}",
            text=f"{row.header or 'Unnamed column'} in {owner.file_name}: {in_words(asked.question.kind, said)}",
            before=before,
            after=state_of(row),
        )
        work.commit()


def in_words(kind: QuestionKind, said: bool | str | None) -> str:
    """Return an answer as a person says it."""
    return _WORDS.get((kind, said), "read as the column itself shows")


_WORDS: dict[tuple[QuestionKind, bool | str | None], str] = {
    (QuestionKind.DAY_FIRST, True): "day first",
    (QuestionKind.DAY_FIRST, False): "month first",
    (QuestionKind.DECIMAL_COMMA, True): "comma before decimals",
    (QuestionKind.DECIMAL_COMMA, False): "point before decimals",
    (QuestionKind.SEVERAL, "split"): "several values are split",
    (QuestionKind.SEVERAL, "keep"): "several values are kept as one",
    (QuestionKind.SEVERAL, "first"): "only the first of several values",
}


@lru_cache(maxsize=1024)
def _asked(_key: str, parquet: str, column: MappedColumn) -> tuple[Question, ...]:
    """Read the column of the table that the file store keeps under a key; tables never change under their key."""
    target = catalogue()[column.field]
    return questions(telling_texts(Path(parquet), column.position, target), target, column, vocabularies())


def telling_texts(parquet: Path, position: int, target: Field) -> list[str]:
    """Return the different cells of a column that can leave something open or settle it."""
    pattern = telling(target)
    if pattern is None:
        return []
    found: dict[str, None] = {}
    name = column_name(position)
    with pq.ParquetFile(parquet) as file:
        for batch in file.iter_batches(columns=[name]):
            different = pc.unique(batch.column(name)).drop_null()
            found.update(dict.fromkeys(different.filter(pc.match_substring_regex(different, pattern)).to_pylist()))
    return list(found)
