"""What agents may apply in this migration without an analyst; at first nothing."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.agents import AgentPolicy, AutoAccept
from platform_core.services import proposals

KINDS: Final = {
    "column": "Fields of columns",
    "alias": "How far words on headers reach",
    "correction": "Corrections read from feedback",
    "strategy": "6R strategies",
    "wave": "Moves between waves",
}
"""The kinds of changes that may be applied unseen: labels of patterns change nothing, and risks are drafts."""

LEVELS: Final = {
    AutoAccept.NOTHING: "Nothing: ask me",
    AutoAccept.AGREED: "What engine and model both say",
    AutoAccept.CHECKED: "Everything that passed the checks",
}


def draw_agent_policy(frame: Frame) -> None:
    """Draw, for each kind of change, which proposals may be applied unseen, and keep what is chosen."""
    allowed = proposals.policy(frame.work, frame.migration.id)
    key = f"{frame.migration.id}-{'-'.join(allowed.accept.values())}"
    levels = list(LEVELS)

    def save() -> None:
        chosen = {kind: st.session_state[f"policy-{kind}-{key}"] for kind in KINDS}
        accept = {kind: level for kind, level in chosen.items() if level is not AutoAccept.NOTHING}
        with telling():
            proposals.set_policy(frame.work, frame.migration.id, AgentPolicy(accept=accept), frame.by)
            tell("Saved")

    st.subheader("What agents may apply without you")
    st.caption(
        "Proposals of agents wait for a decision. Here you may let some of them be applied as soon as they are made, "
        "in the name of who started the run; they land in the trail and can be undone like any other decision."
    )
    with st.form(f"policy-{key}"):
        for column, (kind, label) in zip(st.columns(len(KINDS)), KINDS.items(), strict=True):
            now = levels.index(allowed.accept.get(kind, AutoAccept.NOTHING))
            column.selectbox(label, levels, now, format_func=LEVELS.__getitem__, key=f"policy-{kind}-{key}")
        st.form_submit_button("Save", key="save-policy", on_click=save)
