"""The short form of questions about one application; an answer is stored at once and the application assessed again."""

from __future__ import annotations

import streamlit as st
from pydantic import JsonValue

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.strategy import Question
from platform_core.services import questionnaires
from platform_core.services.strategies import StrategyArgument

ASKED = 5
OPEN = ""


def draw_questionnaire(frame: Frame, argument: StrategyArgument) -> None:
    """Draw the questions whose answers would move the recommendation most, most telling first."""
    line = argument.line
    asked = [q for q in questionnaires.form(frame.work, frame.migration.id, line.subject_key) if q.known is None]
    if not asked:
        return
    version = f"{line.subject_key}-{argument.version}"
    asked = asked[:ASKED]

    def send() -> None:
        given = {q.key: word for q in asked if (word := said(st.session_state.get(f"ask-{q.key}-{version}")))}
        with telling():
            changed = questionnaires.answer(
                frame.work,
                frame.migration.id,
                [line.subject_key],
                given,
                frame.by,
                seen_version=argument.version,
            )
            tell(f"{line.name}: {words.counted(len(given), 'answer', 'answers')}, {_outcome(changed)}")

    with st.expander("Answer what would help most", icon=":material/help:"), st.form(f"ask-{version}", border=False):
        for question in asked:
            draw_question(question, version)
        st.form_submit_button("Save answers", key="answer", on_click=send)


def draw_question(question: Question, version: str) -> None:
    """Draw one question; its answer stands under `ask-KEY-VERSION` in the session."""
    key = f"ask-{question.key}-{version}"
    if question.answers:
        st.selectbox(question.text, [OPEN, *question.answers], format_func=_shown, key=key)
    else:
        st.text_input(question.text, max_chars=1_000, key=key)


def _shown(value: JsonValue) -> str:
    return "Not known" if value == OPEN and isinstance(value, str) else words.shown(value)


def said(value: JsonValue) -> JsonValue:
    """Return an answer as the questionnaire takes it; None for a question left open."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if value not in (None, OPEN) else None


def _outcome(changed: int) -> str:
    return "the recommendation changed" if changed else "the recommendation stays"
