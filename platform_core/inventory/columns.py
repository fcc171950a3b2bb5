"""A mapped table read column by column, field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial

import numpy as np

from platform_core.domain.catalogue import Catalogue, Field
from platform_core.domain.mapping import MappedColumn, MappedTable
from platform_core.domain.table import Batch, Coded
from platform_core.inventory.field_readers import FieldReader, Finding, Values
from platform_core.inventory.full_names import FULL_NAME, HOST_FIELDS, FullNameReader, holds_domains
from platform_core.inventory.reading import DATED, NUMERIC, ColumnEvidence, reader_of
from platform_core.inventory.texts import TextReader
from platform_core.inventory.virtual import IS_VIRTUAL, VirtualReader, told_by
from platform_core.inventory.vocabularies import Vocabularies

REMEMBERED_NOTATIONS = 20_000
"""How many texts of a column are remembered as taken in; more than that are different in every row anyway."""

Evidences = dict[int, ColumnEvidence]
"""What each column (by position) says about its own notation."""


class TableReader:
    """Reads the fields of a mapped table batch by batch."""

    def __init__(
        self,
        mapped: MappedTable,
        catalogue: Catalogue,
        vocabularies: Vocabularies,
        evidence: Evidences,
        only: Collection[str] | None = None,
    ) -> None:
        by_field: dict[str, list[MappedColumn]] = defaultdict(list)
        for column in mapped_columns(mapped, catalogue):
            if only is None or column.field in only:
                by_field[column.field].append(column)
        reader = partial(_reader_of, catalogue, vocabularies, evidence)
        usual = (field for field in by_field if field not in {FULL_NAME, IS_VIRTUAL})
        fields = [
            FieldReader(field, by_field[field], list(map(reader, by_field[field])), summable=_is_sum(catalogue[field]))
            for field in usual
        ]
        if FULL_NAME in by_field:
            fields.append(_full_names(by_field, reader))
        told = told_by(by_field, vocabularies.signs) if only is None or IS_VIRTUAL in only else []
        if told or IS_VIRTUAL in by_field:
            named = by_field.get(IS_VIRTUAL, [])
            fields.append(VirtualReader((named, list(map(reader, named))), told))
        self.fields = tuple(fields)

    def read(self, batch: Batch) -> tuple[dict[str, Values], list[Finding]]:
        """Return the values of each field, and the cells of the batch that do not fit."""
        findings: list[Finding] = []
        return {field.field: field.read(batch.cells, findings) for field in self.fields}, findings

    def asked(self, batch: Batch) -> FieldValues:
        """Return the values of the fields that are asked for, whatever cells do not fit."""
        return FieldValues(self.fields, batch)


class FieldValues:
    """The values of a batch by field, each field read when it is first asked for."""

    def __init__(self, fields: Sequence[FieldReader], batch: Batch) -> None:
        self._fields = {field.field: field for field in fields}
        self._batch = batch
        self._known: dict[str, Values] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._batch.lines)

    def __contains__(self, field: str) -> bool:
        return field in self._fields

    def __getitem__(self, field: str) -> Values:
        """Return the values of a field, all unknown where no column feeds it."""
        if field not in self._known:
            reader = self._fields.get(field)
            self._known[field] = reader.read(self._batch.cells, []) if reader is not None else unknown(len(self))
        return self._known[field]


def unknown(rows: int) -> Values:
    """Return the values of a field of which nothing is known."""
    return Coded([None], np.zeros(rows, np.intp))


def _is_sum(target: Field) -> bool:
    return target.type in NUMERIC


def _reader_of(
    catalogue: Catalogue, vocabularies: Vocabularies, evidence: Evidences, column: MappedColumn
) -> TextReader:
    return reader_of(catalogue[column.field], column, evidence[column.position], vocabularies)


def _full_names(by_field: dict[str, list[MappedColumn]], reader: Callable[[MappedColumn], TextReader]) -> FieldReader:
    """Return the reader of full names; a column of domains completes host names where there is no full one."""
    columns = by_field[FULL_NAME]
    named = [column for column in columns if not holds_domains(column.header)]
    readers = list(map(reader, named))
    domain = next((column for column in columns if holds_domains(column.header)), None)
    if domain is None:
        return FieldReader(FULL_NAME, named, readers, summable=False)
    hosts = [(column, reader(column)) for field in HOST_FIELDS for column in by_field.get(field, ())]
    return FullNameReader((named, readers), (domain, reader(domain)), hosts)


def mapped_columns(mapped: MappedTable, catalogue: Catalogue) -> list[MappedColumn]:
    """Return the decisions that can be followed: the column exists and feeds a field of the catalogue."""
    width = len(mapped.table.headers)
    return [column for column in mapped.columns if column.field in catalogue and 0 <= column.position < width]


class Noting:
    """Takes in how numbers and dates are written in some columns, each different text once."""

    def __init__(self, columns: Sequence[MappedColumn], catalogue: Catalogue, evidence: Evidences) -> None:
        targets = [(column.position, catalogue[column.field]) for column in columns]
        self._columns = [(at, target) for at, target in targets if target.type in NUMERIC | DATED]
        self._evidence = evidence
        self._seen: dict[int, set[str]] = {at: set() for at, _ in self._columns}
        self.positions = frozenset(self._seen)

    def note(self, batch: Batch) -> None:
        """Take in the cells of a batch."""
        for at, target in self._columns:
            seen = self._seen[at]
            if len(seen) > REMEMBERED_NOTATIONS:
                seen.clear()
            for text in set(batch.cells[at].values) - seen:
                self._evidence[at].note(text, target)
            seen.update(batch.cells[at].values)
