"""What the cells of a column leave open, as questions that an analyst answers once for the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from platform_core.domain.catalogue import Field, FieldType
from platform_core.domain.choices import ColumnChoices, Several
from platform_core.domain.mapping import MappedColumn
from platform_core.inventory.cells import LONGEST_VALUE, Unfit, tidy
from platform_core.inventory.dates import DayOrder
from platform_core.inventory.dates import is_open as is_open_day
from platform_core.inventory.decimals import Decimal
from platform_core.inventory.numbers import is_open as is_open_number
from platform_core.inventory.reading import DATED, NUMERIC, ColumnEvidence, reader_of
from platform_core.inventory.several import SPLITTABLE, parts_of
from platform_core.inventory.vocabularies import Vocabularies

EXAMPLES = 4
"""Cells that are shown with a question."""

_HAS_SEVERAL = re.compile(r"[,;|\n\r]")
_APPLICATION = "application_name"


class QuestionKind(StrEnum):
    """What is asked about the notation of a column; the value names the choice that answers it."""

    DAY_FIRST = "day_first"
    DECIMAL_COMMA = "decimal_comma"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer: what it is stored as, and how the examples read with it (None = not known)."""

    answer: bool | Several
    readings: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a column leaves open: `texts` different cells are concerned, `examples` are some of them.

    `readings` tell how the examples are read as it stands; `must_answer` = they stay empty until somebody answers.
    """

    kind: QuestionKind
    texts: int
    examples: tuple[str, ...]
    readings: tuple[object, ...]
    options: tuple[Option, ...]
    must_answer: bool


def questions(
    cells: Iterable[str], target: Field, column: MappedColumn, vocabularies: Vocabularies
) -> tuple[Question, ...]:
    """Return what the different `cells` of a column that feeds `target` leave open, whatever was answered before.

    Dates where day and month could be either way round are asked unless the column's other dates tell, numbers
    with one sign likewise; cells with several values only where the column has such cells.
    """
    texts = list(dict.fromkeys(cell for cell in cells if cell))
    evidence = ColumnEvidence.of(target)
    for cell in texts:
        evidence.note(cell, target)
    found = _open_texts(texts, target, evidence, vocabularies)
    return tuple(
        _question(kind, open_ones, target, column, evidence, vocabularies) for kind, open_ones in found if open_ones
    )


def telling(target: Field) -> str | None:
    """Return what a cell must hold (RE2) to leave anything open in a column that feeds `target`, or to settle it.

    None = such columns leave nothing open, whatever their cells are.
    """
    if target.type in DATED:
        return r"^\s*\d{1,2}[-/]\d{1,2}[-/]\d"
    if target.type in NUMERIC and target.type is not FieldType.INTEGER:
        return "[.,]"
    return _HAS_SEVERAL.pattern if target.type in SPLITTABLE and target.key != "dependencies" else None


def answers_of(kind: QuestionKind, target: Field) -> tuple[bool | Several, ...]:
    """Return the answers a question can get; names of several applications are never kept as one."""
    if kind is not QuestionKind.SEVERAL:
        return True, False
    return (Several.SPLIT, Several.FIRST) if target.key == _APPLICATION else tuple(Several)


def _open_texts(
    texts: Sequence[str], target: Field, evidence: ColumnEvidence, vocabularies: Vocabularies
) -> Iterator[tuple[QuestionKind, list[str]]]:
    if target.type in DATED and evidence.days.order in {DayOrder.UNKNOWN, DayOrder.BOTH}:
        yield QuestionKind.DAY_FIRST, [text for text in texts if is_open_day(text)]
    if target.type in NUMERIC and target.type is not FieldType.INTEGER:
        yield QuestionKind.DECIMAL_COMMA, [text for text in texts if _is_open_in(text, evidence)]
    if target.type in SPLITTABLE and target.key != "dependencies":
        fillers = vocabularies.fillers_of(target.key)
        several = [text for text in texts if _HAS_SEVERAL.search(text) and len(parts_of(text, fillers)) > 1]
        yield QuestionKind.SEVERAL, several


def _is_open_in(text: str, evidence: ColumnEvidence) -> bool:
    """Tell whether neither the number nor the column says which sign stands before decimals."""
    if not is_open_number(text):
        return False
    has_words = any(c.isalpha() or c in "$€£¥%" for c in text)
    seen = evidence.numbers.worded if has_words else evidence.numbers.plain
    return seen.decimal in {Decimal.UNKNOWN, Decimal.BOTH}


def _question(
    kind: QuestionKind,
    texts: Sequence[str],
    target: Field,
    column: MappedColumn,
    evidence: ColumnEvidence,
    vocabularies: Vocabularies,
) -> Question:
    examples = tuple(sorted(texts, key=lambda text: (len(text) > LONGEST_VALUE, texts.index(text)))[:EXAMPLES])

    def readings(choices: ColumnChoices) -> tuple[object, ...]:
        read = reader_of(target, column.model_copy(update={"choices": choices}), evidence, vocabularies)
        found = [read(example) for example in examples]
        return tuple(each.rest if isinstance(each, Unfit) else each for each in found)

    as_it_stands = readings(ColumnChoices())
    return Question(
        kind=kind,
        texts=len(texts),
        examples=tuple(tidy(example) for example in examples),
        readings=as_it_stands,
        options=tuple(
            Option(answer, readings(ColumnChoices.model_validate({kind.value: answer})))
            for answer in answers_of(kind, target)
        ),
        must_answer=kind is not QuestionKind.SEVERAL and any(reading is None for reading in as_it_stands),
    )
