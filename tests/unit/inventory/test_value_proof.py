"""Every value with its text and rule; nothing is invented, and a value read again is itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.catalogue import FieldType
from platform_core.domain.choices import ColumnChoices, Several
from platform_core.domain.mapping import MappedColumn
from platform_core.inventory.cells import tidy
from platform_core.inventory.proof import Normalised, normalise
from platform_core.inventory.reading import ColumnEvidence
from platform_core.reference import catalogue
from tests.unit.inventory.tables import VOCABULARIES, read_cells

FIELDS = [field.key for field in catalogue()]


def proof(field: str, text: str, *beside: str, unit: str | None = None, **choices: object) -> Normalised:
    target = catalogue()[field]
    column = MappedColumn(position=0, header="h", field=field, unit=unit, choices=ColumnChoices.model_validate(choices))
    evidence = ColumnEvidence.of(target)
    for cell in (text, *beside):
        evidence.note(cell, target)
    return normalise(text, target, column, evidence, VOCABULARIES)


@pytest.mark.parametrize(
    ("said", "value", "rule"),
    [
        (proof("environment", "PRD"), "production", "“PRD” is a spelling of production"),
        (proof("power_state", "poweredOn"), "on", "“poweredOn” is a spelling of on"),
        (proof("is_virtual", "Physical"), False, "“Physical” means no in Virtual / Physical"),
        (proof("memory_gb", "4096", unit="MiB"), 4.0, "MiB turned into GB"),
        (proof("memory_gb", "1,5 TB"), 1536.0, "comma before decimals; TB turned into GB"),
        (proof("memory_gb", "1.234", "2.345,5"), 1234.0, "comma before decimals, as the column writes numbers"),
        (proof("memory_gb", "1,234", decimal_comma=True), 1.234, "comma before decimals, as chosen for the column"),
        (proof("memory_gb", "16"), 16.0, "as it stands"),
        (proof("install_date", "3/4/2024", day_first=True), date(2024, 4, 3), "day first, as chosen for the column"),
        (proof("install_date", "3/4/2024", "4/13/2024"), date(2024, 3, 4), "month first, as other dates of the column show"),  # noqa: E501
        (proof("install_date", "03.04.2024"), date(2024, 4, 3), "day, month, year"),
        (proof("install_date", "45425"), date(2024, 5, 13), "day number of a spreadsheet"),
        (proof("install_date", "13 May 2024"), date(2024, 5, 13), "month by its name"),
        (proof("ip_address", "10.0.0.1/24"), ("10.0.0.1",), "addresses only; ports, prefix lengths and zones are left out"),  # noqa: E501
        (proof("technology_stack", "Java, Oracle"), ("Java", "Oracle"), "2 values, separated at , ; | and line breaks"),
        (proof("vendor", "A|B", several=Several.FIRST), "A", "the first of 2 values, as chosen for the column"),
        (proof("vendor", " Red  Hat "), "Red Hat", "without superfluous blanks and invisible characters"),
        (proof("vendor", "Oracle"), "Oracle", "as it stands"),
        (proof("vendor", "n/a"), None, "nothing is known here"),
    ],
)  # fmt: skip
def test_a_value_says_by_which_rule_it_came_from_its_text(said: Normalised, value: object, rule: str) -> None:
    assert (said.value, said.rule, said.finding) == (value, rule, None)


def test_what_cannot_be_read_is_a_finding_that_keeps_its_text() -> None:
    said = proof("memory_gb", "lots")
    assert said.text == "lots"
    assert said.value is None
    assert said.finding is not None
    assert said.rule == "this is not one number"


texts = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[0-9]{1,3}([.,' ][0-9]{1,3}){0,3} ?(MB|GiB|TB|PB|KiB|B|%|h|€)?", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}( [0-2][0-9]:[0-5][0-9])?", fullmatch=True),
    st.from_regex(r"(10|256|192)\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(/[0-9]{1,2}|:[0-9]{1,5})?", fullmatch=True),
    st.sampled_from(["PRD", "yes", "Prod; Dev", "on", "n/a", "Linux, Windows", "Tier 1", "poweredOff", "−5", "1e3 GB"]),
)
answers = st.builds(
    ColumnChoices,
    day_first=st.sampled_from([None, True, False]),
    decimal_comma=st.sampled_from([None, True, False]),
    several=st.sampled_from([None, *Several]),
)


@given(st.sampled_from(FIELDS), texts, answers)
def test_any_text_gets_the_value_a_build_gives_it_with_its_text_and_a_rule(
    field: str, text: str, choices: ColumnChoices
) -> None:
    said = proof(field, text, **choices.model_dump())
    assert said.text == text
    assert said.rule
    assert (said.value is not None) or (said.finding is not None) or not text.strip() or said.rule.endswith("here")
    if field not in {"hostname", "fqdn", "dep_source", "dep_target", "dep_source_ip", "dep_target_ip", "uuid"}:
        built = read_cells(field, text, **choices.model_dump()) or [None]
        expected = said.value if field not in UNASSETED else built[0]
        assert built[0] == expected


UNASSETED = {field.key for field in catalogue() if field.group == "dependency"} | {
    "application_name", "asset_name", "asset_id", "asset_tag", "serial_number", "database_name", "dependencies"
}  # fmt: skip
"""Fields that name or link assets; what becomes of them is decided by the whole row."""


@given(st.sampled_from(FIELDS), texts, answers)
def test_a_value_written_out_and_read_again_is_itself(field: str, text: str, choices: ColumnChoices) -> None:
    said = proof(field, text, **choices.model_dump())
    target = catalogue()[field]
    if said.value is None or target.type is FieldType.BOOLEAN or isinstance(said.value, tuple):
        return
    written = said.value.isoformat() if isinstance(said.value, date) else _written(said.value)
    again = proof(field, written, decimal_comma=False, several=choices.several)
    assert again.value == said.value


def _written(value: object) -> str:
    return f"{value:.6f}" if isinstance(value, float) else str(value)


@given(texts, answers)
def test_numbers_are_made_of_the_digits_of_their_text_only(text: str, choices: ColumnChoices) -> None:
    value = proof("cost", text, **choices.model_dump()).value
    if isinstance(value, float) and not any(sign.isalpha() or sign in "%x×*+" for sign in text):
        digits = "".join(str(int(c)) for c in text if c.isdecimal()).strip("0")
        assert f"{Decimal(repr(abs(value))):f}".replace(".", "").strip("0") == digits or len(digits) > 12


@given(st.sampled_from(["vendor", "location", "technical_owner"]), texts, st.sampled_from([None, *Several]))
def test_words_are_made_of_the_letters_of_their_text_only(field: str, text: str, several: Several | None) -> None:
    value = proof(field, text, several=several).value
    if value is not None:
        assert all(part in tidy(text) for part in str(value).split("; "))
