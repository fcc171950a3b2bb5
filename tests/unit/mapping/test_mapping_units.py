"""Units come from the header, the cells or the tool; anything else is a guess and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_core.mapping import Knowledge, unit_choices


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Memory (In MB)", "MB"),
        ("RAM_GB", "GB"),
        ("memoryInMB", "MB"),
        ("Provisioned Space MiB", "MiB"),
        ("RAM (Go)", "GB"),
        ("Storage (TB)", "TB"),
        ("Total disk capacity MiB", "MiB"),
    ],
)
def test_the_header_says_the_unit(header: str, unit: str, map_headers: Callable) -> None:
    suggestion = map_headers(["Server", "OS", header]).suggestions[2]
    assert (suggestion.unit, suggestion.unit_is_guess) == (unit, False)


def test_cells_say_the_unit_when_the_header_does_not(map_headers: Callable) -> None:
    rows = [["srv1", "16 GiB"], ["srv2", "32 GiB"], ["srv3", "8 GiB"]]
    suggestion = map_headers(["Server", "Memory"], rows).suggestions[1]
    assert (suggestion.field, suggestion.unit, suggestion.unit_is_guess) == ("memory_gb", "GiB", False)


@pytest.mark.parametrize(
    ("values", "unit"), [(("8192", "16384"), "MB"), (("8", "64"), "GB"), (("17179869184",), "bytes")]
)
def test_a_magnitude_is_only_a_guess(values: tuple[str, ...], unit: str, map_headers: Callable) -> None:
    rows = [["srv", value] for value in values]
    suggestion = map_headers(["Server", "Memory"], rows).suggestions[1]
    assert (suggestion.unit, suggestion.unit_is_guess) == (unit, True)


def test_without_values_what_most_tools_write_is_a_guess(map_headers: Callable) -> None:
    suggestion = map_headers(["Server", "Memory"]).suggestions[1]
    assert (suggestion.unit, suggestion.unit_is_guess) == ("MB", True)


def test_without_any_hint_the_habit_of_discovery_tools_is_a_guess(map_headers: Callable) -> None:
    suggestion = map_headers(["Server", "Installed RAM"]).suggestions[1]
    assert (suggestion.field, suggestion.unit, suggestion.unit_is_guess) == ("memory_gb", "MB", True)


def test_nothing_is_said_of_a_unit_when_nothing_hints_at_one(map_headers: Callable) -> None:
    suggestion = map_headers(["Application", "Business Owner", "RTO"]).suggestions[2]
    assert (suggestion.field, suggestion.unit) == ("rto_hours", None)


def test_a_known_export_writes_memory_in_its_own_unit(map_headers: Callable) -> None:
    headers = ["VM", "Powerstate", "Template", "CPUs", "Memory", "NICs", "Provisioned MiB", "Host", "VM UUID"]
    memory = map_headers(headers).suggestions[4]
    assert (memory.unit, memory.unit_is_guess) == ("MiB", False)


def test_sizes_share_the_unit_that_one_of_their_headers_says(map_headers: Callable) -> None:
    suggestions = map_headers(["VM Name", "OS", "Disk Size (GB)", "Disk Used"]).suggestions
    assert (suggestions[3].field, suggestions[3].unit, suggestions[3].unit_is_guess) == ("storage_used_gb", "GB", True)


def test_an_analyst_chooses_among_units_of_the_same_dimension(shipped: Knowledge) -> None:
    assert "MiB" in unit_choices("memory_gb", shipped)
    assert unit_choices("rto_hours", shipped) == ("min", "h", "d")
    assert unit_choices("hostname", shipped) == ()
