"""A word in front of an attribute can make it the attribute of something else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Fields = Callable[..., dict[str, str | None]]


@pytest.mark.parametrize(
    "header",
    [
        "Video RAM",
        "GPU Memory",
        "Host CPU Speed",
        "Recommended vCPUs",
        "Recommended Memory (GB)",
        "Target Instance Size",
        "Free Space GB",
        "Unallocated Storage",
        "BIOS Version",
        "Backup Size",
        "Snapshot Size MB",
        "Owner Email",
        "License Key",
        "Monitor Serial Number",
        "vCPUs per Core",
        "Network Throughput (MB/s)",
        "Disk Read Throughput",
    ],
)
def test_an_attribute_of_something_else_is_left_alone(header: str, fields_of: Fields) -> None:
    assert fields_of(["VM", "vCPUs", "Memory", "OS", header])[header] is None


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Used Space (GB)", "storage_used_gb"),
        ("Total Space (GB)", "storage_gb"),
        ("Provisioned Storage (GB)", "storage_gb"),
        ("Average CPU Utilization (%)", "cpu_utilization_pct"),
        ("Peak CPU Usage %", "cpu_utilization_pct"),
        ("Disk Read IOPS", "disk_iops"),
        ("Disk Write Ops (operations per second)", "disk_iops"),
        ("Memory Utilization (%)", "memory_utilization_pct"),
    ],
)
def test_used_total_average_and_direction_are_told_apart(header: str, field: str, fields_of: Fields) -> None:
    assert fields_of(["VM Name", "OS", "vCPUs", header])[header] == field


def test_source_and_target_of_a_flow_are_never_mixed(fields_of: Fields) -> None:
    fields = fields_of(
        ["Source IP", "Source Host", "Destination IP", "Destination Host", "Destination Port", "Protocol"]
    )
    assert fields == {
        "Source IP": "dep_source_ip",
        "Source Host": "dep_source",
        "Destination IP": "dep_target_ip",
        "Destination Host": "dep_target",
        "Destination Port": "dep_port",
        "Protocol": "dep_protocol",
    }


def test_host_is_the_hypervisor_beside_vms_and_the_machine_itself_elsewhere(map_headers: Callable) -> None:
    inside = map_headers(["VM", "Powerstate", "CPUs", "Memory", "Host", "Cluster"]).suggestions[4]
    assert inside.field == "hypervisor_host"
    alone = map_headers(["Host", "IP Address", "OS", "Environment", "Owner"]).suggestions[0]
    assert (alone.field or alone.alternatives[0].field) in {"hostname", "asset_name"}


def test_the_reason_names_the_qualifying_word(map_headers: Callable) -> None:
    suggestion = map_headers(["VM", "Memory", "Video RAM"]).suggestions[2]
    assert any("“video” speaks of the graphics card" in evidence.text for evidence in suggestion.evidence)


def test_a_word_that_never_stands_with_a_field_speaks_against_it(map_headers: Callable) -> None:
    suggestion = map_headers(["Server", "OS", "Environment Currency"]).suggestions[2]
    assert suggestion.field is None
    alone = map_headers(["Server", "OS", "Environment"]).suggestions[2]
    assert alone.field == "environment"
    assert not any("is not said of it elsewhere" in term.text for term in alone.evidence)


@pytest.mark.parametrize("cells", [("76%", "12 %"), ("33.5 %", "8%")])
def test_percentages_are_no_sizes(cells: tuple[str, ...], fields_of: Fields) -> None:
    rows = [[f"vol{number}", cell] for number, cell in enumerate(cells * 3)]
    assert fields_of(["Volume", "Used"], rows)["Used"] != "storage_used_gb"
