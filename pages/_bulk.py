"""Deciding many applications at once: the rules' answers accepted, one strategy for all, one answer for all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._questionnaire import draw_question, said
from pages._strategy_table import Wanted
from pages._telling import tell, telling
from platform_core.charts import strategy_label
from platform_core.domain.strategy import Strategy
from platform_core.services import questionnaires, strategies

ACCEPT, BACK = "accept", "back"
WORDS = {ACCEPT: "What the rules recommend", BACK: "Take overrides back"}


def draw_bulk(frame: Frame, chosen: Sequence[str], wanted: Wanted) -> None:
    """Draw what can be done to the selected applications, or to all that are listed."""
    listed = strategies.keys(frame.work, frame.migration.id, **wanted)
    with st.container(border=True, key="bulk"):
        st.subheader(f"{len(chosen):,} selected", anchor=False)
        everything = st.checkbox(f"All {len(listed):,} listed instead", key="bulk-all")
        subjects = listed if everything else list(chosen)
        draw_decision(frame, subjects)
        draw_answer(frame, subjects)


def draw_decision(frame: Frame, subjects: list[str]) -> None:
    """Draw the form that decides a strategy for all."""

    def send() -> None:
        what, reason = st.session_state["bulk-strategy"], st.session_state["bulk-reason"]
        with telling():
            if what == ACCEPT:
                count = strategies.accept(frame.work, frame.migration.id, subjects, reason, frame.by)
            else:
                strategy = None if what == BACK else Strategy(what)
                count = strategies.override_many(frame.work, frame.migration.id, subjects, strategy, reason, frame.by)
            tell(f"{words.counted(count, 'application')} decided")

    with st.form("bulk-decide", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Strategy that counts",
            [ACCEPT, *Strategy, BACK],
            format_func=lambda s: WORDS.get(s) or strategy_label(s),
            key="bulk-strategy",
            width=240,
        )
        st.text_input("Reason", max_chars=1_000, key="bulk-reason")
        st.form_submit_button(f"Decide {len(subjects):,}", key="bulk-send", type="primary", on_click=send)


def draw_answer(frame: Frame, subjects: list[str]) -> None:
    """Draw the form that gives one answer for all."""
    open_ones = questionnaires.shared(frame.store, frame.migration.id)
    if not open_ones:
        return
    texts = {question.key: question.text for question in open_ones}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = st.selectbox("Or answer for all of them", list(texts), format_func=texts.__getitem__, key="bulk-question")
        draw_question(questionnaires.asked(key), "bulk")

        def send() -> None:
            answer = said(st.session_state.get(f"ask-{key}-bulk"))
            with telling():
                changed = questionnaires.answer(frame.work, frame.migration.id, subjects, {key: answer}, frame.by)
                tell(f"Answered for {len(subjects):,}; {words.counted(changed, 'recommendation')} changed")

        unanswered = said(st.session_state.get(f"ask-{key}-bulk")) is None
        st.button(f"Answer for {len(subjects):,}", key="bulk-answer", on_click=send, disabled=unanswered)
