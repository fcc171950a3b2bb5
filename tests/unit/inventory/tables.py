"""Small mapped tables for the inventory's tests, and the shipped reference data they are built with."""

from __future__ import annotations

from collections.abc import Sequence

from platform_core import inventory
from platform_core.domain.choices import ColumnChoices
from platform_core.domain.inventory import Asset, Inventory, IssueKind, Value
from platform_core.domain.mapping import Combine, FileKind, MappedColumn, MappedTable
from platform_core.domain.table import Table
from platform_core.reference import DATA, catalogue

VOCABULARIES = inventory.load_vocabularies(DATA)

Spec = str | tuple[str, str] | tuple[str, str | None, Combine] | MappedColumn | None
"""What a column feeds: a field, with its unit, with its combination, or a mapping as it is; None = unmapped."""


def column(position: int, header: str, spec: Spec) -> MappedColumn:
    """Map one column."""
    if isinstance(spec, MappedColumn):
        return spec.model_copy(update={"position": position, "header": header})
    field, unit, combine = (spec, None, Combine.FIRST) if isinstance(spec, str) else (*spec, Combine.FIRST)[:3]
    return MappedColumn(position=position, header=header, field=field, unit=unit, combine=combine)


def chosen(field: str, **choices: object) -> MappedColumn:
    """Map a column about whose notation an analyst said something."""
    return MappedColumn(position=0, header="", field=field, choices=ColumnChoices.model_validate(choices))


def mapped(
    mapping: Sequence[Spec],
    *rows: Sequence[str],
    kind: FileKind = FileKind.SERVER,
    import_id: int = 1,
    headers: Sequence[str] | None = None,
) -> MappedTable:
    """Return a table whose columns feed the fields in `mapping`."""
    named = headers or [f"h{i}" for i in range(len(mapping))]
    columns = tuple(column(i, named[i], spec) for i, spec in enumerate(mapping) if spec is not None)
    return MappedTable(import_id, f"file{import_id}.csv", kind, Table.of(named, rows), columns)


def build(*tables: MappedTable) -> Inventory:
    """Build an inventory with the shipped reference data."""
    return inventory.build(tables, catalogue(), VOCABULARIES)


def only_asset(*tables: MappedTable) -> Asset:
    """Build an inventory that must hold exactly one asset and return that."""
    (asset,) = build(*tables).assets
    return asset


def read_cells(field: str, *cells: str, unit: str | None = None, **choices: object) -> list[Value | None]:
    """Return what the cells of one column become, one a row, with what an analyst chose for the column."""
    rows = [(f"host{i}", cell) for i, cell in enumerate(cells)]
    column = chosen(field, **choices).model_copy(update={"unit": unit})
    return [a.values.get(field) for a in build(mapped(["hostname", column], *rows)).assets]


def findings(built: Inventory) -> list[tuple[IssueKind, str | None, int, str]]:
    """Return the findings as (kind, field, line, raw)."""
    return [(issue.kind, issue.field, issue.line, issue.raw) for issue in built.issues]
