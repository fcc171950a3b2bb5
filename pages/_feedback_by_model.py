"""Having a model read what the rules could not, with everything that would be sent shown before."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._ask import draw_disclosure, service
from pages._frame import Frame
from pages._runs import begin
from platform_core.services import feedback_by_model
from platform_core.services.feedback import FeedbackView


def draw_offer(frame: Frame, entry: FeedbackView) -> None:
    """Draw the way to have the rest of a comment read, where a model is set and something is left to read."""
    request = feedback_by_model.question(frame.migration.id, entry)
    if request is None:
        return
    key = f"read-{entry.id}"
    with st.expander("Let the model read the rest", icon=":material/smart_toy:", key=key, on_change="rerun") as offer:
        if not offer.open:
            return
        estimate = service(frame).estimate(request.agent, request.subject)
        if not estimate.calls:
            st.caption("It mentions no column of this migration, so there is nothing to ask a model.")
            return
        cost = "" if estimate.cost is None else f", {words.amount(estimate.cost)} {estimate.currency}"
        tokens = estimate.prompt_tokens + estimate.completion_tokens
        st.caption(words.plain(f"{words.counted(estimate.calls, 'request')}, at most {tokens:,} tokens{cost}."))
        draw_disclosure(frame, request, key=f"disclosure-{entry.id}")
        if st.button("Send and read", key=f"send-{entry.id}", icon=":material/send:"):
            begin(frame, request)
            st.rerun()
        st.caption(words.plain("What it reads is listed here to confirm; nothing is learned before."))
