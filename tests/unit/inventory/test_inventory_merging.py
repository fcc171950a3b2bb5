"""Which rows are the same thing, and what is said when they disagree."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.inventory import AssetKind, IssueKind, SourceRow
from platform_core.domain.mapping import FileKind
from tests.unit.inventory.tables import build, findings, mapped, only_asset


def keys(*tables: object) -> list[str]:
    return [asset.key for asset in build(*tables).assets]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("asset_name", "WEB01"), ("hostname", "web01")),
        (("asset_name", "web01"), ("fqdn", "web01.corp.example")),
        (("hostname", "WEB01.corp.example"), ("asset_name", " web01 ")),
        (("fqdn", "https://web01.corp.example:8443/x"), ("hostname", "Web01")),
        (("uuid", "420b85c1-ef0d-37fb-6897-61c47157f858"), ("uuid", "{420B85C1EF0D37FB689761C47157F858}")),
        (("uuid", "420b85c1-ef0d-37fb-6897-61c47157f858"), ("uuid", "c1850b42-0def-fb37-6897-61c47157f858")),
        (
            ("uuid", "420b85c1-ef0d-37fb-6897-61c47157f858"),
            ("serial_number", "VMware-42 0b 85 c1 ef 0d 37 fb-68 97 61 c4 71 57 f8 58"),
        ),
        (("serial_number", "CZJ1234X"), ("serial_number", "czj1234x")),
    ],
)
def test_machines_of_two_files_are_recognised(first: tuple[str, str], second: tuple[str, str]) -> None:
    asset = only_asset(mapped([first[0]], (first[1],)), mapped([second[0]], (second[1],), import_id=2))
    assert asset.sources == [SourceRow(1, 2), SourceRow(2, 2)]


def test_a_friendly_vm_name_joins_by_its_dns_name() -> None:
    vms = mapped(["asset_name", "fqdn"], ("Payroll app server", "pay01.corp.example"))
    asset = only_asset(vms, mapped(["hostname", "location"], ("PAY01", "Leeds"), import_id=2))
    assert (asset.key, asset.name, asset.values["location"]) == ("server:pay01", "Payroll app server", "Leeds")


def test_a_row_that_names_two_assets_shows_that_they_are_one() -> None:
    vms = mapped(["asset_name"], ("Payroll app server",))
    cmdb = mapped(["hostname"], ("pay01",), import_id=2)
    both = mapped(["asset_name", "hostname"], ("Payroll app server", "pay01"), import_id=3)
    assert len(build(vms, cmdb, both).assets) == 1
    assert len(build(vms, cmdb).assets) == 2


@pytest.mark.parametrize("field", ["ip_address", "environment", "location", "application_name"])
def test_an_address_or_environment_joins_nothing(field: str) -> None:
    same = "10.0.0.1" if field == "ip_address" else "Production"
    rows = mapped(["hostname", field], ("web01", same), ("web02", same))
    more = mapped(["hostname", field], ("web03", same), import_id=2)
    assert [k for k in keys(rows, more) if k.startswith("server")] == ["server:web01", "server:web02", "server:web03"]


def test_two_uuids_are_two_machines_even_under_one_name() -> None:
    one, two = "420b85c1-ef0d-37fb-6897-61c47157f858", "420b85c1-ef0d-37fb-6897-61c47157f859"
    assert keys(mapped(["asset_name", "uuid"], ("web01", one), ("web01", two))) == ["server:web01", "server:web01~2"]
    second = mapped(["asset_name", "uuid"], ("web01", two), import_id=2)
    assert len(keys(mapped(["asset_name", "uuid"], ("web01", one)), second)) == 2


def test_an_instance_uuid_does_not_contradict_a_bios_uuid() -> None:
    bios = mapped(["asset_name", "uuid"], ("web01", "420b85c1-ef0d-37fb-6897-61c47157f858"))
    instance = mapped(["asset_name", "uuid"], ("web01", "500b4793-2a7b-f692-073b-a400ac8fccce"), import_id=2)
    assert len(keys(bios, instance)) == 1


def test_one_name_in_two_domains_is_two_machines() -> None:
    inside = mapped(["fqdn"], ("web01.corp.example",))
    outside = mapped(["fqdn"], ("web01.dmz.example",), import_id=2)
    assert len(keys(inside, outside)) == 2


def test_blades_of_one_chassis_stay_apart_and_its_serial_number_joins_none_of_them() -> None:
    blades = mapped(["hostname", "serial_number"], ("esx01", "CHASSIS7"), ("esx02", "CHASSIS7"))
    unknown = mapped(["hostname", "serial_number"], ("other", "CHASSIS7"), import_id=2)
    assert len(keys(blades, unknown)) == 3


def test_a_name_behind_a_load_balancer_does_not_join_the_servers() -> None:
    rows = mapped(["hostname", "fqdn"], ("web01", "www.corp.example"), ("web02", "www.corp.example"))
    assert keys(rows) == ["server:web01", "server:web02"]


def test_laptops_of_one_model_name_differ_by_serial_number() -> None:
    rows = mapped(["asset_name", "serial_number"], ("Notebook 14", "A1"), ("Notebook 14", "B2"), kind=FileKind.HARDWARE)
    assert len(keys(rows)) == 2


def test_devices_other_than_servers_are_named_anew_at_each_site() -> None:
    rows = mapped(["asset_name", "location"], ("PP:MDF", "Hall A"), ("PP:MDF", "Hall B"), kind=FileKind.NETWORK)
    assert len(keys(rows)) == 2


def test_kinds_are_not_mixed() -> None:
    rows = mapped(
        ["asset_name", "asset_type"], ("payroll", "Server"), ("Payroll", "Application"), ("payroll", "Database")
    )
    assert keys(rows) == ["server:payroll", "application:payroll", "database:payroll"]


@pytest.mark.parametrize("spelling", ["PAYROLL PORTAL", "payroll-portal", " Payroll   Portal ", "PayrollPortal"])
def test_applications_are_one_whatever_case_and_blanks(spelling: str) -> None:
    register = mapped(["application_name"], ("Payroll Portal",), (spelling,), kind=FileKind.APPLICATION)
    assert only_asset(register).key == "application:payrollportal"


def test_databases_of_one_name_on_two_hosts_are_two_and_a_bare_name_joins_the_only_one() -> None:
    listed = mapped(
        ["database_name", "hostname"], ("master", "db01"), ("master", "db02"), ("pay", "db01"), kind=FileKind.DATABASE
    )
    bare = mapped(["database_name", "database_engine"], ("PAY", "Oracle"), kind=FileKind.DATABASE, import_id=2)
    assets = {asset.key: asset for asset in build(listed, bare).assets}
    assert list(assets) == ["database:master@db01", "database:master@db02", "database:pay@db01"]
    assert assets["database:pay@db01"].values["database_engine"] == "Oracle"


def test_the_lowest_import_wins_and_later_ones_fill_what_is_empty() -> None:
    late = mapped(["hostname", "cpu_cores", "location"], ("WEB01", "8", "Leeds"), import_id=7)
    early = mapped(["hostname", "cpu_cores", "location"], ("web01", "4", ""), import_id=3)
    asset = only_asset(late, early)
    assert asset.values == {"hostname": "web01", "cpu_cores": 4, "location": "Leeds"}
    assert asset.sources == [SourceRow(3, 2), SourceRow(7, 2)]
    assert asset.origins == {"hostname": 0, "cpu_cores": 0, "location": 1}


def test_a_contradiction_is_a_finding_of_the_later_row_with_its_text() -> None:
    early = mapped(["hostname", ("memory_gb", "MiB")], ("web01", "16384"))
    built = build(early, mapped(["hostname", "memory_gb"], ("web01", "8 GiB"), import_id=2))
    assert findings(built) == [(IssueKind.CONFLICT, "memory_gb", 2, "8 GiB")]
    (issue,) = built.issues
    assert (issue.import_id, issue.asset_key) == (2, "server:web01")
    assert issue.text == "file2.csv line 2 says 8; 16 from file1.csv line 2 stands."


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("os_name", "Microsoft Windows Server 2019 (64-bit)", "Windows Server 2019"),
        ("os_name", "Ubuntu Linux (64-bit)", "Ubuntu 20.04 LTS"),
        ("location", "Leeds", "leeds - DC 2"),
        ("memory_gb", "16", "15.9"),
        ("ip_address", "10.0.0.1", "10.0.0.2; 10.0.0.1"),
        ("description", "Payroll", "runs the salaries"),
        ("hypervisor_host", "esx01", "esx02"),
    ],
)
def test_spelling_detail_rounding_and_prose_are_no_contradiction(field: str, first: str, second: str) -> None:
    one, two = mapped(["hostname", field], ("w", first)), mapped(["hostname", field], ("w", second), import_id=2)
    assert build(one, two).issues == []


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("os_name", "RHEL 8", "RHEL 9"),
        ("environment", "prod", "test"),
        ("cpu_cores", "4", "8"),
        ("storage_gb", "100", "107"),
    ],
)
def test_real_differences_are_contradictions(field: str, first: str, second: str) -> None:
    one, two = mapped(["hostname", field], ("w", first)), mapped(["hostname", field], ("w", second), import_id=2)
    assert findings(build(one, two)) == [(IssueKind.CONFLICT, field, 2, second)]


DISKS = ["Disk", "VM", "Capacity MiB"]


def test_disks_of_one_machine_add_up_and_a_disk_listed_twice_counts_once() -> None:
    rows = [("Hard disk 1", "web01", "1024"), ("Hard disk 2", "web01", "2048"), ("Hard disk 2", "web01", "2048")]
    asset = only_asset(mapped([None, "asset_name", ("storage_gb", "MiB")], *rows, headers=DISKS))
    assert asset.values["storage_gb"] == 3.0
    assert [source.line for source in asset.sources] == [2, 3, 4]


def test_rows_that_are_no_disks_do_not_add_up() -> None:
    table = mapped(["asset_name", ("storage_gb", "MiB")], ("web01", "1024"), ("web01", "2048"))
    built = build(table)
    assert built.assets[0].values["storage_gb"] == 1.0
    assert findings(built) == [(IssueKind.CONFLICT, "storage_gb", 3, "2048")]


def test_an_unreadable_disk_leaves_the_total_unknown() -> None:
    rows = [("Hard disk 1", "web01", "1024"), ("Hard disk 2", "web01", "lots")]
    built = build(mapped([None, "asset_name", ("storage_gb", "MiB")], *rows, headers=DISKS))
    assert "storage_gb" not in built.assets[0].values


def test_the_total_of_one_file_is_compared_with_the_sum_of_another() -> None:
    totals = mapped(["asset_name", ("storage_gb", "MiB")], ("web01", "3072"), ("web02", "3072"))
    rows = [("d1", "web01", "1024"), ("d2", "web01", "2048"), ("d1", "web02", "1024")]
    built = build(totals, mapped([None, "asset_name", ("storage_gb", "MiB")], *rows, headers=DISKS, import_id=2))
    assert [asset.values["storage_gb"] for asset in built.assets] == [3.0, 3.0]
    assert findings(built) == [(IssueKind.CONFLICT, "storage_gb", 4, "1024")]


def test_adapters_and_sightings_of_one_machine_are_gathered() -> None:
    fields = ["hostname", "network_segment", "ip_address", "last_seen"]
    rows = [("web01", "LAN", "10.0.0.1", "2024-01-01"), ("web01", "DMZ", "10.0.0.2", "2024-03-01")]
    built = build(mapped(fields, *rows))
    (asset,) = built.assets
    assert asset.values["network_segment"] == "LAN; DMZ"
    assert asset.values["ip_address"] == ("10.0.0.1", "10.0.0.2")
    assert (asset.values["last_seen"], asset.origins["last_seen"]) == (date(2024, 3, 1), 1)
    assert built.issues == []


def test_filler_names_and_serial_numbers_are_no_identity() -> None:
    rows = [("localhost", "To be filled by O.E.M.", "00000000-0000-0000-0000-000000000000"), ("web01", "0", "")]
    built = build(mapped(["hostname", "serial_number", "uuid"], *rows))
    assert [asset.key for asset in built.assets] == ["server:web01"]
    assert [issue.kind for issue in built.issues] == [IssueKind.NO_IDENTITY]


def test_a_machine_known_by_its_address_only_keeps_it_as_its_name_but_joins_no_other_file() -> None:
    scan = mapped(["ip_address", "os_name"], ("10.0.0.1", "Linux"), ("10.0.0.1", ""), kind=FileKind.SECURITY)
    other = mapped(["ip_address"], ("10.0.0.1",), import_id=2)
    built = build(scan, other)
    assert [(asset.key, asset.name, asset.kind) for asset in built.assets] == [
        ("server:10.0.0.1", "10.0.0.1", AssetKind.SERVER),
        ("server:10.0.0.1~2", "10.0.0.1", AssetKind.SERVER),
    ]


def test_ten_thousand_namesakes_are_no_burden() -> None:
    rows = [("Notebook", f"SN{i}") for i in range(10_000)]
    assert len(keys(mapped(["asset_name", "serial_number"], *rows, kind=FileKind.HARDWARE))) == 10_000


ONE, TWO = "420b85c1-ef0d-37fb-6897-61c47157f858", "420b85c1-ef0d-37fb-6897-61c47157f859"
MACHINE_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "A.corp.example", "a.dmz.example"]),
        st.sampled_from(["", ONE, TWO]),
        st.sampled_from(["", "S1", "S2"]),
        st.sampled_from(["10.0.0.1", "10.0.0.2"]),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=300)
@given(st.lists(MACHINE_ROWS, min_size=1, max_size=3))
def test_no_asset_mixes_what_excludes_each_other(files: list[list[tuple[str, str, str, str]]]) -> None:
    fields = ["hostname", "uuid", "serial_number", "ip_address"]
    built = build(*(mapped(fields, *rows, import_id=number) for number, rows in enumerate(files, 1)))
    assert sum(len(asset.sources) for asset in built.assets) == sum(map(len, files))
    for asset in built.assets:
        rows = [(source.import_id, files[source.import_id - 1][source.line - 2]) for source in asset.sources]
        assert len({uuid for _, (_, uuid, _, _) in rows if uuid}) <= 1
        assert len({name.partition(".")[2] for _, (name, _, _, _) in rows if "." in name}) <= 1
        for number in range(1, len(files) + 1):
            own = [row for import_id, row in rows if import_id == number]
            assert len({name.casefold().partition(".")[0] for name, _, _, _ in own}) <= 1
            assert len({serial for _, _, serial, _ in own if serial}) <= 1


@settings(deadline=None, max_examples=100)
@given(MACHINE_ROWS)
def test_a_file_imported_twice_adds_no_asset(rows: list[tuple[str, str, str, str]]) -> None:
    fields = ["hostname", "uuid", "serial_number", "ip_address"]
    distinct = list({(name.casefold().partition(".")[0]): row for row in rows for name in [row[0]]}.values())
    once = build(mapped(fields, *distinct))
    twice = build(mapped(fields, *distinct), mapped(fields, *distinct, import_id=2))
    assert [asset.key for asset in twice.assets] == [asset.key for asset in once.assets]
    assert twice.issues == once.issues
