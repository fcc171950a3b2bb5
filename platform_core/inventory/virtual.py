"""Whether a machine is virtual: said by its own column, else shown by its type, model, operating system or maker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from platform_core.domain.mapping import MappedColumn
from platform_core.domain.table import Cells, Coded
from platform_core.inventory.cells import Reader
from platform_core.inventory.field_readers import ColumnReader, FieldReader, Finding, Values
from platform_core.inventory.signs import SIGN_FIELDS, Signs

IS_VIRTUAL = "is_virtual"
TELLING = ("type", "model", "os", "maker")
"""Sorts of signs in the order in which they are believed."""


class VirtualReader(FieldReader):
    """Reads the column that says it, and completes what that leaves empty by the signs of other columns."""

    def __init__(
        self, named: tuple[Sequence[MappedColumn], Sequence[Reader]], told: Sequence[tuple[int, Reader]]
    ) -> None:
        super().__init__(IS_VIRTUAL, *named, summable=False)
        self._told = [(position, ColumnReader(reader)) for position, reader in told]
        self.positions = (*self._read_from, *(position for position, _ in self._told))

    def read(self, cells: Mapping[int, Cells], findings: list[Finding]) -> Values:
        """Return for each row whether it is virtual (None = not known)."""
        found = super().read(cells, findings) if self._read_from else None
        if found is not None and None not in found.values:
            return found
        values = found.spread() if found is not None else [None] * len(cells[self.positions[0]])
        for position, reader in self._told:
            if None not in values:
                break
            shown = reader.read(cells[position])
            values = [
                other if value is None and isinstance(other, bool) else value
                for value, other in zip(values, shown, strict=True)
            ]
        return Coded.plain(values)


def told_by(by_field: Mapping[str, Sequence[MappedColumn]], signs: Signs) -> list[tuple[int, Reader]]:
    """Return the columns that can show whether a machine is virtual, each with its reading, the most telling first."""
    return [
        (column.position, partial(signs.virtual, sort))
        for sort in TELLING
        for column in by_field.get(SIGN_FIELDS[sort], ())
    ]
