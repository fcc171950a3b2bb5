"""Rows that say what needs what."""

from __future__ import annotations

import pytest

from platform_core.domain.inventory import IssueKind, SourceRow
from platform_core.domain.mapping import FileKind
from tests.unit.inventory.tables import build, findings, mapped

FLOW = ["dep_source", "dep_target", "dep_source_ip", "dep_target_ip", "dep_port", "dep_protocol", "dep_process"]


def test_a_flow_keeps_its_ends_port_protocol_and_process() -> None:
    row = ("WEB01", "db01", "10.0.0.1", "10.0.0.2", "1433", "6", "w3wp.exe")
    built = build(mapped(FLOW, row, kind=FileKind.DEPENDENCY))
    (link,) = built.dependencies
    assert (link.source_name, link.target_name, link.source_ip, link.target_ip) == (
        "WEB01",
        "db01",
        "10.0.0.1",
        "10.0.0.2",
    )
    assert (link.port, link.protocol, link.process) == (1433, "tcp", "w3wp.exe")
    assert (link.source_key, link.target_key, link.weight, link.sources) == (None, None, 1.0, [SourceRow(1, 2)])
    assert (built.assets, built.rows_used, built.rows_skipped) == ([], 1, 0)


def test_the_same_flow_seen_again_adds_weight_and_source() -> None:
    flow = ["dep_source", "dep_target", "dep_port"]
    one = mapped(flow, ("a", "b", "80"), ("a", "b", "80"), ("a", "b", "443"), kind=FileKind.DEPENDENCY)
    two = mapped(flow, ("a", "b", "80"), kind=FileKind.DEPENDENCY, import_id=2)
    http, https = build(one, two).dependencies
    assert (http.weight, http.sources) == (3.0, [SourceRow(1, 2), SourceRow(1, 3), SourceRow(2, 2)])
    assert (https.port, https.weight) == (443, 1.0)


def test_an_end_without_a_name_is_named_by_its_address_and_a_row_without_an_end_is_left_out() -> None:
    ends = ["dep_source", "dep_target", "dep_target_ip"]
    rows = [("web01", "", "203.0.113.9"), ("web01", "any", ""), ("", "db01", "")]
    built = build(mapped(ends, *rows, kind=FileKind.DEPENDENCY))
    assert [(link.source_name, link.target_name) for link in built.dependencies] == [("web01", "203.0.113.9")]
    assert (built.rows_used, built.rows_skipped) == (1, 2)
    assert [issue.kind for issue in built.issues] == [IssueKind.NO_IDENTITY] * 2


@pytest.mark.parametrize(
    ("cell", "ports"),
    [
        ("443/tcp", [(443, "tcp")]),
        ("TCP 443", [(443, "tcp")]),
        ("88/389/445", [(88, None), (389, None), (445, None)]),
        ("80, 443", [(80, None), (443, None)]),
        ("53/udp", [(53, "udp")]),
        ("443.0", [(443, None)]),
        ("any", [(None, None)]),
        ("", [(None, None)]),
    ],
)
def test_port_cells(cell: str, ports: list[tuple[int | None, str | None]]) -> None:
    built = build(mapped(["dep_source", "dep_target", "dep_port"], ("a", "b", cell), kind=FileKind.DEPENDENCY))
    assert [(link.port, link.protocol) for link in built.dependencies] == ports
    assert built.issues == []


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("1024-2048", IssueKind.UNREADABLE), ("high", IssueKind.UNREADABLE), ("70000", IssueKind.IMPLAUSIBLE)],
)
def test_a_port_that_is_none_is_reported_and_the_dependency_kept_without(cell: str, kind: IssueKind) -> None:
    built = build(mapped(["dep_source", "dep_target", "dep_port"], ("a", "b", cell), kind=FileKind.DEPENDENCY))
    assert [link.port for link in built.dependencies] == [None]
    assert findings(built) == [(kind, "dep_port", 2, cell)]


@pytest.mark.parametrize(
    ("relation", "needs"),
    [
        ("Depends on::Used by", ("a", "b")),
        ("Used by::Depends on", ("b", "a")),
        ("northbound", ("b", "a")),
        ("hosted on", ("a", "b")),
        ("talks to", ("a", "b")),
    ],
)
def test_the_relation_says_which_end_needs_the_other(relation: str, needs: tuple[str, str]) -> None:
    fields = ["dep_source", "dep_target", "dep_relation_type"]
    (link,) = build(mapped(fields, ("a", "b", relation), kind=FileKind.DEPENDENCY)).dependencies
    assert (link.source_name, link.target_name, link.relation) == (*needs, relation)


def test_lists_in_an_assets_own_rows_are_gathered_and_stay_with_it() -> None:
    fields = ["application_name", "dependencies", "dep_relation_type"]
    rows = [
        ("Gateway", "", ""),
        ("Gateway", "Inventory", "southbound"),
        ("Gateway", "Customers; Inventory", "southbound"),
    ]
    built = build(mapped(fields, *rows, kind=FileKind.APPLICATION))
    assert built.assets[0].values["dependencies"] == ("Inventory", "Customers")
    assert "dep_relation_type" not in built.assets[0].values
    assert built.dependencies == []


def test_a_list_of_those_who_need_an_asset_is_turned_round() -> None:
    fields = ["application_name", "dependencies", "dep_relation_type"]
    built = build(mapped(fields, ("Gateway", "Portal; App", "northbound"), kind=FileKind.APPLICATION))
    assert [(link.source_name, link.target_name) for link in built.dependencies] == [
        ("Portal", "Gateway"),
        ("App", "Gateway"),
    ]
    assert "dependencies" not in built.assets[0].values


def test_dependency_rows_among_assets_are_recognised_by_their_cells() -> None:
    fields = ["application_name", "dep_source", "dep_target"]
    built = build(
        mapped(
            fields, ("Gateway", "", ""), ("", "Gateway", "Stock"), ("Portal", "", "Gateway"), kind=FileKind.APPLICATION
        )
    )
    assert [asset.name for asset in built.assets] == ["Gateway", "Portal"]
    assert [(link.source_name, link.target_name) for link in built.dependencies] == [
        ("Gateway", "Stock"),
        ("Portal", "Gateway"),
    ]
    assert (built.rows_used, built.rows_skipped) == (3, 0)
