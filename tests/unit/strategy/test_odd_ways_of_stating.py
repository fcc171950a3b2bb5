"""However facts are stated (odd keys, words for numbers, two languages, nested, very long), they mean the same."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import JsonValue

from platform_core.domain.answers import Level, as_level, as_number, as_span, as_yes_no
from platform_core.domain.strategy import Strategy
from platform_core.strategy import assess, facts_from_json
from tests.unit.strategy.stated_facts import POLICY


def strategy_of(facts: dict[str, Any]) -> Strategy | None:
    return assess(facts_from_json(facts), POLICY, explain=False).strategy


@pytest.mark.parametrize(
    "name", ["source_code_access", "Source code access?", "sourceCodeAccess", "source-code-access", " SOURCE_CODE "]
)
def test_a_key_is_known_however_it_is_written(name: str) -> None:
    answer = assess(facts_from_json({name: False}), POLICY, explain=False)
    assert answer.unknown == ()
    assert Strategy.REFACTOR in {veto.strategy for veto in answer.vetoes}


@pytest.mark.parametrize("yes", [True, "yes", "Y", "ja", "Ja, seit 2019", "true", 1, "x", "VMware"])
def test_yes_is_yes_in_every_spelling(yes: JsonValue) -> None:
    assert as_yes_no(yes) is True


@pytest.mark.parametrize("no", [False, "no", "N", "nein", "Nein", "keine", "nicht vorhanden", "0", 0, "false", "off"])
def test_no_is_no_in_every_spelling(no: JsonValue) -> None:
    assert as_yes_no(no) is False


@pytest.mark.parametrize("unknown", ["unknown", "unbekannt", "k.A.", "keine Angabe", "n/a", "?", "", None])
def test_what_is_not_known_is_neither(unknown: JsonValue) -> None:
    assert as_yes_no(unknown) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,500", 12_500),
        ("1 200 000", 1_200_000),
        ("12,5", 12.5),
        ("0,25", 0.25),
        ("25 %", 0.25),
        ("$5 million", 5_000_000),
        ("3, 4", 3),
        ("sechs", 6),
        ("-4.5", -4.5),
        (".5", 0.5),
        ("five", 5),
    ],
)
def test_numbers_are_read_with_either_decimal_sign(text: str, number: float) -> None:
    assert as_number(text) == pytest.approx(number)


@pytest.mark.parametrize(
    "span", ["6", 6, "six months", "sechs Monate", "0,5 Jahre", "half a year: 6 months", "6 Monaten"]
)
def test_half_a_year_is_six_months(span: JsonValue) -> None:
    assert as_span(span, "month") == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(
    ("word", "level"),
    [("hoch", Level.HIGH), ("sehr hoch", Level.VERY_HIGH), ("mittel", Level.MEDIUM), ("gering", Level.LOW),
     ("sehr gering", Level.LOW), ("keine", Level.NONE), ("geschäftskritisch", Level.VERY_HIGH)],
)  # fmt: skip
def test_levels_are_read_in_german(word: str, level: Level) -> None:
    assert as_level(word) is level


@pytest.mark.parametrize(
    ("strategy", "facts"),
    [
        (Strategy.REHOST, {"Ziele": "Das Rechenzentrum wird geräumt, Server umziehen ohne Änderung"}),
        (Strategy.REPLATFORM, {"ziele": ["verwaltete Datenbank", "weniger Administration"], "datenbank": "MySQL 5.7"}),
        (Strategy.REFACTOR, {"goals": "den Monolithen zerlegen, täglich ausliefern", "app_origin": "Eigenentwicklung"}),
        (Strategy.REPURCHASE, {"Funktion": "Reisekostenabrechnung", "goals": "Standardlösung aus der Cloud"}),
        (Strategy.RETAIN, {"context": "Steuert die Anlage in Echtzeit; muss im Werk bleiben"}),
        (Strategy.RETIRE, {"bemerkung": "wird nicht mehr genutzt und soll abgeschaltet werden", "genutzt": "nein"}),
    ],
)
def test_german_words_lead_where_english_ones_do(strategy: Strategy, facts: dict[str, Any]) -> None:
    assert strategy_of(facts) is strategy


def test_a_german_denial_turns_a_wish_round() -> None:
    assert strategy_of({"goals": "keine Neuentwicklung, keine Microservices", "virtualised": "ja"}) is Strategy.REHOST


def test_nested_lists_are_read_like_flat_ones() -> None:
    flat = assess(facts_from_json({"goals": ["lift and shift", "no changes"]}), POLICY)
    nested = assess(facts_from_json({"goals": {"first": [["lift and shift"]], "then": {"also": "no changes"}}}), POLICY)
    assert nested.ranking == flat.ranking


def test_a_very_long_text_is_read_as_far_as_it_matters_and_in_time() -> None:
    text = "lift and shift. " + "lorem ipsum dolor sit amet, consetetur. " * 5_000
    answer = assess(facts_from_json({"goals": text}), POLICY, explain=False)
    assert answer.strategy is Strategy.REHOST


def test_words_of_a_stated_fact_are_shown_as_they_were_found() -> None:
    answer = assess(facts_from_json({"context": "Sie läuft stabil und steuert Ventile."}), POLICY)
    assert any("steuert ventile" in evidence.text for evidence in answer.evidence)
