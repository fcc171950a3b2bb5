"""The shipped sample exports, read from their files and built into one inventory with a mapping written by hand."""

from __future__ import annotations

import runpy

import pytest

from platform_core import ingest, inventory
from platform_core.domain.inventory import Asset, AssetKind, Inventory, IssueKind, applications_of
from platform_core.domain.mapping import FileKind, MappedColumn, MappedTable
from platform_core.domain.reading import Reading
from platform_core.reference import DATA, catalogue

SAMPLES = DATA / "samples"

MAPPINGS: dict[str, tuple[FileKind, list[str | tuple[str, str] | None]]] = {
    "vsphere_vms.csv": (
        FileKind.SERVER,
        [
            "asset_name", "power_state", None, "fqdn", "cpu_cores", ("memory_gb", "MiB"), ("storage_gb", "MiB"),
            ("storage_used_gb", "MiB"), "ip_address", "network_segment", "network_segment", "datacenter", "cluster",
            "hypervisor_host", "install_date", "os_name", "os_name", "asset_id", "uuid", "notes",
        ],
    ),
    "cmdb_servers.csv": (
        FileKind.SERVER,
        [
            "asset_name", "asset_type", "serial_number", "fqdn", "ip_address", "os_name", "cpu_cores",
            ("memory_gb", "MB"), ("storage_gb", "GB"), "application_name", "business_owner", "technical_owner",
            "environment", "business_criticality", "location", "status", "support_group", "install_date",
            "warranty_expiry", None, "notes",
        ],
    ),
    "application_register.csv": (
        FileKind.APPLICATION,
        [
            "asset_id", "application_name", "description", "business_service", "application_type", "vendor",
            "technology_stack", "business_owner", "application_owner", "business_unit", "status",
            "business_criticality", "dr_tier", "rto_hours", "rpo_hours", "data_classification", "compliance_scope",
            "user_count", "internet_facing", "install_date", "retirement_date", "cost", "dependencies", "notes",
        ],
    ),
    "dependencies.csv": (
        FileKind.DEPENDENCY,
        ["dep_source", "dep_source_ip", "dep_target", "dep_target_ip", "dep_port", "dep_protocol", "dep_process", None],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reading]:
    folder = tmp_path_factory.mktemp("samples")
    return {name: ingest.read(SAMPLES / name, name=name, into=folder / name)[0] for name in MAPPINGS}


@pytest.fixture(scope="module")
def built(readings: dict[str, Reading]) -> Inventory:
    tables = [_mapped(number, name, readings[name]) for number, name in enumerate(MAPPINGS, 1)]
    return inventory.build(tables, catalogue(), inventory.load_vocabularies(DATA))


def _mapped(number: int, name: str, reading: Reading) -> MappedTable:
    kind, fields = MAPPINGS[name]
    columns = []
    for position, (header, target) in enumerate(zip(reading.table.headers, fields, strict=True)):
        field, unit = target if isinstance(target, tuple) else (target, None)
        if field is not None:
            columns.append(MappedColumn(position=position, header=header, field=field, unit=unit))
    return MappedTable(number, name, kind, reading.table, tuple(columns))


def _by_key(built: Inventory) -> dict[str, Asset]:
    return {asset.key: asset for asset in built.assets}


def test_the_exports_are_what_the_generator_makes() -> None:
    maker = runpy.run_path(str(SAMPLES / "make_samples.py"))
    assert {name: (SAMPLES / name).read_bytes() for name in MAPPINGS} == maker["exports"]()


def test_broken_rows_of_the_cmdb_are_set_aside_and_no_row_is_lost(
    readings: dict[str, Reading], built: Inventory
) -> None:
    assert {name: reading.rows_quarantined for name, reading in readings.items()} == {
        "vsphere_vms.csv": 0,
        "cmdb_servers.csv": 5,
        "application_register.csv": 0,
        "dependencies.csv": 0,
    }
    assert built.rows_used + built.rows_skipped == sum(reading.rows_stored for reading in readings.values())
    assert built.rows_skipped == 1


def test_the_portfolio_is_large_and_mixed_enough(built: Inventory) -> None:
    count = {kind: sum(asset.kind is kind for asset in built.assets) for kind in AssetKind}
    assert count[AssetKind.SERVER] >= 350
    assert count[AssetKind.APPLICATION] == 69
    assert all(count[kind] for kind in (AssetKind.DATABASE, AssetKind.NETWORK, AssetKind.STORAGE))
    assert len(built.dependencies) >= 900


def test_two_exports_of_a_machine_become_one_asset(built: Inventory) -> None:
    both = [asset for asset in built.assets if {source.import_id for source in asset.sources} == {1, 2}]
    assert len(both) >= 250
    assert all("uuid" in asset.values and "asset_type" in asset.values for asset in both)
    friendly = [asset for asset in both if " " in asset.name]
    assert friendly
    assert not any("~" in asset.key for asset in built.assets)


def test_the_cells_that_cannot_be_read_are_reported_and_nothing_else(built: Inventory) -> None:
    unfit = [issue for issue in built.issues if issue.kind in {IssueKind.UNREADABLE, IssueKind.IMPLAUSIBLE}]
    assert {(issue.field, issue.raw) for issue in unfit} == {
        ("memory_gb", "lots"),
        ("cpu_cores", "four"),
        ("install_date", "31/02/2019"),
    }


def test_contradictions_are_those_that_were_put_in(built: Inventory) -> None:
    torn = {issue.field for issue in built.issues if issue.kind is IssueKind.CONFLICT}
    assert torn == {"memory_gb", "storage_gb"}
    assert 5 <= sum(issue.kind is IssueKind.CONFLICT for issue in built.issues) <= 30


def test_servers_belong_to_the_applications_of_the_register(built: Inventory) -> None:
    applications = {asset.name for asset in built.assets if asset.kind is AssetKind.APPLICATION}
    named = {name for asset in built.assets if asset.kind is AssetKind.SERVER for name in applications_of(asset)}
    assert len(named) >= 60
    assert named <= applications


def test_times_and_owners_of_the_register_are_read(built: Inventory) -> None:
    payments = _by_key(built)["application:paymentgateway"]
    assert (payments.values["rto_hours"], payments.values["rpo_hours"]) == (2.0, 0.25)
    assert payments.values["internet_facing"] is True
    assert payments.values["business_criticality"] == "critical"
    portal = _by_key(built)["application:customerportal"]
    assert portal.values["user_count"] == 48_000


def test_the_quality_of_the_sample_can_be_told(built: Inventory) -> None:
    scored = inventory.quality(built, catalogue())
    assert all(part.score is not None for part in scored.parts)
    assert scored.score is not None
    assert 60 < scored.score < 100


def test_the_samples_name_nobody_real(readings: dict[str, Reading]) -> None:
    text = "".join((SAMPLES / name).read_text(encoding="utf-8-sig") for name in readings)
    assert "quillhaven.example" in text
    assert not any(domain in text for domain in (".com", ".org", ".net,", ".de,"))


def test_the_readme_of_the_samples_counts_right(readings: dict[str, Reading]) -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for name, reading in readings.items():
        assert f"| `{name}` | {reading.rows_read:,} |" in readme
