"""Faults are found by evidence: planted ones are mended, sound values are left alone, and every rule can be told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from platform_core.domain.inventory import Asset, AssetKind, Value
from platform_core.domain.quality import Fault
from platform_core.errors import BadInput
from platform_core.inventory import find_faults
from platform_core.inventory.faults.knowledge import load_checks
from platform_core.inventory.faults.texts import is_filler
from platform_core.inventory.overlay import fits
from platform_core.reference import catalogue
from platform_core.services.knowledge import fault_knowledge
from tests.harness.faulty_inventory import ON, SPOILS, InMemory, plant
from tests.perf.repairs import Judged

SOUND: dict[str, Value] = {"cpu_cores": 8, "memory_gb": 32.0, "storage_gb": 500.0, "hostname": "web01"}


def found(*rows: dict[str, Value], kind: AssetKind = AssetKind.SERVER, name: str = "host") -> dict[str, Fault]:
    assets = [Asset(f"{kind}:{n}", kind, f"{name}{n}", {**row}) for n, row in enumerate(rows)]
    return {fault.key: fault for fault in find_faults(InMemory(assets), fault_knowledge(), ON)}


def test_planted_faults_are_mended_and_hardly_a_sound_value_is_touched() -> None:
    judged = Judged(plant(3_000, 0.02, seed=7))
    assert sum(judged.planted.values()) > 800
    assert judged.recall >= 0.95
    assert judged.false_repairs <= 0.02
    weak = {fault for fault in SPOILS if judged.mended[fault] < 0.9 * judged.planted[fault]}
    assert weak <= {"cores and memory swapped"}


def test_an_inventory_without_faults_is_left_as_it_is() -> None:
    judged = Judged(plant(3_000, 1.0, seed=8, faults=()))
    assert judged.changed == 0


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ({"storage_used_gb": 900.0}, "used-above-total"),
        ({"status": "retired", "power_state": "on"}, "retired-but-on"),
        ({"install_date": date(2024, 1, 1), "retirement_date": date(2023, 1, 1)}, "retired-before-install"),
        ({"retirement_date": date(2026, 11, 26), "power_state": "on"}, "past-retirement-but-on"),
        ({"last_seen": date(2026, 11, 29)}, "seen-in-the-future"),
        ({"last_seen": date(2026, 8, 1)}, "not-seen-lately"),
        ({"warranty_expiry": date(2020, 1, 1), "purchase_date": date(2021, 1, 1)}, "warranty-before-purchase"),
        ({"os_name": "Cisco IOS XE"}, "network-os-cisco"),
        ({"os_name": "AIX", "virtualization_platform": "VMware vSphere"}, "power-unix-virtual"),
        ({"is_virtual": False, "hypervisor_host": "esx1"}, "physical-on-hypervisor"),
        ({"ip_address": ("0.0.0.0",)}, "no-address"),
        ({"cpu_cores": None, "memory_gb": 8192.0}, "memory-mib-no-cores"),
    ],
)
def test_what_cannot_be_is_found(row: dict[str, Value], key: str) -> None:
    values = {name: value for name, value in {**SOUND, **row}.items() if value is not None}
    assert key in found(values)
    assert found(SOUND) == {}


def test_percent_as_a_share_is_found_only_where_all_are() -> None:
    shares: list[dict[str, Value]] = [{**SOUND, "cpu_utilization_pct": n / 100} for n in range(1, 31)]
    mixed: list[dict[str, Value]] = [{**SOUND, "cpu_utilization_pct": float(n)} for n in range(1, 31)]
    assert "cpu-share" in found(*shares)
    assert "cpu-share" not in found(*shares, *mixed)


def test_a_mark_in_names_counts_only_where_the_inventory_bears_it_out() -> None:
    rows: list[dict[str, Value]] = [{**SOUND, "environment": "production"}] * 25 + [SOUND] * 3
    (told,) = (f for f in found(*rows, name="prd").values() if f.key.startswith("environment-from-name"))
    assert (told.count, told.change and told.change.value) == (3, "production")
    against = [{**row, "environment": "test"} for row in rows[:25]] + rows[25:]
    assert not [key for key in found(*against, name="prd") if key.startswith("environment")]


def test_names_that_contradict_the_stated_environment_are_told_but_not_changed() -> None:
    rows: list[dict[str, Value]] = [{**SOUND, "environment": "production"}] * 60 + [{**SOUND, "environment": "test"}]
    (fault,) = (f for f in found(*rows, name="prd").values() if f.key.startswith("environment-against-name"))
    assert (fault.count, fault.change) == (1, None)


def test_the_most_frequent_spelling_stands() -> None:
    rows: list[dict[str, Value]] = [{"location": "Frankfurt"}] * 3 + [{"location": "FRANKFURT"}, {"location": "Berlin"}]
    fault = found(*rows)["spelling-location"]
    assert fault.count == 1
    assert fault.change is not None
    assert fault.change.words == {"FRANKFURT": "Frankfurt"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TBD - ask Ben", True),
        ("n/a (left)", True),
        ("???", True),
        ("Dummy", True),
        ("Nabil Unknowles", False),
        ("Ask Jeeves Ltd", False),
        ("Tbilisi", False),
        ("X", False),
        ("IT", False),
    ],
)
def test_a_filler_is_told_from_a_name(text: str, expected: bool) -> None:
    assert is_filler(text, fault_knowledge()) is expected


def test_a_fault_counts_exactly_the_rows_it_names() -> None:
    assets = plant(2_000, 0.02, seed=3).assets
    for fault in find_faults(InMemory(assets), fault_knowledge(), ON):
        assert fault.count == sum(map(fits(fault.conditions, catalogue()), assets)), fault.key


def test_a_check_that_names_no_field_or_no_source_is_refused(tmp_path: Path) -> None:
    head = "- {key: a, dimension: validity, title: t, why: w, "
    for text in (
        "source: s, field: cpu_cores, conditions: [{field: nowhere, test: is filled}]}",
        "field: cpu_cores, conditions: []}",
    ):
        (tmp_path / "checks.yaml").write_text(head + text)
        with pytest.raises(BadInput, match=r"checks\.yaml"):
            load_checks(tmp_path / "checks.yaml", catalogue())
