"""Thumbs and a comment beside any suggestion."""

from __future__ import annotations

import streamlit as st

from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.services import feedback


def rate(frame: Frame, page: str, subject: str) -> None:
    """Offer to rate and comment on `subject`; what is given is kept with its page and subject."""
    with st.popover("Feedback", icon=":material/rate_review:", type="tertiary", key=f"feedback-{page}-{subject}"):
        with st.form(f"feedback-form-{page}-{subject}", clear_on_submit=True, border=False):
            rating = st.feedback("thumbs", key=f"thumbs-{page}-{subject}")
            text = st.text_area("What is wrong or right here?", max_chars=feedback.TEXT_LENGTH)
            if st.form_submit_button("Send"):
                with telling():
                    feedback.give(
                        frame.work, frame.migration.id, frame.by, page=page, subject=subject, rating=rating, text=text
                    )
                    tell("Kept your feedback")
                st.rerun()
