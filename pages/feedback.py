"""The page at /feedback: say what is wrong in your own words, see what was learned from whom."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._accuracy import draw_accuracy
from pages._exchange import draw_exchange
from pages._feedback_by_model import draw_offer
from pages._frame import Frame, open_page
from pages._learned import draw_conflicts, draw_timeline
from pages._proposals import draw_evidence
from pages._telling import tell, tell_failure, telling
from platform_core.domain.feedback import FeedbackStatus
from platform_core.domain.learning import ProposedCorrection
from platform_core.reference import catalogue
from platform_core.services import feedback, feedback_by_model
from platform_core.services.feedback import FeedbackView
from platform_core.services.proposals import ProposalView

THUMBS = {0: ":material/thumb_down:", 1: ":material/thumb_up:", None: ":material/chat:"}


def draw_box(frame: Frame) -> None:
    """Draw the free-text box."""
    with st.form("say", clear_on_submit=True):
        text = st.text_area(
            "Tell the workbench what it got wrong",
            placeholder="RAM_GB should map to Memory (GB); ignore column Asset Sticker",
            max_chars=feedback.TEXT_LENGTH,
            key="say-text",
        )
        if st.form_submit_button("Send", type="primary", key="say-send"):
            with telling():
                given = feedback.give(frame.work, frame.migration.id, frame.by, page="feedback", text=text)
                number = len(given.corrections)
                tell(
                    f"Understood {words.counted(number, 'correction')}; confirm below"
                    if number
                    else "Kept your comment"
                )
            st.rerun()


def correction_words(correction: ProposedCorrection) -> str:
    """Return a correction as a sentence."""
    header = words.plain(correction.header)
    if correction.field is None:
        return f"**{header}** is left unmapped"
    verb = "is not" if correction.is_refusal else "means"
    return f"**{header}** {verb} **{catalogue()[correction.field].label}**"


def draw_entry(frame: Frame, entry: FeedbackView, by_model: list[ProposalView]) -> None:
    """Draw one piece of feedback with what rules and model understood and what can be done about it."""
    with st.container(border=True, key=f"feedback-{entry.id}"):
        about = f" on {words.plain(entry.subject)}" if entry.subject else ""
        st.caption(
            f"{THUMBS[entry.rating]} {words.plain(entry.author)} · {words.clock(entry.at)}{about} · {entry.status}"
        )
        if entry.text:
            st.markdown(words.plain(entry.text))
        for correction in entry.corrections:
            st.markdown(f":material/subdirectory_arrow_right: {correction_words(correction)}")
        for view in by_model:
            draw_evidence(view)
        read = {view.change.sentence for view in by_model}
        for part in [part for part in entry.not_understood if part not in read]:
            st.caption(f"Not understood: {words.plain(part)}")
        if entry.status is FeedbackStatus.OPEN:
            draw_decision(frame, entry, by_model)
        if not by_model:
            draw_offer(frame, entry)


def draw_decision(frame: Frame, entry: FeedbackView, by_model: list[ProposalView]) -> None:
    """Draw the buttons of an open entry."""

    def confirm() -> None:
        with telling():
            done = feedback_by_model.confirm(frame.work, entry, by_model, frame.by)
            changed = "" if by_model else f"; {words.counted(done.changed, 'suggestion')} in review changed"
            tell(f"Learned {words.counted(done.learned, 'correction')}{changed}")
            if done.held_back:
                tell(f"{', '.join(done.held_back)}: held back where it would cost columns that are right")
            for why in done.refused:
                tell_failure(why)

    def close() -> None:
        with telling():
            feedback_by_model.close(frame.work, entry, by_model, frame.by)

    with st.container(horizontal=True):
        if entry.corrections or by_model:
            st.button("Confirm", on_click=confirm, key=f"confirm-{entry.id}", icon=":material/check:")
        st.button("Close", on_click=close, key=f"close-{entry.id}", type="tertiary")


frame = open_page("feedback")
draw_box(frame)
draw_conflicts(frame)
entries = feedback.listed(frame.work, frame.migration.id)
read_by_model = feedback_by_model.read(frame.work, frame.migration.id)
left, right = st.columns([1, 2])
with left:
    st.subheader("Feedback")
    if not entries:
        st.caption("None yet. Thumbs and comments from every page are listed here.")
    for entry in entries[:50]:
        draw_entry(frame, entry, read_by_model.get(entry.id, []))
with right:
    st.subheader("What was learned")
    draw_timeline(frame)
    draw_exchange(frame)
st.subheader("Suggestions against decisions")
draw_accuracy(frame)
