"""What one text of a column becomes, and by which rule: the proof behind every value of the inventory."""

from __future__ import annotations

from dataclasses import dataclass

from platform_core.domain.catalogue import Field, FieldType
from platform_core.domain.choices import Several
from platform_core.domain.inventory import Value
from platform_core.domain.mapping import MappedColumn
from platform_core.inventory.cells import Unfit
from platform_core.inventory.dates import date_rule
from platform_core.inventory.numbers import quantity_rule
from platform_core.inventory.reading import DATED, NUMERIC, ColumnEvidence, date_format, number_format, reader_of
from platform_core.inventory.several import ONE_VALUE, parts_of, usual
from platform_core.inventory.vocabularies import Vocabularies

AS_IT_STANDS = "as it stands"
NOTHING = "nothing is known here"


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text and what became of it: `value` (None = not known), what does not fit, and the rule in words.

    Where a part does not fit, `value` is the rest that was kept.
    """

    text: str
    value: Value | None
    finding: Unfit | None
    rule: str


def normalise(
    text: str, target: Field, column: MappedColumn, evidence: ColumnEvidence, vocabularies: Vocabularies
) -> Normalised:
    """Return what `text` becomes in `column`, which feeds `target`, and the rule that was applied.

    The same reading as in a build; pure, and whatever the text is nothing is raised. `evidence` is what all cells
    of the column say about their notation.
    """
    reading = reader_of(target, column, evidence, vocabularies)(text)
    if isinstance(reading, Unfit):
        return Normalised(text, reading.rest, reading, f"{reading.text[0].lower()}{reading.text[1:]}")
    if reading is None:
        return Normalised(text, None, None, NOTHING if text.strip() else "the cell is empty")
    return Normalised(text, reading, None, _rule(text, reading, target, column, evidence, vocabularies))


def _rule(
    text: str,
    value: Value,
    target: Field,
    column: MappedColumn,
    evidence: ColumnEvidence,
    vocabularies: Vocabularies,
) -> str:
    fillers = vocabularies.fillers_of(target.key)
    if target.type in NUMERIC and target.key != "dep_port":
        form = number_format(target, column, evidence, vocabularies)
        said = column.choices.decimal_comma is not None
        return quantity_rule(text, form, target.unit, column.unit, said=said) if form is not None else AS_IT_STANDS
    if target.type in DATED:
        form_of_dates = date_format(column, evidence, vocabularies, fillers)
        return date_rule(text, form_of_dates, said=column.choices.day_first is not None)
    if target.type in ONE_VALUE or target.type is FieldType.LIST:
        several = column.choices.several or usual(target.type)
        parts = parts_of(text, fillers)
        if len(parts) > 1 and several is not Several.KEEP:
            return _SEVERAL[several].format(parts=len(parts))
    if target.type is FieldType.IP:
        return AS_IT_STANDS if _same(text, value) else "addresses only; ports, prefix lengths and zones are left out"
    return _word_rule(text, value, target)


_SEVERAL = {
    Several.SPLIT: "{parts} values, separated at , ; | and line breaks",
    Several.FIRST: "the first of {parts} values, as chosen for the column",
}


def _same(text: str, value: Value) -> bool:
    return text == (", ".join(value) if isinstance(value, tuple) else value)


def _word_rule(text: str, value: Value, target: Field) -> str:
    if _same(text, value):
        return AS_IT_STANDS
    if target.type is FieldType.BOOLEAN:
        return f"“{text.strip()}” means {'yes' if value else 'no'} in {target.label}"
    if target.type is FieldType.CATEGORY and " ".join(text.split()) != value:
        return f"“{text.strip()}” is a spelling of {value}"
    return "without superfluous blanks and invisible characters"
