"""Completeness by critical field and the quality score."""

from __future__ import annotations

import pytest

from platform_core import inventory
from platform_core.domain.inventory import AssetKind, Inventory
from platform_core.domain.mapping import FileKind
from platform_core.reference import catalogue
from tests.unit.inventory.tables import build, mapped


def test_completeness_counts_filled_critical_fields_by_kind() -> None:
    rows = [("web01", "RHEL 8", ""), ("web02", "", "4"), ("web03", "RHEL 9", "2")]
    counted = inventory.completeness(build(mapped(["hostname", "os_name", "cpu_cores"], *rows)).assets, catalogue())
    by_field = {field.field: field for field in counted.of(AssetKind.SERVER)}
    assert (by_field["os_name"].filled, by_field["os_name"].total) == (2, 3)
    assert by_field["cpu_cores"].share == pytest.approx(2 / 3)
    assert by_field["memory_gb"].share == 0.0
    assert counted.of(AssetKind.DATABASE) == ()


def test_any_name_of_a_server_fills_its_one_name_field() -> None:
    counted = inventory.completeness(build(mapped(["fqdn"], ("web01.corp.example",))).assets, catalogue())
    by_field = {field.field: field for field in counted.fields}
    assert "hostname" not in by_field
    assert by_field["asset_name"].filled == 1
    assert by_field["asset_name"].stands_for == ("asset_name", "hostname", "fqdn")


def test_the_name_of_an_application_is_its_asset_name() -> None:
    register = mapped(["application_name"], ("Payroll",), kind=FileKind.APPLICATION)
    counted = inventory.completeness(build(register).assets, catalogue())
    assert next(f for f in counted.fields if f.field == "asset_name").filled == 1
    assert "application_name" not in {f.field for f in counted.fields}


@pytest.mark.parametrize(
    ("mapped_fields", "kind", "missing"),
    [
        ({"dep_source", "dep_target_ip", "dep_port"}, FileKind.DEPENDENCY, ("dep_protocol",)),
        (
            {"application_name", "location", "ip_address", "manufacturer", "model", "fqdn"},
            AssetKind.NETWORK,
            ("asset_type", "end_of_support_date"),
        ),
        ({"database_name", "database_engine", "database_version", "database_size_gb"}, AssetKind.DATABASE,
         ("application_name", "technical_owner", "environment", "business_criticality", "data_classification")),
        (set(), FileKind.OTHER, ()),
    ],
)  # fmt: skip
def test_a_mapping_is_told_what_it_leaves_out(
    mapped_fields: set[str], kind: FileKind, missing: tuple[str, ...]
) -> None:
    assert inventory.missing_critical(mapped_fields, kind, catalogue()) == missing


def test_file_kinds_and_asset_kinds_ask_for_the_same() -> None:
    for kind in AssetKind:
        assert inventory.missing_critical((), kind, catalogue()) == inventory.missing_critical(
            (), FileKind(kind.value), catalogue()
        )


def test_nothing_is_scored_where_there_is_nothing() -> None:
    empty = inventory.quality(Inventory(), catalogue())
    assert empty.score is None
    assert [part.score for part in empty.parts] == [None] * 4


def test_the_score_is_the_mean_of_the_parts_that_could_be_computed() -> None:
    one = mapped(["hostname", "cpu_cores", "location"], ("web01", "4", "Leeds"), ("web02", "four", "Leeds"))
    two = mapped(["hostname", "cpu_cores"], ("web01", "8"), ("web02", ""), import_id=2)
    built = build(one, two)
    scored = inventory.quality(built, catalogue())
    parts = {part.name: part for part in scored.parts}
    critical = len(catalogue().critical_for("server")) - 1
    assert (parts["completeness"].good, parts["completeness"].total) == (5, 2 * critical)
    assert (parts["validity"].good, parts["validity"].total) == (5, 6)
    assert (parts["consistency"].good, parts["consistency"].total) == (1, 2)
    assert (parts["uniqueness"].good, parts["uniqueness"].total) == (2, 2)
    known = [part.score for part in scored.parts if part.score is not None]
    assert scored.score == pytest.approx(sum(known) / 4)


def test_namesakes_cost_uniqueness() -> None:
    rows = [("Notebook", "A1"), ("Notebook", "B2"), ("Scanner", "C3")]
    built = build(mapped(["asset_name", "serial_number"], *rows, kind=FileKind.HARDWARE))
    parts = {part.name: part for part in inventory.quality(built, catalogue()).parts}
    assert (parts["uniqueness"].good, parts["uniqueness"].total) == (1, 3)
    assert parts["completeness"].score is None
    assert parts["consistency"].score is None
