"""Exports of known tools are recognised by their columns, others are not claimed to be one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_core.domain.mapping import FileKind
from platform_core.mapping import Knowledge


@pytest.mark.parametrize(
    ("headers", "name", "kind"),
    [
        (["VM", "Powerstate", "Template", "CPUs", "Memory", "Provisioned MiB", "Host"], "RVTools vInfo", "server"),
        (["parent", "child", "type", "parent.sys_class_name"], "ServiceNow CI relationships", "dependency"),
        (
            ["MachineId", "MachineName", "PrimaryIPAddress", "MemoryGiB"],
            "Google Migration Center import template",
            "server",
        ),
        (["Plugin ID", "CVE", "CVSS", "Risk", "Host", "Protocol", "Port", "Synopsis"], "Nessus results", "security"),
    ],
)
def test_an_export_is_recognised_by_its_columns(
    headers: list[str], name: str, kind: str, map_headers: Callable
) -> None:
    proposal = map_headers(headers)
    assert proposal.format == name
    assert proposal.kind is FileKind(kind)


def test_a_spreadsheet_of_usual_columns_is_no_known_export(map_headers: Callable) -> None:
    assert map_headers(["Hostname", "IP Address", "OS", "Owner", "Environment", "Location"]).format is None


def test_too_few_headers_prove_nothing(map_headers: Callable) -> None:
    assert map_headers(["VM", "Powerstate"]).format is None


def test_every_known_column_names_known_fields_and_every_format_has_columns(shipped: Knowledge) -> None:
    assert all(known.columns for known in shipped.formats.formats)
    named = {field for known in shipped.formats.formats for column in known.columns.values() for field in column.fields}
    assert named <= set(shipped.catalogue.keys)
    assert len(named) == len(shipped.catalogue)


def test_a_format_can_be_forgotten_for_a_fair_benchmark(shipped: Knowledge) -> None:
    assert not any(known.family == "RVTools" for known in shipped.without_formats_of("rvtools").formats.formats)
