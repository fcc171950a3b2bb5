"""The columns of one field: each different cell is read once, several columns are combined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import cast

import numpy as np

from platform_core.domain.inventory import Value
from platform_core.domain.mapping import Combine, MappedColumn
from platform_core.domain.table import Cells, Coded
from platform_core.inventory.cells import Read, Reader, Unfit
from platform_core.inventory.texts import TextReader

_UNSEEN = object()
"""Stands for the reading of a text that was not read yet."""

REMEMBERED_TEXTS = 100_000
"""How many different texts of a column are kept in memory: repeated words stay cheap, unique names do not pile up."""


Values = Coded[Value | None]
"""The values of a field in some consecutive rows, None where unknown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A cell that does not fit, at row `row` of a batch."""

    row: int
    field: str
    raw: str
    unfit: Unfit


class ColumnReader:
    """Reads the cells of one column, each different text only once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[str, Read] = {}
        self.saw_unfit = False

    def read(self, cells: Cells) -> Coded[Read]:
        """Return one reading a cell."""
        return cells.instead(self._readings(list(cells.values), len(cells)))

    def _readings(self, texts: list[str], rows: int) -> list[Read]:
        if len(self._known) > REMEMBERED_TEXTS:
            self._known.clear()
        known = self._known
        if not known and len(texts) > rows // 2:  # a column of unique texts: nothing of it will come again
            return self._read(texts)
        readings = list(map(known.get, texts, repeat(_UNSEEN)))
        if _UNSEEN in readings:
            fresh = [text for text, reading in zip(texts, readings, strict=True) if reading is _UNSEEN]
            read = self._read(fresh)
            if len(fresh) == len(texts) > rows // 2:
                return read
            known.update(zip(fresh, read, strict=True))
            readings = list(map(known.__getitem__, texts))
        return cast("list[Read]", readings)

    def _read(self, texts: list[str]) -> list[Read]:
        reader = self._reader
        readings = reader.read_all(texts) if isinstance(reader, TextReader) else list(map(reader, texts))
        if not self.saw_unfit and readings is not texts:
            self.saw_unfit = Unfit in set(map(type, readings))
        return readings


class FieldReader:
    """Reads the columns that feed one field and combines them, primary column first."""

    def __init__(
        self, field: str, columns: Sequence[MappedColumn], readers: Sequence[Reader], *, summable: bool
    ) -> None:
        self.field = field
        self.positions = self._read_from = tuple(column.position for column in columns)
        self._readers = [ColumnReader(reader) for reader in readers]
        self._combine = _combiner(columns, summable=summable)
        self.adds_up = self._combine is _sum

    def read(self, cells: Mapping[int, Cells], findings: list[Finding]) -> Values:
        """Return one value a row (None = not known) and add the cells that do not fit to `findings`."""
        columns = [reader.read(cells[at]) for reader, at in zip(self._readers, self._read_from, strict=True)]
        saw_unfit = any(reader.saw_unfit for reader in self._readers)
        if saw_unfit:
            for column, at in zip(columns, self._read_from, strict=True):
                findings.extend(self._unfit(column, cells[at]))
        if len(columns) > 1:
            return Coded.plain([self._combine(row) for row in zip(*columns, strict=True)])
        (column,) = columns
        return column.instead([self._combine((reading,)) for reading in column.values]) if saw_unfit else _fit(column)

    def _unfit(self, column: Coded[Read], raw: Cells) -> Iterator[Finding]:
        for row in np.flatnonzero(column.mask(isinstance(reading, Unfit) for reading in column.values)).tolist():
            yield Finding(row, self.field, raw[row], cast("Unfit", column[row]))


def _fit(column: Coded[Read]) -> Values:
    """Return readings among which there is none that does not fit."""
    return cast("Values", column)


def _combiner(columns: Sequence[MappedColumn], *, summable: bool) -> Callable[[tuple[Read, ...]], Value | None]:
    """Choose how a field's columns combine: as the first of them that asks for more than FIRST."""
    how = next((column.combine for column in columns if column.combine is not Combine.FIRST), Combine.FIRST)
    if how is Combine.SUM and summable:
        return _sum
    return _list if how is Combine.LIST else _first


def _fitting(row: tuple[Read, ...]) -> Iterator[Value]:
    for reading in row:
        value = reading.rest if isinstance(reading, Unfit) else reading
        if value is not None:
            yield value


def _first(row: tuple[Read, ...]) -> Value | None:
    return next(_fitting(row), None)


def _sum(row: tuple[Read, ...]) -> Value | None:
    """Add up; a part that cannot be read leaves the total unknown."""
    parts = [part for part in row if isinstance(part, int | float)]
    if not parts or any(isinstance(part, Unfit) for part in row):
        return None
    return round(sum(parts), 6)


def _list(row: tuple[Read, ...]) -> Value | None:
    """List the different values: as a tuple where the field is a list, joined by "; " where it is text."""
    values = list(_fitting(row))
    if values and isinstance(values[0], tuple):
        return tuple(dict.fromkeys(item for value in values if isinstance(value, tuple) for item in value))
    if all(isinstance(value, str) for value in values):
        return "; ".join(dict.fromkeys(str(value) for value in values)) or None
    return values[0]
