"""What a refused text probably means: proposed where one way of looking at it gives a value, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_core.domain.inventory import Value
from platform_core.inventory import propose_reading, read_value
from platform_core.reference import catalogue
from tests.unit.inventory.tables import VOCABULARIES


def proposed(field: str, text: str) -> Value | str | None:
    """Return what is proposed, "no idea" where nothing is, None where the text says that nothing is known."""
    found = propose_reading(text, catalogue()[field], VOCABULARIES)
    return found.value if found is not None else "no idea"


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("memory_gb", "8 Gig?", 8.0),
        ("memory_gb", "1O", 10.0),
        ("memory_gb", "16 (to be checked with 2 owners)", 16.0),
        ("cpu_cores", "8 vCPU's", 8),
        ("memory_gb", "16 gigabite", 16.0),
        ("memory_gb", "131072", 128.0),
        ("memory_gb", "0", None),
        ("cpu_cores", "four", 4),
        ("cpu_cores", "Quad core", 4),
        ("cpu_cores", "thirty-two", 32),
        ("memory_gb", "~ Eight GB", 8.0),
        ("memory_gb", "two hundred fifty", 250.0),
        ("memory_gb", "zweiunddreißig", 32.0),
        ("purchase_date", "31.02.2026", date(2026, 2, 28)),
        ("purchase_date", "02/30/2024", date(2024, 2, 29)),
        ("install_date", "2023-06-31 10:00", date(2023, 6, 30)),
        ("install_date", "March 2024", date(2024, 3, 1)),
        ("end_of_support_date", "Q3 2026", date(2026, 9, 30)),
        ("end_of_support_date", "2027", date(2027, 12, 31)),
        ("purchase_date", "01.01.1900", None),
        ("environment", "Prodction", "production"),
        ("is_virtual", "yess", True),
        ("ip_address", "10,0,0,1", ("10.0.0.1",)),
    ],
)
def test_a_text_with_one_meaning_is_proposed(field: str, text: str, value: Value | None) -> None:
    assert proposed(field, text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("memory_gb", "8-16"),
        ("memory_gb", "lots"),
        ("memory_gb", "-4"),
        ("storage_gb", "500 gigabits"),
        ("cpu_cores", "eight or sixteen"),
        ("cpu_cores", "one of them"),
        ("cpu_cores", "dual 8-core"),
        ("memory_gb", "four servers"),
        ("install_date", "2024-13-45"),
        ("install_date", "3/4/2024"),
        ("environment", "Zorg"),
        ("is_virtual", "maybe"),
        ("ip_address", "10.0.0.256"),
    ],
)
def test_a_text_with_several_meanings_or_none_is_left_to_the_analyst(field: str, text: str) -> None:
    assert proposed(field, text) == "no idea"


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([f.key for f in catalogue()]), st.text(max_size=20) | st.from_regex(r"[0-9OoIl .,/?()-]{1,14}"))
def test_whatever_the_text_a_proposal_is_a_value_of_its_field(field: str, text: str) -> None:
    target = catalogue()[field]
    found = propose_reading(text, target, VOCABULARIES)
    if found is not None and found.value is not None:
        told = "; ".join(found.value) if isinstance(found.value, tuple) else str(found.value)
        assert read_value(told, target, VOCABULARIES) == (found.value, "")
