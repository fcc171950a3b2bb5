"""A mapped table read column by column, field by field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import partial

from platform_core.domain.catalogue import Catalogue, Field
from platform_core.domain.inventory import Value
from platform_core.domain.mapping import MappedColumn, MappedTable
from platform_core.domain.table import Batch
from platform_core.inventory.field_readers import FieldReader, Finding
from platform_core.inventory.full_names import FULL_NAME, HOST_FIELDS, FullNameReader, holds_domains
from platform_core.inventory.reading import DATED, NUMERIC, ColumnEvidence, reader_of
from platform_core.inventory.texts import TextReader
from platform_core.inventory.virtual import IS_VIRTUAL, VirtualReader, told_by
from platform_core.inventory.vocabularies import Vocabularies

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

    def read(self, batch: Batch) -> tuple[dict[str, list[Value | None]], list[Finding]]:
        """Return a list of values for each field, and the cells of the batch that do not fit."""
        cells = dict(zip(batch.positions, batch.cells, strict=True))
        findings: list[Finding] = []
        return {field.field: field.read(cells, findings) for field in self.fields}, findings


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


def note_evidence(batch: Batch, columns: Sequence[MappedColumn], catalogue: Catalogue, evidence: Evidences) -> None:
    """Take in how numbers and dates are written in the columns of `batch`."""
    cells = dict(zip(batch.positions, batch.cells, strict=True))
    for column in columns:
        target = catalogue[column.field]
        if target.type in NUMERIC or target.type in DATED:
            for text in cells[column.position].texts:
                evidence[column.position].note(text, target)
