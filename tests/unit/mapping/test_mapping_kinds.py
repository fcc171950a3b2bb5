"""What a row of a file describes is told before any column is mapped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_core.domain.mapping import FileKind


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Hostname", "IP", "OS", "CPU Cores", "RAM (GB)", "Environment"], FileKind.SERVER),
        (["Application", "Business Owner", "Criticality", "RTO", "Number of Users", "Vendor"], FileKind.APPLICATION),
        (["Database Name", "DB Engine", "Version", "Size (GB)", "Server", "Backup"], FileKind.DATABASE),
        (["Source System", "Target System", "Protocol", "Port", "Direction"], FileKind.DEPENDENCY),
        (["Switch Name", "Management IP", "Firmware Version", "Port Count", "VLAN"], FileKind.NETWORK),
        (["Array", "Usable Capacity (TB)", "Used Capacity (TB)", "RAID Level", "Firmware"], FileKind.STORAGE),
        (
            ["Asset Tag", "Model", "Serial Number", "Purchase Date", "Warranty Expires", "Purchase Cost"],
            FileKind.HARDWARE,
        ),
        (["Plugin ID", "CVE", "CVSS", "Severity", "Solution", "Host"], FileKind.SECURITY),
        (["Software", "Publisher", "Licenses Purchased", "Seats", "License Key"], FileKind.SOFTWARE),
    ],
)
def test_the_headers_tell_the_kind(headers: list[str], kind: FileKind, map_headers: Callable) -> None:
    assert map_headers(headers).kind is kind


@pytest.mark.parametrize(
    "headers",
    [
        ["Invoice Number", "Customer", "Quantity", "Unit Price", "Tax", "Total"],
        ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"],
        ["First Name", "Last Name", "Birth Date", "Salary", "Job Title", "Hire Date"],
    ],
)
def test_what_is_no_inventory_is_named_as_such_and_left_alone(headers: list[str], map_headers: Callable) -> None:
    proposal = map_headers(headers)
    assert not proposal.kind.is_inventory
    assert proposal.kind_evidence
    assert sum(suggestion.field is not None for suggestion in proposal.suggestions) <= 1


def test_findings_of_a_scanner_still_offer_the_host(map_headers: Callable) -> None:
    headers = ["IP", "Hostname", "Port", "Protocol", "CVSS", "Severity", "Solution", "CVE", "Description"]
    fields = {suggestion.header: suggestion.field for suggestion in map_headers(headers).suggestions}
    assert fields["IP"] == "ip_address"
    assert fields["Hostname"] == "hostname"
    assert not any(fields[header] for header in headers[2:])


def test_a_file_that_is_no_inventory_says_what_can_be_used_from_it(map_headers: Callable) -> None:
    findings = map_headers(["IP", "Hostname", "Port", "Protocol", "CVSS", "Severity", "Solution", "CVE"])
    assert findings.kind is FileKind.SECURITY
    assert findings.kind_evidence[-1].text == (
        "this is no inventory, but “IP” as IP Address, “Hostname” as Hostname can be used"
    )
    orders = map_headers(["Order Number", "Customer", "Quantity", "Unit Price", "Discount", "Ship Date"])
    assert orders.kind is FileKind.OTHER
    assert orders.kind_evidence[-1].text == "no column describes an asset or a dependency"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["Serveur", "Système d'exploitation", "Mémoire (Go)", "Adresse IP", "Environnement"], FileKind.SERVER),
        (["Fachverfahren", "Fachbereich", "Hersteller", "Anzahl Nutzer", "Schutzbedarf"], FileKind.APPLICATION),
        (["Base de datos", "Motor", "Versión", "Tamaño (GB)", "Servidor"], FileKind.DATABASE),
        (["Origem", "Destino", "Porta", "Protocolo", "IP de origem"], FileKind.DEPENDENCY),
        (["資産番号", "型番", "シリアル番号", "設置場所", "購入日"], FileKind.HARDWARE),
        (["业务系统名称", "业务负责人", "开发语言", "等保级别", "用户数"], FileKind.APPLICATION),
    ],
)
def test_the_kind_is_told_in_other_languages(headers: list[str], kind: FileKind, map_headers: Callable) -> None:
    assert map_headers(headers).kind is kind


def test_the_reasons_for_a_kind_add_up_to_its_lead(map_headers: Callable) -> None:
    proposal = map_headers(["Hostname", "IP", "OS", "CPU Cores", "RAM (GB)"])
    assert sum(term.weight for term in proposal.kind_evidence) > 0
    assert 0.5 < proposal.kind_confidence <= 1


def test_types_named_in_the_cells_tell_the_kind_where_headers_do_not(map_headers: Callable) -> None:
    headers = ["Name", "Type", "Location", "Status"]
    kinds = {
        kind: map_headers(headers, [[f"x{row}", kind, "Rome", "active"] for row in range(4)])
        for kind in ("Switch", "Laptop", "Virtual Machine")
    }
    assert kinds["Switch"].kind is FileKind.NETWORK
    assert kinds["Laptop"].kind is FileKind.HARDWARE
    assert kinds["Virtual Machine"].kind is FileKind.SERVER
    assert any(
        term.text == "the types named in the cells are network devices" for term in kinds["Switch"].kind_evidence
    )
