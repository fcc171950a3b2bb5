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
    "text",
    [
        "I like this tool.",
        "It is the memory",
        "FOO is a banana",
        "you mapped APP_OWNER to business owner",
        "RAM_GB is wrong",
        "word " * 100,
    ],
)
def test_what_is_no_correction_is_handed_back_word_for_word(text: str) -> None:
    result = read_feedback(text, catalogue())
    assert result.corrections == ()
    assert result.not_understood == (text.rstrip(". "),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Could you map RAM_GB to memory, please?", {"RAM_GB": "memory_gb"}),
        ("No, I think RAM_GB should have been mapped to memory", {"RAM_GB": "memory_gb"}),
        ("change RAM_GB from storage to memory", {"RAM_GB": "memory_gb"}),
        ("Fix RAM_GB: should be memory", {"RAM_GB": "memory_gb"}),
        ("the column for memory is RAM_GB", {"RAM_GB": "memory_gb"}),
        ("Memory should come from RAM_GB", {"RAM_GB": "memory_gb"}),
        ("RAM_GB, not DISK_GB, is the memory", {"RAM_GB": "memory_gb"}),
        ("We don't need LEGACY_ID or NOTES", {"LEGACY_ID": None, "NOTES": None}),
        ("Remove the mapping for LEGACY_ID", {"LEGACY_ID": None}),
        ("RAM_GB soll Arbeitsspeicher sein", {"RAM_GB": "memory_gb"}),
    ],
)
def test_plain_variants_say_the_same(text: str, expected: dict[str, str | None]) -> None:
    assert understood(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "RAM_GB was mapped to Storage but it should be Memory",
        "RAM_GB is mapped wrong. It should be memory.",
        "RAM_GB isn't storage, it's memory",
        "RAM_GB is not storage but memory",
        "you mapped RAM_GB to storage; map it to memory",
    ],
)
def test_what_was_wrong_is_told_from_what_is_right(text: str) -> None:
    result = read_feedback(text, catalogue())
    assert [(c.header, c.field, c.is_refusal) for c in result.corrections] == [("RAM_GB", "memory_gb", False)]
    assert result.not_understood == ()


@pytest.mark.parametrize(
    "text",
    [
        "APP_OWNER is not the business owner",
        "do not map APP_OWNER to business owner",
        "APP_OWNER should never be the business owner",
        "APP_OWNER is wrongly mapped to business owner",
        "APP_OWNER n'est pas le responsable métier",
    ],
)
def test_what_a_column_is_not_becomes_a_refusal(text: str) -> None:
    result = read_feedback(text, catalogue())
    assert [(c.header, c.field, c.is_refusal) for c in result.corrections] == [("APP_OWNER", "business_owner", True)]


@given(text=st.text(max_size=120) | st.from_regex(r"([A-Z_]{2,8} (is|and|should map to|not) [a-z ]{1,12},? ?){1,6}"))
def test_any_text_is_read_without_failing(text: str) -> None:
    result = read_feedback(text, catalogue())
    assert isinstance(result, UnderstoodFeedback)
    assert all(correction.field is None or correction.field in catalogue() for correction in result.corrections)
