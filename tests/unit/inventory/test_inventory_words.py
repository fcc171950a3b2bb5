"""Words, yes and no, lists and addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core import inventory
from platform_core.domain.inventory import IssueKind
from platform_core.errors import BadInput
from platform_core.inventory.words import plain
from tests.unit.inventory.tables import build, findings, mapped, read_cells


@pytest.mark.parametrize(
    ("field", "cell", "word"),
    [
        ("environment", "PROD", "production"),
        ("environment", "01 - Production (EU)", "production"),
        ("environment", "Pre-Production", "staging"),
        ("environment", "non-prod", "non-production"),
        ("environment", "Entwicklung", "development"),
        ("environment", "Produção", "production"),
        ("environment", "生产环境", "production"),
        ("environment", "UAT", "test"),
        ("environment", "DR site", "dr"),
        ("business_criticality", "1 - most critical", "critical"),
        ("business_criticality", "4 - not critical", "low"),
        ("business_criticality", "tier_2", "high"),
        ("business_criticality", "élevée", "high"),
        ("power_state", "poweredOn", "on"),
        ("power_state", "VM deallocated", "off"),
        ("status", "Phase out", "retiring"),
        ("status", "Decommissioned", "retired"),
        ("status", "außer Betrieb", "inactive"),
        ("data_classification", "Streng vertraulich", "restricted"),
        ("application_type", "COTS", "cots"),
        ("application_type", "Eigenentwicklung", "custom"),
        ("migration_strategy", "Lift & Shift", "rehost"),
        ("migration_strategy", "Rebuild", "rearchitect"),
    ],
)
def test_words_become_canonical_in_any_listed_language(field: str, cell: str, word: str) -> None:
    assert read_cells(field, cell) == [word]


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        ("environment", "IT"),
        ("environment", "Test/Prod"),
        ("environment", "not production yet"),
        ("business_criticality", "7"),
        ("status", "Wave 3 candidate"),
        ("application_type", "Custom Java"),
        ("instance_type", "m5.large"),
    ],
)
def test_words_that_say_nothing_certain_stay_as_they_stand(field: str, cell: str) -> None:
    built = build(mapped(["hostname", field], ("web01", f"  {cell} ")))
    assert built.assets[0].values[field] == cell
    assert built.issues == []


@pytest.mark.parametrize(
    ("field", "cell", "answer"),
    [
        ("is_virtual", "Yes", True),
        ("is_virtual", "physical", False),
        ("is_virtual", "VMware", True),
        ("is_virtual", "virtuell", True),
        ("internet_facing", "Nein", False),
        ("internet_facing", "external", True),
        ("internet_facing", "none", False),
        ("internet_facing", "10.0.0.4", False),
        ("internet_facing", "8.8.8.8", True),
        ("internet_facing", "0", False),
    ],
)
def test_yes_and_no_are_read(field: str, cell: str, answer: bool) -> None:
    assert read_cells(field, cell) == [answer]


def test_a_maybe_is_neither_yes_nor_no() -> None:
    assert findings(build(mapped(["hostname", "is_virtual"], ("web01", "sometimes")))) == [
        (IssueKind.UNREADABLE, "is_virtual", 2, "sometimes")
    ]


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("GDPR; PCI DSS, SOX | HIPAA", ("GDPR", "PCI DSS", "SOX", "HIPAA")),
        ("Java (Spring, Hibernate), Oracle", ("Java (Spring, Hibernate)", "Oracle")),
        ("one\ntwo\r\none", ("one", "two")),
        ("n/a; GDPR", ("GDPR",)),
    ],
)
def test_lists_are_split_outside_brackets(cell: str, items: tuple[str, ...]) -> None:
    assert read_cells("technology_stack", cell) == [items]


def test_addresses_are_listed_and_what_is_none_is_reported_beside_them() -> None:
    assert read_cells("ip_address", "10.0.0.1, 10.0.0.2/24 fe80::1%eth0") == [("10.0.0.1", "10.0.0.2", "fe80::1")]
    assert read_cells("ip_address", "10.0.0.1:8443 [2001:db8::1]:443") == [("10.0.0.1", "2001:db8::1")]
    built = build(mapped(["hostname", "ip_address"], ("web01", "10.0.0.1; 10.0.0.999")))
    assert built.assets[0].values["ip_address"] == ("10.0.0.1",)
    assert findings(built) == [(IssueKind.UNREADABLE, "ip_address", 2, "10.0.0.1; 10.0.0.999")]


@pytest.mark.parametrize(
    "cell", ["1.1.1.1.1", "10.0.0", "256.1.1.1", "10.0.0.01", "web01", "1.2.3.4:port", "10.0.0.1-20"]
)
def test_what_only_looks_like_an_address_is_none(cell: str) -> None:
    assert read_cells("ip_address", cell) == [None]
    assert read_cells("internet_facing", cell) == [None]


def test_na_is_a_region_for_a_location_and_nothing_elsewhere() -> None:
    assert read_cells("location", "NA") == ["NA"]
    assert read_cells("support_group", "NA") == [None]


def test_names_are_tidied_and_prose_keeps_its_lines() -> None:
    assert read_cells("technical_owner", " Pat\u00a0 Example\u200b ") == ["Pat Example"]
    assert read_cells("notes", " first\nsecond ") == ["first\nsecond"]


@given(st.text(max_size=40))
def test_plain_words_are_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_reference_data_without_a_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "marks.csv").write_text("sort,spelling,source\nnegation,no,\n", encoding="utf-8")
    with pytest.raises(BadInput, match="source"):
        inventory.load_vocabularies(tmp_path)


def test_missing_reference_data_is_named_without_its_path(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        inventory.load_vocabularies(tmp_path)
    assert str(tmp_path) not in str(refused.value)
