"""Rows recognised column by column become the same assets as rows looked at one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.inventory import Inventory
from platform_core.domain.mapping import FileKind, MappedTable
from platform_core.inventory import numbering
from platform_core.inventory.classify import Classifier
from platform_core.inventory.columns import TableReader, mapped_columns
from platform_core.inventory.identity import Names, identify
from platform_core.inventory.reading import ColumnEvidence
from platform_core.inventory.row_kinds import KINDS, kinds_of
from platform_core.inventory.row_names import NO_KIND, Namer, RowNames, name_rows
from platform_core.reference import catalogue
from tests.unit.inventory.tables import VOCABULARIES, build, mapped

NAMES = (
    "web01", "WEB01", "web01.corp.example", "web01.other.example", "Web 02", "a", "b/c", "https://web01.corp.example:8/x",
    "web01~2", "Größe", "STRAẞE", "10.1.2.3", "n/a", "", "",
)  # fmt: skip
SMBIOS, SWAPPED = "4c4c4544-0042-3510-8052-b3c04f4b4e31", "44454c4c-4200-1035-8052-b3c04f4b4e31"
CELLS: dict[str, tuple[str, ...]] = {
    "asset_name": NAMES,
    "hostname": NAMES,
    "fqdn": NAMES,
    "uuid": ("", "", SMBIOS, SWAPPED, "vm-1", "opaque-id-0001"),
    "serial_number": ("", "SN1", "sn1", "VMware-4c 4c 45 44 00 42 35 10-80 52 b3 c0 4f 4b 4e 31", "SN2"),
    "asset_tag": ("", "T1", "web01"),
    "ip_address": ("", "10.0.0.1", "10.0.0.2, 10.0.0.3"),
    "application_name": ("", "App 1", "app1", "App 2; App 1", "web01"),
    "database_name": ("", "DB1", "db-1"),
    "asset_type": ("", "server", "db", "web", "application", "nonsense"),
    "os_name": ("", "Windows Server 2019", "NetApp ONTAP", "n/a"),
    "manufacturer": ("", "Cisco", "Dell"),
    "model": ("", "Catalyst 9300", "VMware Virtual Platform"),
    "location": ("", "Leeds", "Ohio"),
    "memory_gb": ("", "16", "x"),
}


@st.composite
def files(draw: st.DrawFn, import_id: int = 1) -> MappedTable:
    """Return a file of which many rows name the same things; serial names make others unlike all others."""
    fields = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=7, unique=True))
    own = draw(st.booleans())
    cells = draw(st.lists(st.tuples(*(st.sampled_from(CELLS[field]) for field in fields)), max_size=9))
    rows = [list(row) for row in cells]
    for number, row in enumerate(rows):
        if own and number % 3:
            row[0] = f"srv{number}"
    return mapped(fields, *rows, kind=draw(st.sampled_from(FileKind)), import_id=import_id)


def built_one_by_one(*tables: MappedTable) -> Inventory:
    """Build with every row in the register, whether it shares something or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbering, "shared", lambda names, _keys: names.kinds != NO_KIND)
        return build(*tables)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(1, 3))
def test_rows_that_share_nothing_need_not_be_compared(data: st.DataObject, count: int) -> None:
    tables = [data.draw(files(import_id)) for import_id in range(1, count + 1)]
    assert build(*tables) == built_one_by_one(*tables)


@settings(max_examples=300, deadline=None)
@given(files(), st.booleans())
def test_rows_are_named_all_at_once_as_they_are_one_by_one(table: MappedTable, several: bool) -> None:
    columns = mapped_columns(table, catalogue())
    classifier = Classifier(table.kind, {column.field for column in columns}, VOCABULARIES)
    evidence = {column.position: ColumnEvidence.of(catalogue()[column.field]) for column in columns}
    reader = TableReader(table, catalogue(), VOCABULARIES, evidence, set(Names._fields))
    application_file = table.kind is FileKind.APPLICATION
    for batch in table.table.batches():
        values = reader.asked(batch)
        rows = name_rows(values, np.arange(len(values)))
        kinds = kinds_of(values, classifier)
        assert [KINDS[kind] for kind in kinds] == [classifier.kind_of(row) for row in rows]
        named = Namer(application_file=application_file, several=several).named(values, kinds)
        alone = [
            identify(row, KINDS[kind], application_file=application_file) for row, kind in zip(rows, kinds, strict=True)
        ]
        assert [kind != NO_KIND for kind in named.kinds] == [who is not None for who in alone]
        assert named.names.to_pylist() == [who.name if who else None for who in alone]
        assert named.tokens.to_pylist() == [(who.primary or who.own or "") if who else None for who in alone]
        if several:
            assert _aliases(named) == [
                (at, name) for at, who in enumerate(alone) if who for name in sorted(who.aliases)
            ]
            assert named.uuids.to_pylist() == [who.uuid if who else None for who in alone]
            assert named.serials.to_pylist() == [who.serial if who else None for who in alone]


def _aliases(named: RowNames) -> Sequence[tuple[int, str]]:
    assert named.aliases is not None
    rows, aliases = named.aliases
    return sorted(zip(rows.tolist(), aliases.to_pylist(), strict=True))
