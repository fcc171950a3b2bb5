"""What rows become: kinds, applications that are only named, rows that name nothing, exact lineage, any table."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core import inventory
from platform_core.domain.inventory import AssetKind, IssueKind, SourceRow, applications_of
from platform_core.domain.mapping import FileKind, MappedTable
from platform_core.domain.table import Table
from platform_core.errors import Cancelled
from platform_core.reference import catalogue
from tests.unit.inventory.tables import VOCABULARIES, Spec, build, column, findings, mapped, only_asset


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("cmdb_ci_win_server", AssetKind.SERVER),
        ("Virtual Machine", AssetKind.SERVER),
        ("Database Server", AssetKind.SERVER),
        ("Domain Controller", AssetKind.SERVER),
        ("cmdb_ci_db_mssql_instance", AssetKind.DATABASE),
        ("Datenbank", AssetKind.DATABASE),
        ("C__OBJTYPE__APPLICATION", AssetKind.APPLICATION),
        ("SaaS Service", AssetKind.APPLICATION),
        ("network_device", AssetKind.NETWORK),
        ("Pare-feu", AssetKind.NETWORK),
        ("Storage Array", AssetKind.STORAGE),
        ("Laptop", AssetKind.HARDWARE),
        ("Software License", AssetKind.SOFTWARE),
        ("Do not migrate", AssetKind.SERVER),
    ],
)
def test_the_type_word_of_a_row_decides_in_a_mixed_file(word: str, kind: AssetKind) -> None:
    assert only_asset(mapped(["asset_name", "asset_type"], ("thing", word))).kind is kind


def test_a_role_is_no_type_where_the_row_is_a_machine() -> None:
    fields = ["asset_name", "asset_type", "fqdn", "os_name"]
    rows = [("srv1", "db", "srv1.corp.example", "RHEL 8"), ("srv2", "web", "", "RHEL 8")]
    assert {asset.kind for asset in build(mapped(fields, *rows)).assets} == {AssetKind.SERVER}
    assert (
        only_asset(mapped(["asset_name", "asset_type"], ("pay", "db"), kind=FileKind.OTHER)).kind is AssetKind.DATABASE
    )


def test_a_row_of_a_server_file_that_names_only_an_application_is_one() -> None:
    built = build(mapped(["hostname", "application_name"], ("web01", "Payroll"), ("", "Claims")))
    assert {asset.key for asset in built.assets} == {"server:web01", "application:payroll", "application:claims"}


@pytest.mark.parametrize("kind", [FileKind.SECURITY, FileKind.OTHER])
def test_a_file_without_a_column_that_names_assets_contributes_nothing_and_says_so_once(kind: FileKind) -> None:
    built = build(mapped(["notes", None], ("a", "x"), ("b", "y"), kind=kind))
    assert (built.assets, built.rows_used, built.rows_skipped) == ([], 0, 2)
    assert findings(built) == [(IssueKind.NO_IDENTITY, None, 2, "a")]


def test_rows_that_name_nothing_are_reported_one_by_one() -> None:
    built = build(mapped(["hostname", "notes"], ("web01", ""), ("n/a", "left over"), ("", "")))
    assert (built.rows_used, built.rows_skipped) == (1, 2)
    assert findings(built) == [
        (IssueKind.NO_IDENTITY, None, 3, "n/a | left over"),
        (IssueKind.NO_IDENTITY, None, 4, ""),
    ]


def test_applications_that_are_only_named_become_assets_with_the_rows_that_name_them() -> None:
    servers = mapped(["hostname", "application_name"], ("web01", "Payroll"), ("web02", "PAYROLL"), ("web03", "N/A"))
    built = build(servers)
    (application,) = [asset for asset in built.assets if asset.kind is AssetKind.APPLICATION]
    assert (application.key, application.name) == ("application:payroll", "Payroll")
    assert application.values == {"application_name": "Payroll"}
    assert application.sources == [SourceRow(1, 2), SourceRow(1, 3)]
    assert application.origins == {"application_name": 0}
    assert [applications_of(asset) for asset in built.assets[:3]] == [("Payroll",), ("Payroll",), ()]


def test_machines_name_applications_as_their_register_does() -> None:
    servers = mapped(["hostname", "application_name"], ("web01", "claims-centre"), import_id=1)
    register = mapped(["application_name"], ("Claims Centre",), kind=FileKind.APPLICATION, import_id=2)
    built = build(servers, register)
    assert [asset.key for asset in built.assets] == ["server:web01", "application:claimscentre"]
    assert built.assets[0].values["application_name"] == "Claims Centre"
    assert built.assets[1].sources == [SourceRow(2, 2)]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Payroll; Claims", ("Payroll", "Claims")),
        ("Payroll | Claims | payroll", ("Payroll", "Claims")),
        ("payroll, CLAIMS", ("Payroll", "Claims")),
        ("Claims, Motor", ("Claims, Motor",)),
        ("Pensions, Life", ("Pensions, Life",)),
    ],
)
def test_several_applications_in_one_cell(cell: str, names: tuple[str, ...]) -> None:
    register = mapped(["application_name"], ("Payroll",), ("Claims",), ("Claims, Motor",), kind=FileKind.APPLICATION)
    server = build(register, mapped(["hostname", "application_name"], ("web01", cell), import_id=2)).assets[3]
    assert applications_of(server) == names


def test_every_value_leads_to_the_row_it_came_from() -> None:
    vms = mapped(["asset_name", ("memory_gb", "MiB")], ("WEB02", "2048"), ("WEB01", "4096"), ("web01", ""), import_id=4)
    cmdb = mapped(
        ["hostname", "environment", "install_date"],
        ("web02", "prod", "13/05/2024"),
        ("web01", "", "14/05/2024"),
        ("web01", "test", ""),
        import_id=9,
    )
    first, second = build(cmdb, vms).assets
    assert [first.sources[first.origins[f]] for f in ("memory_gb", "environment")] == [SourceRow(4, 2), SourceRow(9, 2)]
    assert second.sources == [SourceRow(4, 3), SourceRow(4, 4), SourceRow(9, 3), SourceRow(9, 4)]
    assert second.values["install_date"] == date(2024, 5, 14)
    assert {f: second.sources[at] for f, at in second.origins.items()} == {
        "asset_name": SourceRow(4, 3),
        "memory_gb": SourceRow(4, 3),
        "hostname": SourceRow(9, 3),
        "install_date": SourceRow(9, 3),
        "environment": SourceRow(9, 4),
    }


def test_columns_that_are_not_there_and_fields_nobody_knows_are_passed_over() -> None:
    table = mapped(["hostname"], ("web01",))
    odd = (*table.columns, column(7, "gone", "os_name"), column(0, "h0", "no_such_field"))
    assert only_asset(MappedTable(1, "f", FileKind.SERVER, table.table, odd)).values == {"hostname": "web01"}


def test_a_table_without_rows_or_columns_gives_an_empty_inventory() -> None:
    nothing = inventory.build([], catalogue(), VOCABULARIES)
    empty = build(mapped(["hostname"]), mapped([None], import_id=2))
    assert (nothing.assets, empty.assets, empty.issues, empty.rows_used) == ([], [], [], 0)


def test_progress_reaches_the_end_and_a_cancel_goes_through() -> None:
    shares: list[float] = []
    table = mapped(["hostname"], *((f"h{i}",) for i in range(20)))
    inventory.build([table], catalogue(), VOCABULARIES, progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def cancel(_share: float, _text: str) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        inventory.build([table], catalogue(), VOCABULARIES, progress=cancel)


FIELDS = st.sampled_from([*catalogue().keys, None])
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "N/A",
            "web01",
            "WEB01.corp.example",
            "10.0.0.1",
            "16 GiB",
            "1,5",
            "1.234",
            "3/4/2024",
            "443/tcp",
            "a;b",
            "db",
            "prod",
        ]
    ),
)


@st.composite
def tables(draw: st.DrawFn, import_id: int) -> MappedTable:
    """Return any table of up to five columns and six rows, mapped to any fields."""
    mapping: list[Spec] = [draw(FIELDS) for _ in range(draw(st.integers(1, 5)))]
    rows = draw(st.lists(st.lists(CELLS, min_size=len(mapping), max_size=len(mapping)), max_size=6))
    return mapped(mapping, *rows, kind=draw(st.sampled_from(FileKind)), import_id=import_id)


@settings(max_examples=300, deadline=None)
@given(tables(1), tables(2))
def test_any_tables_become_an_inventory_that_accounts_for_every_row(first: MappedTable, second: MappedTable) -> None:
    built = inventory.build([first, second], catalogue(), VOCABULARIES)
    given_rows = first.table.row_count + second.table.row_count
    assert built.rows_used + built.rows_skipped == given_rows
    lines = {SourceRow(t.import_id, n + 2) for t in (first, second) for n in range(t.table.row_count)}
    assert len({asset.key for asset in built.assets}) == len(built.assets)
    for asset in built.assets:
        assert set(asset.sources) <= lines
        assert set(asset.origins) == set(asset.values)
        assert all(0 <= at < len(asset.sources) for at in asset.origins.values())
        assert all(type(value) is not tuple or value for value in asset.values.values())


@settings(max_examples=100, deadline=None)
@given(tables(1), tables(2))
def test_the_parts_of_an_inventory_add_up_to_the_whole(first: MappedTable, second: MappedTable) -> None:
    whole = inventory.build([first, second], catalogue(), VOCABULARIES)
    parts = [part.spread().inventory for part in inventory.build_in_parts([first, second], catalogue(), VOCABULARIES)]
    assert sorted((a for part in parts for a in part.assets), key=lambda a: a.key) == sorted(
        whole.assets, key=lambda a: a.key
    )
    found = [issue for part in parts for issue in part.issues]
    assert sorted(found, key=lambda issue: (issue.import_id, issue.line)) == whole.issues
    assert [link for part in parts for link in part.dependencies] == whole.dependencies
    assert sum(part.rows_used for part in parts) == whole.rows_used


@settings(max_examples=100, deadline=None)
@given(tables(1), st.integers(1, 3))
def test_the_size_of_the_batches_makes_no_difference(table: MappedTable, rows: int) -> None:
    class SmallBatches(Table):
        def batches(self, positions=None, *, rows=rows):  # type: ignore[no-untyped-def]
            return super().batches(positions, rows=rows)

    small = MappedTable(1, table.name, table.kind, SmallBatches(table.table.headers, table.table.source), table.columns)
    assert build(small) == build(table)
