"""Analysts write; corrections are read out, nothing is applied."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.learning import UnderstoodFeedback
from platform_core.learning import read_feedback
from platform_core.reference import catalogue


def understood(text: str, headers: tuple[str, ...] = ()) -> dict[str, str | None]:
    return {correction.header: correction.field for correction in read_feedback(text, catalogue(), headers).corrections}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RAM_GB should map to Memory (GB)", {"RAM_GB": "memory_gb"}),
        ("APPLICATION_OWNER is the app owner, not business owner", {"APPLICATION_OWNER": "application_owner"}),
        ("DR_TIER belongs to the disaster recovery tier", {"DR_TIER": "dr_tier"}),
        ("ignore column X", {"X": None}),
        ("Please don't map COST_CENTER", {"COST_CENTER": None}),
        ("Ignore A1, B2 and C3", {"A1": None, "B2": None, "C3": None}),
        ("RAM_GB and MEM_TOTAL should map to memory", {"RAM_GB": "memory_gb", "MEM_TOTAL": "memory_gb"}),
        ("RAM_GB -> memory_gb; DR_TIER = DR tier", {"RAM_GB": "memory_gb", "DR_TIER": "dr_tier"}),
        ("Server Owner is the technical owner", {"Server Owner": "technical_owner"}),
        ("The mapping of RAM_GB is wrong, it should be Memory (GB)", {"RAM_GB": "memory_gb"}),
        ("CPU.NumberOfCores means cpu coers", {"CPU.NumberOfCores": "cpu_cores"}),
        ("RAM_GB ist der Arbeitsspeicher; ignoriere die Spalte KST", {"RAM_GB": "memory_gb", "KST": None}),
        ("Spalte BEM bitte ignorieren", {"BEM": None}),
        ("La colonne PROPRIO est le responsable métier, pas le responsable technique", {"PROPRIO": "business_owner"}),
    ],
)
def test_a_correction_is_read_from_a_phrase(text: str, expected: dict[str, str | None]) -> None:
    assert understood(text) == expected
    assert read_feedback(text, catalogue()).not_understood == ()


def test_several_corrections_stand_in_one_sentence() -> None:
    text = (
        "RAM_GB should map to Memory (GB), APPLICATION_OWNER is the app owner, not business owner, and ignore column X."
    )
    assert understood(text) == {"RAM_GB": "memory_gb", "APPLICATION_OWNER": "application_owner", "X": None}


def test_known_headers_are_found_in_any_spelling_and_keep_their_own() -> None:
    assert understood("ram gb is the memory", ("RAM_GB", "OWNER")) == {"RAM_GB": "memory_gb"}


@pytest.mark.parametrize(
    "text", ["I like this tool.", "APP_OWNER is not the business owner", "It is the memory", "FOO is a banana"]
)
def test_what_is_no_correction_is_handed_back_word_for_word(text: str) -> None:
    result = read_feedback(text, catalogue())
    assert result.corrections == ()
    assert result.not_understood == (text.rstrip("."),)


@given(text=st.text(max_size=120) | st.from_regex(r"([A-Z_]{2,8} (is|and|should map to|not) [a-z ]{1,12},? ?){1,6}"))
def test_any_text_is_read_without_failing(text: str) -> None:
    result = read_feedback(text, catalogue())
    assert isinstance(result, UnderstoodFeedback)
    assert all(correction.field is None or correction.field in catalogue() for correction in result.corrections)
