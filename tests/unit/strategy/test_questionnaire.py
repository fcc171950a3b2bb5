"""The few questions worth asking, what is known filled in, answers checked cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from platform_core.domain.strategy import Facts
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.strategy import (
    answer_table,
    assess,
    facts_from_json,
    load_policy,
    read_answers,
    shared_questions,
    short_form,
    with_answers,
)

POLICY = load_policy(DATA)
ASKED = sorted(key.key for key in POLICY.keys.values() if key.question)
PORTFOLIO: dict[str, Facts] = {
    "application:crm": facts_from_json({"function": "CRM", "criticality": "high"}, "register.csv, line 2"),
    "application:erp": facts_from_json({"os_out_of_support": True}),
    "application:wiki": facts_from_json({}),
}
NAMES = {"application:crm": "CRM", "application:erp": "ERP", "application:wiki": "Wiki"}


def read(*lines: dict[str, str]) -> tuple[dict[str, dict[str, JsonValue]], list[tuple[int, str]]]:
    found = read_answers(enumerate(lines, start=2), PORTFOLIO, POLICY)
    return found.answers, [(problem.line, problem.column) for problem in found.problems]


def test_open_questions_come_first_by_what_they_bring() -> None:
    form = short_form(PORTFOLIO["application:erp"], POLICY)
    gains = [question.gain for question in form if question.known is None]
    assert len(gains) == 8
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0


def test_what_the_inventory_knows_is_filled_in_with_its_source_and_not_asked_again() -> None:
    form = short_form(PORTFOLIO["application:crm"], POLICY)
    known = {question.key: question.known for question in form if question.known}
    assert known["business_criticality"].source == "register.csv, line 2"  # known under another spelling
    assert not {q.key for q in form if q.known is None} & known.keys()


def test_questions_for_many_applications_name_those_that_lack_the_answer() -> None:
    questions = shared_questions(PORTFOLIO, POLICY)
    assert questions[0].gain >= questions[-1].gain
    support = next((q for q in shared_questions(PORTFOLIO, POLICY, most=200) if q.key == "os_out_of_support"), None)
    assert support is not None
    assert "application:erp" not in support.subjects


@given(st.sampled_from(ASKED))
def test_an_answer_closes_its_question(key: str) -> None:
    value = next(iter(POLICY.keys[key].answers), "Oracle 19c")
    answered = with_answers(PORTFOLIO["application:wiki"], {key: value}, POLICY, source="questionnaire, Ann")
    assert answered[key].source == "questionnaire, Ann"
    assert key not in {fact.key for fact in assess(answered, POLICY).missing}


def test_an_answer_replaces_what_was_known_under_another_spelling_and_can_be_taken_back() -> None:
    answered = with_answers(PORTFOLIO["application:crm"], {"business_criticality": "low"}, POLICY, source="Ann")
    assert answered["business_criticality"].value == "low"
    assert "criticality" not in answered
    assert "business_criticality" not in with_answers(answered, {"business_criticality": None}, POLICY, source="Ann")


@pytest.mark.parametrize(
    ("key", "value"), [("actively_used", "perhaps"), ("user_count", "many"), ("exit_deadline_months", -3), ("x", 1)]
)
def test_an_answer_that_cannot_be_read_is_refused(key: str, value: JsonValue) -> None:
    with pytest.raises(BadInput):
        with_answers({}, {key: value}, POLICY, source="Ann")


def test_a_table_goes_out_with_known_cells_filled_and_comes_back_without_an_answer() -> None:
    header, rows = answer_table(PORTFOLIO, NAMES, POLICY, ("business_criticality", "actively_used"))
    assert header == ("application_key", "application", "business_criticality", "actively_used")
    assert rows[0] == ("application:crm", "CRM", "high", "")
    assert read(*(dict(zip(header, row, strict=True)) for row in rows)) == ({}, [])


def test_filled_cells_become_answers_and_bad_ones_are_told_by_line_and_column() -> None:
    answers, problems = read(
        {"application_key": "application:erp", "actively_used": "Yes", "user_count": "1,200", "colour": "blue"},
        {"application_key": "application:wiki", "actively_used": "sometimes", "business_value": "low"},
        {"application_key": "application:gone", "actively_used": "no"},
        {"application": "Nameless"},
    )
    assert answers == {
        "application:erp": {"actively_used": True, "user_count": 1200.0},
        "application:wiki": {"business_value": "low"},
    }
    assert problems == [(3, "actively_used"), (4, "application_key"), (5, "application_key")]


def test_columns_nobody_asks_for_are_told_once() -> None:
    row = {"application_key": "application:erp", "colour": "blue"}
    assert read_answers([(2, row), (3, row)], PORTFOLIO, POLICY).ignored_columns == ("colour",)


@given(st.dictionaries(st.sampled_from([*ASKED, "colour", "application_key"]), st.text(max_size=30), max_size=6))
def test_odd_cells_are_answers_or_problems_but_never_crash(cells: dict[str, str]) -> None:
    found = read_answers([(2, {"application_key": "application:erp", **cells})], PORTFOLIO, POLICY)
    for answers in found.answers.values():
        assert set(with_answers({}, answers, POLICY, source="import")) <= {*ASKED}
