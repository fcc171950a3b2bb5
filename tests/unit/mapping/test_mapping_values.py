"""Values speak for and against fields, the more of them the louder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.table import Table
from platform_core.mapping import Knowledge, profile
from platform_core.mapping.values import as_number


def test_a_profile_counts_and_names_what_it_sees(shipped: Knowledge) -> None:
    table = Table.of(["a", "b"], [["10.0.0.1", "3"], ["10.0.0.2", ""], ["10.0.0.1", "5,000"]])
    addresses, numbers = profile(table, shipped)
    assert (addresses.looked_at, addresses.filled, addresses.distinct) == (3, 3, 2)
    assert addresses.kinds[0] == ("IP addresses", 1.0)
    assert addresses.samples == ("10.0.0.1", "10.0.0.2")
    assert (numbers.filled, numbers.minimum, numbers.maximum) == (2, 3.0, 5000.0)
    assert addresses.minimum is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3,665", 3665),
        ("16 GiB", 16),
        ("61 / 127", 61),
        ("1.234,5", 1234.5),
        ("1'024", 1024),
        ("$12.58", 12.58),
        ("x1", None),
    ],
)
def test_numbers_are_read_as_inventories_write_them(text: str, number: float | None) -> None:
    assert as_number(text) == number


@given(text=st.text(max_size=30))
def test_reading_a_number_never_fails(text: str) -> None:
    assert as_number(text) is None or isinstance(as_number(text), float)


def test_cpu_means_cores_or_model_by_its_values(fields_of: Callable) -> None:
    headers = ["Hostname", "OS", "CPU"]
    assert fields_of(headers, [["a", "Windows", "8"], ["b", "Linux", "16"]])["CPU"] == "cpu_cores"
    models = [["a", "Windows", "Intel Xeon Gold 6130"], ["b", "Linux", "AMD EPYC 7302"]]
    assert fields_of(headers, models)["CPU"] == "cpu_model"


def test_values_that_contradict_the_header_stop_it(fields_of: Callable) -> None:
    rows = [["a", "00:1B:44:11:3A:B7"], ["b", "00:1B:44:11:3A:B8"]] * 5
    assert fields_of(["Hostname", "IP"], rows)["IP"] != "ip_address"


def test_the_evidence_says_how_many_values_are_what(map_headers: Callable) -> None:
    rows = [[f"srv{i}", f"10.0.0.{i}"] for i in range(1, 41)]
    suggestion = map_headers(["Server", "Address"], rows).suggestions[1]
    assert any(evidence.text == "100 % of 40 values are IP addresses" for evidence in suggestion.evidence)
