"""Which reading each field gets: by its type, its unit and what the column showed about itself."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from datetime import date

from platform_core.domain.catalogue import Field, FieldType
from platform_core.domain.choices import Several
from platform_core.domain.inventory import IssueKind, Value
from platform_core.domain.mapping import MappedColumn
from platform_core.inventory.cells import (
    LONGEST_VALUE,
    Read,
    Reader,
    Unfit,
    address,
    clean_text,
    read_addresses,
)
from platform_core.inventory.dates import DateFormat, DayOrder, DayOrderEvidence, read_date
from platform_core.inventory.decimals import Decimal
from platform_core.inventory.numbers import NumberEvidence, NumberFormat, read_quantity
from platform_core.inventory.ports import read_ports
from platform_core.inventory.several import ONE_VALUE, list_reader, of_several
from platform_core.inventory.texts import TextReader
from platform_core.inventory.vocabularies import Range, Vocabularies, dimension_of
from platform_core.inventory.words import WordList

NUMERIC = frozenset((FieldType.NUMBER, FieldType.INTEGER, FieldType.MONEY))
DATED = frozenset((FieldType.DATE, FieldType.DATETIME))


@dataclass(slots=True)
class ColumnEvidence:
    """What the cells of a column say about their own notation."""

    numbers: NumberEvidence = field(default_factory=NumberEvidence)
    days: DayOrderEvidence = field(default_factory=DayOrderEvidence)

    @classmethod
    def of(cls, target: Field) -> ColumnEvidence:
        """Start with nothing seen of a column that feeds `target`."""
        return cls(NumberEvidence.of(whole_numbers=target.type is FieldType.INTEGER))

    def note(self, cell: str, target: Field) -> None:
        """Take in one cell of a column that feeds `target`."""
        if target.type in NUMERIC:
            self.numbers.note(cell)
        elif target.type in DATED:
            self.days.note(cell)


def reader_of(target: Field, column: MappedColumn, evidence: ColumnEvidence, vocabularies: Vocabularies) -> TextReader:
    """Return the function that turns a cell of `column` into a value of `target`.

    The column's unit is that of cells without one of their own (None = the field's), its choices settle what the
    evidence leaves open. Empty cells and fillers read as None, cells that do not fit as Unfit.
    """
    fillers = vocabularies.fillers_of(target.key)
    reader = _typed_reader(target, column, evidence, vocabularies, fillers)
    several = column.choices.several
    is_split = target.type in ONE_VALUE and several is not None and several is not Several.KEEP
    if is_split and several is not None:
        reader = of_several(reader, several, fillers)
    wants_raw = is_split or target.type in {FieldType.TEXT, FieldType.LIST}
    addresses = target.type is FieldType.IP and not is_split
    return TextReader(reader, fillers, wants_raw=wants_raw, addresses=addresses)


def _typed_reader(
    target: Field, column: MappedColumn, evidence: ColumnEvidence, vocabularies: Vocabularies, fillers: frozenset[str]
) -> Reader | None:
    """Return the reading of a tidied cell, None where the text is the value; texts and lists get the cell itself."""
    if target.key == "dep_port":
        limits, protocols = vocabularies.ranges.get(target.key), vocabularies.words_of("dep_protocol")
        return lambda cell: read_ports(cell, limits, protocols)
    match target.type:
        case FieldType.NUMBER | FieldType.INTEGER | FieldType.MONEY:
            return _number_reader(target, column, evidence, vocabularies)
        case FieldType.DATE | FieldType.DATETIME:
            return _date_reader(target, date_format(column, evidence, vocabularies, fillers), vocabularies)
        case FieldType.BOOLEAN:
            return _boolean_reader(target, vocabularies.words_of(target.key), vocabularies.words_of("boolean"))
        case FieldType.CATEGORY:
            return _category_reader(vocabularies.words_of(target.key))
        case FieldType.LIST:
            return list_reader(column.choices.several, fillers)
        case FieldType.IP:
            return lambda cell: read_addresses(cell, fillers)
        case FieldType.TEXT:
            return clean_text
        case _:
            return None


def number_format(
    target: Field, column: MappedColumn, evidence: ColumnEvidence, vocabularies: Vocabularies
) -> NumberFormat | None:
    """Return how the numbers of a column are read; None = its unit is none of the field's."""
    units = vocabularies.units_of(target)
    factor = units.get(" ".join(column.unit.casefold().split())) if column.unit else 1.0
    if factor is None:
        return None
    dimension = dimension_of(target)
    marks = vocabularies.marks["about"] | (vocabularies.marks["at most"] if dimension == "time" else frozenset())
    plain, worded = evidence.numbers.plain.decimal, evidence.numbers.worded.decimal
    if column.choices.decimal_comma is not None:
        plain = worded = Decimal.COMMA if column.choices.decimal_comma else Decimal.POINT
    return NumberFormat(units, dimension, marks, factor, plain, worded)


def _number_reader(target: Field, column: MappedColumn, evidence: ColumnEvidence, vocabularies: Vocabularies) -> Reader:
    form = number_format(target, column, evidence, vocabularies)
    if form is None:
        text = f"The column's unit {column.unit} is not one of {target.label}"
        return lambda _: Unfit(IssueKind.UNREADABLE, text)
    limits = vocabularies.ranges.get(target.key)
    whole = target.type is FieldType.INTEGER

    def read(cell: str) -> Read:
        value = read_quantity(cell, form)
        if not isinstance(value, float):
            return value
        if whole and not value.is_integer():
            return Unfit(IssueKind.UNREADABLE, "This is not a whole number")
        return _within(int(value) if whole else value, value, limits)

    return read


def date_format(
    column: MappedColumn, evidence: ColumnEvidence, vocabularies: Vocabularies, fillers: frozenset[str]
) -> DateFormat:
    """Return how the dates of a column are read: as an analyst said, else as its own dates show."""
    order = evidence.days.order
    if column.choices.day_first is not None:
        order = DayOrder.DAY_FIRST if column.choices.day_first else DayOrder.MONTH_FIRST
    return DateFormat(vocabularies.months, order, fillers)


def _date_reader(target: Field, form: DateFormat, vocabularies: Vocabularies) -> Reader:
    limits = vocabularies.ranges.get(target.key)

    def read(cell: str) -> Read:
        value = read_date(cell, form)
        return _within(value, value.year, limits) if isinstance(value, date) else value

    return read


def _within(value: Value, size: float, limits: Range | None) -> Read:
    if limits is None or limits.minimum <= size <= limits.maximum:
        return value
    return Unfit(
        IssueKind.IMPLAUSIBLE, f"{value} is outside what is possible ({limits.minimum:g} to {limits.maximum:g})"
    )


def _boolean_reader(target: Field, own: WordList, general: WordList) -> Reader:
    def read(cell: str) -> Read:
        word = (own.find(cell) or general.find(cell)) if len(cell) <= LONGEST_VALUE else None
        if word is not None:
            return word == "true"
        known = address(cell) if target.key == "internet_facing" else None
        if known is not None:
            return ipaddress.ip_address(known).is_global
        return Unfit(IssueKind.UNREADABLE, "This is neither yes nor no")

    return read


def _category_reader(words: WordList) -> Reader | None:
    if not (words.whole or words.parts):
        return None
    return lambda cell: (words.find(cell) if len(cell) <= LONGEST_VALUE else None) or cell
