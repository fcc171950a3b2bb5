"""One answer a column, for any table, explained by terms that add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.learning import LearnedMapping
from platform_core.domain.mapping import Band, Combine, EvidenceKind, Source
from platform_core.domain.table import Table
from platform_core.mapping import Knowledge, suggest

CELL = st.text(max_size=12) | st.sampled_from(["10.0.0.1", "yes", "16", "2024-01-01", "Production"])
HEADER = st.text(max_size=16) | st.sampled_from(["VM", "Host", "Disk 1", "Disk 2", "Memory", "Owner", "", "  ", "IP"])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    headers = draw(st.lists(HEADER, max_size=8))
    rows = draw(st.lists(st.lists(CELL, min_size=len(headers), max_size=len(headers)), max_size=4))
    return Table.of(headers, rows)


@settings(deadline=None, max_examples=60)
@given(table=tables())
def test_every_column_gets_exactly_one_answer_whose_evidence_adds_up(table: Table, shipped: Knowledge) -> None:
    suggestions = suggest(table, shipped).suggestions
    assert [s.position for s in suggestions] == list(range(len(table.headers)))
    assert [s.header for s in suggestions] == list(table.headers)
    for suggestion in suggestions:
        score = sum(evidence.weight for evidence in suggestion.evidence)
        if suggestion.field is None:
            assert suggestion.band is Band.UNMAPPED
            assert suggestion.confidence == pytest.approx(1 - shipped.calibration.probability(-score), abs=1e-4)
        else:
            assert suggestion.band is not Band.UNMAPPED
            assert suggestion.confidence == pytest.approx(shipped.calibration.probability(score), abs=1e-4)


@settings(deadline=None, max_examples=40)
@given(table=tables())
def test_no_candidate_is_surer_than_one_before_it_or_than_the_first_leaves_room_for(
    table: Table, shipped: Knowledge
) -> None:
    for suggestion in suggest(table, shipped).suggestions:
        sure = [other.confidence for other in suggestion.alternatives]
        assert sure == sorted(sure, reverse=True)
        if suggestion.field is not None and sure and suggestion.source is Source.RULES:
            assert sure[0] <= 1 - suggestion.confidence + 1e-4


@settings(deadline=None, max_examples=20)
@given(table=tables())
def test_the_same_table_gets_the_same_answer(table: Table, shipped: Knowledge) -> None:
    assert suggest(table, shipped) == suggest(table, shipped)


@settings(deadline=None, max_examples=40)
@given(table=tables())
def test_each_field_has_one_primary_column_and_duplicates_point_to_it(table: Table, shipped: Knowledge) -> None:
    mapped = [s for s in suggest(table, shipped).suggestions if s.field]
    primary = {s.field: s.position for s in mapped if s.duplicate_of is None}
    assert set(primary) == {s.field for s in mapped}
    assert all(s.duplicate_of in (None, primary[s.field]) for s in mapped)


def test_a_table_without_rows_or_headers_is_answered(map_headers: Callable) -> None:
    assert map_headers([]).suggestions == ()
    blank = map_headers(["", "  "], [["10.0.0.1", "x"]])
    assert [s.field for s in blank.suggestions] == [None, None]
    assert "the column has no header" in {evidence.text for evidence in blank.suggestions[1].evidence} | {
        evidence.text for evidence in blank.suggestions[0].evidence
    }


def test_repeated_disks_are_added_up_and_two_totals_are_not(map_headers: Callable) -> None:
    group = map_headers(["Server", "OS", "Disk 1 size (In GB)", "Disk 2 size (In GB)"]).suggestions[2:]
    assert [(s.field, s.combine, s.duplicate_of) for s in group] == [
        ("storage_gb", Combine.SUM, None),
        ("storage_gb", Combine.SUM, 2),
    ]
    totals = map_headers(["VM", "Powerstate", "Total disk capacity MiB", "Provisioned MiB", "Memory"]).suggestions[2:4]
    assert [s.combine for s in totals] == [Combine.FIRST, Combine.FIRST]
    assert [s.duplicate_of for s in totals].count(None) == 1


def test_lettered_drives_are_one_group(map_headers: Callable) -> None:
    drives = map_headers(["Server", "OS", "Drive C size (GB)", "Drive D size (GB)", "Drive E size (GB)"]).suggestions[
        2:
    ]
    assert {(s.field, s.combine) for s in drives} == {("storage_gb", Combine.SUM)}
    assert [s.duplicate_of for s in drives] == [None, 2, 2]


def test_a_whole_goes_before_its_parts_and_nothing_is_counted_twice(map_headers: Callable) -> None:
    disks = map_headers(["Server", "OS", "Disk 1 (GB)", "Disk 2 (GB)", "Total Disk (GB)"]).suggestions[2:]
    assert {(s.field, s.combine) for s in disks} == {("storage_gb", Combine.FIRST)}
    assert [s.duplicate_of for s in disks] == [4, 4, None]


@pytest.mark.parametrize(
    ("second", "first", "values"),
    [
        ("Max CPU Utilization (%)", "Average CPU Utilization (%)", ["91", "34"]),
        ("Peak Memory Usage (%)", "Average Memory Usage (%)", ["80", "62"]),
        ("Public IP Address", "Private IP Address", ["203.0.113.7", "10.0.0.7"]),
        ("OS according to the configuration file", "OS according to the VMware Tools", ["RHEL 7", "RHEL 8"]),
    ],
)
def test_of_two_columns_for_one_field_the_better_one_leads(
    second: str, first: str, values: list[str], map_headers: Callable
) -> None:
    behind, ahead = map_headers(["VM Name", "vCPU", second, first], [["vm1", "4", *values]]).suggestions[2:]
    assert behind.field == ahead.field is not None
    assert (behind.duplicate_of, ahead.duplicate_of) == (3, None)


def test_the_runner_up_and_its_distance_are_told(map_headers: Callable) -> None:
    last = map_headers(["Application", "Vendor", "Owner"]).suggestions[2].evidence[-1]
    assert last.kind is EvidenceKind.COMPETITION
    assert last.text.startswith("compared with ")
    assert last.text.endswith(" behind")


def test_networks_of_a_vm_become_one_list(map_headers: Callable) -> None:
    networks = map_headers(["VM", "Powerstate", "CPUs", "Network #1", "Network #2", "Host"]).suggestions[3:5]
    assert {s.field for s in networks} == {"network_segment"}
    assert {s.combine for s in networks} == {Combine.LIST}


def test_a_column_with_values_leads_over_an_empty_one(map_headers: Callable) -> None:
    suggestions = map_headers(
        ["VM", "IP Address", "IPv4 Address"], [["a", "", "10.0.0.1"], ["b", "", "10.0.0.2"]]
    ).suggestions
    assert suggestions[1].duplicate_of == 2
    assert suggestions[2].duplicate_of is None


def test_the_best_guess_below_the_threshold_is_still_offered(map_headers: Callable) -> None:
    unmapped = [s for s in map_headers(["VM", "Video RAM", "Uptime"]).suggestions if s.field is None]
    assert unmapped
    assert all(s.alternatives and s.alternatives[0].field for s in unmapped)


def test_an_analysts_word_beats_everything_computed(map_headers: Callable) -> None:
    learned = [
        LearnedMapping(header="serial number", field="asset_tag", author="Ada", at=datetime(2026, 3, 1, tzinfo=UTC))
    ]
    suggestion = map_headers(["Name", "Serial_Number"], learned=learned).suggestions[1]
    assert (suggestion.field, suggestion.source, suggestion.band) == ("asset_tag", Source.LEARNED, Band.ACCEPT)
    assert any(
        e.kind is EvidenceKind.LEARNED and e.text == "learned from Ada on 2026-03-01" for e in suggestion.evidence
    )


def test_an_ignored_header_stays_unmapped(map_headers: Callable) -> None:
    suggestion = map_headers(["Hostname", "IP"], learned=[LearnedMapping(header="IP", field=None)]).suggestions[1]
    assert (suggestion.field, suggestion.source) == (None, Source.LEARNED)
    assert suggestion.confidence > 0.9


def test_a_word_on_this_export_beats_one_on_any_file_and_the_latest_wins(map_headers: Callable) -> None:
    headers = ["VM", "Powerstate", "Template", "CPUs", "Memory", "Provisioned MiB", "Host"]
    learned = [
        LearnedMapping(header="Host", field="cluster", format="RVTools vInfo"),
        LearnedMapping(header="Host", field="datacenter"),
        LearnedMapping(header="Host", field="hostname", format="Another export"),
        LearnedMapping(header="VM", field="hostname"),
        LearnedMapping(header="VM", field="application_name"),
    ]
    suggestions = map_headers(headers, learned=learned).suggestions
    assert suggestions[-1].field == "cluster"
    assert suggestions[0].field == "application_name"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            [
                "Servername",
                "Hersteller",
                "Modell",
                "Betriebssystem",
                "Arbeitsspeicher (GB)",
                "Standort",
                "Kostenstelle",
            ],
            ["asset_name", "manufacturer", "model", "os_name", "memory_gb", "location", None],
        ),
        (
            ["Nom du serveur", "Système d'exploitation", "Nombre de coeurs", "Criticité", "Date d'achat", "Passerelle"],
            ["asset_name", "os_name", "cpu_cores", "business_criticality", "purchase_date", None],
        ),
        (
            [
                "Nombre del servidor",
                "Sistema operativo",
                "Memoria RAM (GB)",
                "Ubicación",
                "Fecha de compra",
                "Máscara de red",
            ],
            ["asset_name", "os_name", "memory_gb", "location", "purchase_date", None],
        ),
        (
            ["サーバー名", "IPアドレス", "メモリ容量(GB)", "設置場所", "備考"],
            ["asset_name", "ip_address", "memory_gb", "location", "notes"],
        ),
        (
            ["主机名", "内网IP", "操作系统", "磁盘容量(GB)", "网关"],
            ["hostname", "ip_address", "os_name", "storage_gb", None],
        ),
    ],
)
def test_headers_are_understood_in_other_languages(
    headers: list[str], expected: list[str | None], map_headers: Callable
) -> None:
    assert [s.field for s in map_headers(headers).suggestions] == expected
