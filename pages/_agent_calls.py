"""The ledger of an agent's run, and one request of it as it was sent and answered, with the verdicts of the checks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core.monitor import CallView
from platform_core.services import agent_activity
from platform_core.services.activity import RunView
from platform_core.services.agent_activity import AgentWork, Refused
from platform_core.services.proposals import ProposalView


def draw_calls(frame: Frame, run: RunView, work: AgentWork, made: list[ProposalView]) -> None:
    """Draw the ledger of the run and, below it, one request as it was sent and answered."""
    numbered = {span.call: span.label for span in work.spans if span.call is not None}
    table = pd.DataFrame(
        {
            "Request": [numbered.get(call.id, str(call.id)) for call in work.calls],
            "For": [call.purpose.capitalize() for call in work.calls],
            "Outcome": [outcome(call) for call in work.calls],
            "Read": [call.prompt_tokens for call in work.calls],
            "Written": [call.completion_tokens for call in work.calls],
            "Cost": [call.cost for call in work.calls],
            "Seconds": [call.seconds for call in work.calls],
            "Form": [call.response_format.replace("_", " ") for call in work.calls],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        placeholder=words.DASH,
        column_config={
            "Read": st.column_config.NumberColumn(format="localized", help="Tokens of the question."),
            "Written": st.column_config.NumberColumn(format="localized", help="Tokens of the answer."),
            "Cost": st.column_config.NumberColumn(format="%.6f"),
            "Seconds": st.column_config.NumberColumn(format="%.2f"),
        },
        alt="Requests to the model with outcome, tokens, cost and time",
    )
    by_id = {call.id: call for call in work.calls}
    chosen = st.selectbox(
        "Look at request", list(by_id), format_func=lambda n: numbered.get(n, str(n)), key=f"call-{run.id}"
    )
    draw_call(frame, by_id[chosen], work, made)


def draw_call(frame: Frame, call: CallView, work: AgentWork, made: list[ProposalView]) -> None:
    """Draw what was said in a request, word for word as kept (free of keys), and what the checks made of it."""
    texts = agent_activity.said(frame.store, call.id)
    passed = sum(view.call_id == call.call_id for view in made)
    refused = [each for each in work.refused if each.call_id == call.call_id]
    estimated = ", tokens estimated" if call.estimated else ""
    st.caption(
        words.plain(
            f"{call.model} at {call.endpoint}, attempt {call.number}, {outcome(call)}{estimated} · "
            f"{passed} passed the checks, {len(refused)} did not"
        )
    )
    question, reply = st.columns(2)
    with question:
        for role, text in agent_activity.spoken(texts):
            st.markdown(f"**{words.plain(role.capitalize())}**")
            st.code(text, language=None, wrap_lines=True, height=220)
    with reply:
        st.markdown("**Answer**")
        st.code(texts.answer or "(none)", language=None, wrap_lines=True, height=220)
        for each in refused:
            st.caption(f":material/block: {words.plain(verdict(each))}")


def outcome(call: CallView) -> str:
    """Return what became of a request, in words."""
    code = f" ({call.http_status})" if call.http_status and call.http_status != 200 else ""
    return f"{call.status.replace('_', ' ')}{code}"


def verdict(each: Refused) -> str:
    """Return why an answer did not pass, with what was said where that is known."""
    about = f"{each.item}: " if each.item else ""
    return f"{about}{each.reason}{f' It said: {each.said}' if each.said else ''}"
