"""What columns leave open about their cells, asked once a column and answered with one click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import telling
from platform_core.domain.choices import Several
from platform_core.domain.imports import ImportState
from platform_core.domain.inventory import MEMBERSHIP_SEPARATOR
from platform_core.inventory import QuestionKind
from platform_core.reference import catalogue
from platform_core.services import column_questions
from platform_core.services.column_questions import ColumnQuestion
from platform_core.services.imports import ImportView

NOT_ANSWERED = "–"
ASKS = {
    QuestionKind.DAY_FIRST: "Which comes first, the day or the month?",
    QuestionKind.DECIMAL_COMMA: "What does the sign in these numbers stand for?",
    QuestionKind.SEVERAL: "Cells here hold several values. What becomes of them?",
}
ANSWERS: dict[tuple[QuestionKind, bool | str], str] = {
    (QuestionKind.DAY_FIRST, True): "Day first",
    (QuestionKind.DAY_FIRST, False): "Month first",
    (QuestionKind.DECIMAL_COMMA, True): "The comma stands before decimals",
    (QuestionKind.DECIMAL_COMMA, False): "The point stands before decimals",
    (QuestionKind.SEVERAL, Several.SPLIT): "Split",
    (QuestionKind.SEVERAL, Several.KEEP): "Keep as one",
    (QuestionKind.SEVERAL, Several.FIRST): "Only the first",
}


def draw_open_questions(frame: Frame, view: ImportView, asked: Sequence[ColumnQuestion]) -> None:
    """Draw those of the questions that must be answered before a column is read."""
    waiting = [question for question in asked if question.is_open]
    if waiting and view.state is not ImportState.APPLIED:
        columns = "one column" if len(waiting) == 1 else f"{len(waiting)} columns"
        with st.container(border=True, key="column-questions"):
            st.markdown(
                f"**{columns.capitalize()} can be read in two ways.** The cells stay empty until you say which."
            )
            for question in waiting:
                draw_question(frame, view, question, place="above")


def draw_question(frame: Frame, view: ImportView, asked: ColumnQuestion, *, place: str) -> None:
    """Draw one question with what each answer makes of the examples; choosing an answer stores it."""
    question = asked.question
    key = f"question-{place}-{view.id}-{asked.position}-{question.kind}-{asked.version}"
    answers: list[bool | str | None] = [None, *(option.answer for option in question.options)]

    def store() -> None:
        with telling():
            column_questions.answer(frame.work, view.id, asked, st.session_state[key], frame.by)

    st.radio(
        f"{words.plain(asked.header)} → {catalogue()[asked.field].label}: {ASKS[question.kind]}",
        answers,
        index=answers.index(asked.answer),
        format_func=partial(_label, asked),
        captions=[_meanwhile(asked), *(_shown(option.readings, option.answer) for option in question.options)],
        horizontal=place == "above",
        key=key,
        on_change=store,
        disabled=view.state is ImportState.APPLIED,
        help=f"{question.texts:,} different cells, for example {_quoted(question.examples)}",
    )


def _label(asked: ColumnQuestion, answer: bool | str | None) -> str:
    if answer is None:
        return "Not answered"
    return ANSWERS[asked.question.kind, answer]


def _meanwhile(asked: ColumnQuestion) -> str:
    """Say what is done while nobody has answered."""
    if asked.question.must_answer:
        return f"{_quoted(asked.question.examples[:2])} stay empty and are listed as findings"
    return _shown(asked.question.readings)


def _shown(readings: tuple[object, ...], answer: bool | str | None = None) -> str:
    return " · ".join(_one(reading, answer) for reading in readings[:2])


def _one(reading: object, answer: bool | str | None) -> str:
    """Show a reading; values that were split each in their own quotation marks."""
    if isinstance(reading, tuple) or (answer == Several.SPLIT and isinstance(reading, str)):
        parts = reading if isinstance(reading, tuple) else tuple(reading.split(MEMBERSHIP_SEPARATOR))
        return _quoted(parts)
    return f"{reading:,.6g}" if isinstance(reading, float) else words.plain(words.shown(reading))


def _quoted(texts: tuple[str, ...]) -> str:
    return ", ".join(f"“{words.plain(text[:60])}”" for text in texts)
