"""What agents propose, beside what the engines say, to accept or to put aside; nothing is applied unasked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.charts import strategy_label
from platform_core.domain.agents import (
    AliasChange,
    Change,
    ColumnChange,
    CorrectionChange,
    PatternChange,
    RiskChange,
    StrategyChange,
    WaveChange,
)
from platform_core.reference import catalogue
from platform_core.services import proposals
from platform_core.services.proposals import ProposalView

NOTED = (PatternChange, RiskChange)
"""Accepting these is recorded; the engines' own figures stay as they are."""


def draw_proposals(frame: Frame) -> None:
    """Draw the proposals that wait for a decision, and the evidence of the chosen one."""
    waiting = proposals.waiting(frame.work, frame.migration.id)
    if not waiting:
        return
    st.subheader(f"{words.counted(len(waiting), 'proposal')} to decide on")
    table = pd.DataFrame(
        {
            "Agent": [view.agent.replace("_", " ").capitalize() for view in waiting],
            "About": [view.item for view in waiting],
            "Proposed": [said(view.change) for view in waiting],
            "Engine says": [view.engine for view in waiting],
            "Same": ["yes" if view.agrees else "no" for view in waiting],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="proposals",
        on_select="rerun",
        selection_mode="multi-row",
        alt="Proposals of agents beside the answers of the engines",
    )
    chosen = [waiting[row] for row in event.selection.rows if row < len(waiting)]
    draw_decision(frame, chosen)
    for view in chosen[-1:]:
        draw_evidence(view)


def draw_decision(frame: Frame, chosen: list[ProposalView]) -> None:
    """Draw what can be done with the chosen proposals."""
    if not chosen:
        st.caption("Select proposals to see their evidence and to decide.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Reason (optional)", key="proposal-reason")
        if st.button(f"Accept {len(chosen)}", key="accept-proposals", type="primary", icon=":material/check:"):
            accepted, refused = proposals.accept_all(frame.work, [v.id for v in chosen], frame.by, reason=reason)
            tell(f"Accepted {words.counted(len(accepted), 'proposal')}")
            for why in dict.fromkeys(refused.values()):
                tell(why, icon=":material/error:")
            st.rerun()
        if st.button(f"Put {len(chosen)} aside", key="reject-proposals", icon=":material/close:"):
            with telling():
                for view in chosen:
                    proposals.reject(frame.work, view.id, frame.by, reason=reason, seen_version=view.version)
                tell(f"Put {words.counted(len(chosen), 'proposal')} aside")
            st.rerun()


def draw_evidence(view: ProposalView) -> None:
    """Draw what speaks for a proposal: cells of the data, the checks it passed, and the model's own words as text."""
    with st.container(border=True):
        st.markdown(f"**{words.plain(view.item)}: {words.plain(said(view.change))}**")
        if isinstance(view.change, NOTED):
            st.caption("Accepting takes note of this; the engine's figures stay as they are.")
        if view.rationale:
            st.caption(f"The model's words: {words.plain(view.rationale)}")
        for cited in view.cited:
            st.caption(f":material/format_quote: {words.plain(cited.where)}: {words.plain(cited.text)}")
        for check in view.checks:
            st.caption(f":material/check: {words.plain(check)}")


def said(change: Change) -> str:
    """Return a change in words."""
    match change:
        case ColumnChange(field=field) | AliasChange(field=field) | CorrectionChange(field=field):
            return catalogue()[field].label if field else "leave it out"
        case PatternChange(label=label):
            return label
        case StrategyChange(strategy=strategy):
            return strategy_label(strategy)
        case RiskChange(driver=driver, applies=applies):
            return f"{driver} {'applies' if applies else 'does not apply'}"
        case WaveChange(wave=wave):
            return f"wave {wave}"
