"""The questionnaire of the whole portfolio: one answer for many applications, and a table to fill in elsewhere."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._questionnaire import draw_question, said
from pages._telling import is_chosen, tell, telling
from platform_core.domain.strategy import SharedQuestion
from platform_core.services import questionnaires
from platform_core.services.questionnaires import AnswersTaken

REFUSED = "answers-refused"
SHOWN_PROBLEMS = 200


def draw_shared_questions(frame: Frame) -> None:
    """Draw the open questions by what one answer for all would bring, and the table to take along."""
    questions = questionnaires.shared(frame.store, frame.migration.id)
    if questions:
        st.caption(
            "The questions that are open for most applications and machines and would move recommendations most. What "
            "the inventory knows is not asked."
        )
        draw_chosen(frame, draw_list(questions))
    else:
        st.caption("No question is open: every fact that could move a recommendation is known.")
    draw_file(frame)


def draw_list(questions: tuple[SharedQuestion, ...]) -> SharedQuestion:
    """Draw the questions and return the chosen one."""
    table = {
        "Question": [question.text for question in questions],
        "Open for": [len(question.subjects) for question in questions],
        "Would move": [question.gain for question in questions],
    }
    event = st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        key="shared-questions",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            "Open for": st.column_config.NumberColumn("Open for (number)", format="localized"),
            "Would move": st.column_config.NumberColumn(
                "Would move (number)",
                format="%.0f",
                help="How many applications and machines an answer would move to another strategy, as far as is known.",
            ),
        },
        alt="Open questions with the number of applications and machines they are open for",
    )
    rows = [row for row in event.selection.rows if row < len(questions)]
    return questions[rows[0] if rows else 0]


def draw_chosen(frame: Frame, question: SharedQuestion) -> None:
    """Draw the form that answers a question for all it is open for."""
    key = f"ask-{question.key}-all"

    def send() -> None:
        answer = said(st.session_state.get(key))
        with telling():
            changed = questionnaires.answer(
                frame.work, frame.migration.id, question.subjects, {question.key: answer}, frame.by
            )
            tell(f"Answered for {len(question.subjects):,}; {words.counted(changed, 'recommendation')} changed")

    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_question(questionnaires.asked(question.key), "all")
        unanswered = said(st.session_state.get(key)) is None
        label = f"Answer for {len(question.subjects):,}"
        st.button(label, key="answer-all", type="primary", on_click=send, disabled=unanswered)
    st.caption("For some of them only: select them in the table on the tab Applications.")


def draw_file(frame: Frame) -> None:
    """Draw the questionnaire as a file, out and in, and the cells of the last one that were refused."""
    st.subheader("As a table", anchor=False)
    st.caption("One line per application or machine, one column per question: fill in the gaps and upload it here.")
    st.download_button(
        "Download questionnaire.csv",
        lambda: questionnaires.export(frame.work, frame.migration.id),
        file_name="questionnaire.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="download-questionnaire",
    )
    with st.form("take-answers", clear_on_submit=True, border=False):
        file = st.file_uploader("Filled questionnaire", type="csv", max_upload_size=20)
        if st.form_submit_button("Take the answers", key="take-answers-send"):
            if is_chosen(file):
                take(frame, file.getvalue())
            st.rerun()
    refused: AnswersTaken | None = st.session_state.get(REFUSED)
    if refused is not None and refused.problems:
        shown = refused.problems[:SHOWN_PROBLEMS]
        st.caption(f"{words.counted(len(refused.problems), 'cell')} of the last file could not be taken.")
        rows = [(p.line, p.column, p.value, p.text) for p in shown]
        st.dataframe(
            pd.DataFrame(rows, columns=["Line", "Column", "Value", "Why"]), hide_index=True, alt="Cells not taken"
        )


def take(frame: Frame, content: bytes) -> None:
    """Take the answers of a file and say what came of it."""
    with telling():
        taken = questionnaires.take_file(frame.work, frame.migration.id, content, frame.by)
        st.session_state[REFUSED] = taken
        tell(
            f"{words.counted(taken.answers, 'answer')} for {words.counted(taken.applications, 'application')}, "
            f"{words.counted(taken.changed, 'recommendation')} changed, {len(taken.problems):,} cells refused"
        )
