"""What columns leave open, what is asked about them, and what the answers do."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.domain.choices import Several
from platform_core.domain.mapping import MappedColumn
from platform_core.inventory.questions import Question, QuestionKind, questions
from platform_core.reference import catalogue
from tests.unit.inventory.tables import VOCABULARIES, build, findings, mapped, read_cells


def asked(field: str, *cells: str) -> tuple[Question, ...]:
    column = MappedColumn(position=0, header="h", field=field)
    return questions(cells, catalogue()[field], column, VOCABULARIES)


def test_dates_that_could_be_either_way_round_are_asked_once_for_the_column() -> None:
    (question,) = asked("install_date", "3/4/2024", "5/5/2024", "7/8/2023", "2024-01-31", "3/4/2024")
    assert (question.kind, question.texts, question.must_answer) == (QuestionKind.DAY_FIRST, 2, True)
    assert question.readings == (None, None)
    assert [(o.answer, o.readings) for o in question.options] == [
        (True, (date(2024, 4, 3), date(2023, 8, 7))),
        (False, (date(2024, 3, 4), date(2023, 7, 8))),
    ]


def test_a_column_whose_dates_tell_is_not_asked_about_and_one_that_contradicts_itself_is() -> None:
    assert asked("install_date", "3/4/2024", "13/4/2024") == ()
    assert asked("install_date", "03.04.2024", "3 April 2024") == ()
    assert [q.kind for q in asked("install_date", "3/4/2024", "13/4/2024", "4/13/2024")] == [QuestionKind.DAY_FIRST]


def test_until_somebody_answers_an_open_date_is_a_finding_with_its_text() -> None:
    built = build(mapped(["hostname", "install_date"], ("web01", "3/4/2024")))
    assert "install_date" not in built.assets[0].values
    assert [text for *_, text in findings(built)] == ["3/4/2024"]


def test_numbers_whose_sign_is_open_are_asked_and_told_how_they_are_read_meanwhile() -> None:
    (question,) = asked("memory_gb", "1,234", "16")
    assert (question.kind, question.readings, question.must_answer) == (QuestionKind.DECIMAL_COMMA, (1234.0,), False)
    assert [(o.answer, o.readings) for o in question.options] == [(True, (1.234,)), (False, (1234.0,))]
    assert asked("memory_gb", "1,234", "1,5") == ()
    assert asked("cpu_cores", "1,234") == ()


@pytest.mark.parametrize(
    ("comma", "values"), [(True, [1.234, 1234.0]), (False, [1234.0, 1.234]), (None, [1234.0, 1.234])]
)
def test_the_answer_about_decimals_settles_open_numbers_only(comma: bool | None, values: list[float]) -> None:
    assert read_cells("memory_gb", "1,234", "1.234", decimal_comma=comma) == values
    assert read_cells("memory_gb", "1.234,5", decimal_comma=comma) == [1234.5]


@pytest.mark.parametrize("cell", ["Oracle, Java", "Oracle; Java", "Oracle|Java", "Oracle\nJava"])
def test_cells_with_several_values_are_read_as_chosen_for_the_column(cell: str) -> None:
    (question,) = asked("vendor", cell, "Oracle")
    assert [o.answer for o in question.options] == list(Several)
    assert read_cells("vendor", cell, several=Several.SPLIT) == ["Oracle; Java"]
    assert read_cells("vendor", cell, several=Several.FIRST) == ["Oracle"]
    assert read_cells("vendor", cell, several=Several.KEEP) == read_cells("vendor", cell) == [" ".join(cell.split())]


def test_a_list_is_split_unless_somebody_chose_otherwise() -> None:
    cell = "Java, Oracle"
    assert read_cells("technology_stack", cell) == read_cells("technology_stack", cell, several=Several.SPLIT)
    assert read_cells("technology_stack", cell, several=Several.KEEP) == [("Java, Oracle",)]
    assert read_cells("technology_stack", cell, several=Several.FIRST) == [("Java",)]


def test_split_words_of_a_closed_set_are_each_recognised() -> None:
    assert read_cells("environment", "PRD, DEV", several=Several.SPLIT) == ["production; development"]
    assert read_cells("environment", "PRD, DEV", several=Several.FIRST) == ["production"]


def test_columns_without_such_cells_are_not_asked_about() -> None:
    assert asked("vendor", "Oracle", "Red Hat") == ()
    assert asked("notes", "a, b; c") == ()


@given(st.lists(st.text(min_size=1, max_size=20), max_size=6), st.sampled_from(["install_date", "memory_gb", "vendor"]))
def test_any_cells_can_be_asked_about_and_every_answer_has_a_reading_of_each_example(
    cells: list[str], field: str
) -> None:
    for question in asked(field, *cells):
        assert 0 < len(question.examples) <= question.texts
        assert all(len(option.readings) == len(question.examples) for option in question.options)
