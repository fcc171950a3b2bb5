"""What agents propose, beside what the engines say, to accept or to put aside; nothing is applied unasked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, tell_failure, telling
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

MEANING = {
    RiskChange: "Accepting enters this into the note of the risk register, open for you to complete with owner and "
    "mitigations; likelihood and impact stay as the engine has them.",
    PatternChange: "Accepting keeps this label in the trail; nothing is merged, moved or renamed by it.",
}
"""What accepting does where that is not plain from the change itself."""


def draw_proposals(frame: Frame) -> None:
    """Draw every proposal of the migration that waits for a decision."""
    waiting = proposals.waiting(frame.work, frame.migration.id)
    if waiting:
        st.subheader(f"{words.counted(len(waiting), 'proposal')} to decide on")
        draw_waiting(frame, waiting, key="proposals")


def draw_waiting(frame: Frame, waiting: list[ProposalView], *, key: str) -> None:
    """Draw proposals as a table to select from, what can be done with the chosen ones, and why; `key` names it."""
    table = pd.DataFrame(
        {
            "Agent": [words.agent(view.agent) for view in waiting],
            "About": [view.about for view in waiting],
            "Proposed": [said(view.change) for view in waiting],
            "Engine says": [engine_words(view) for view in waiting],
            "Same": ["yes" if view.agrees else "no" for view in waiting],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        alt="Proposals of agents beside the answers of the engines",
    )
    chosen = [waiting[row] for row in event.selection.rows if row < len(waiting)]
    if not chosen:
        st.caption("Select proposals to see their evidence and to decide; the box above the first column takes all.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Reason (optional)", key=f"{key}-reason")
        if st.button(f"Accept {len(chosen)}", key=f"{key}-accept", type="primary", icon=":material/check:"):
            accept(frame, chosen, reason)
        if st.button(f"Put {len(chosen)} aside", key=f"{key}-reject", icon=":material/close:"):
            put_aside(frame, chosen, reason)
    with st.container(border=True):
        draw_evidence(chosen[-1])


def accept(frame: Frame, chosen: list[ProposalView], reason: str = "") -> None:
    """Accept proposals, say what could not be and why, and draw the page anew."""
    accepted, refused = proposals.accept_all(frame.work, [view.id for view in chosen], frame.by, reason=reason)
    if accepted:
        entered = sum(view.id in accepted and isinstance(view.change, RiskChange) for view in chosen)
        drafts = f"; {words.counted(entered, 'entry', 'entries')} of the risk register to complete" if entered else ""
        tell(f"Accepted {words.counted(len(accepted), 'proposal')}{drafts}")
    for why in dict.fromkeys(refused.values()):
        tell_failure(why)
    st.rerun()


def put_aside(frame: Frame, chosen: list[ProposalView], reason: str = "") -> None:
    """Put proposals aside and draw the page anew."""
    with telling():
        for view in chosen:
            proposals.reject(frame.work, view.id, frame.by, reason=reason, seen_version=view.version)
        tell(f"Put {words.counted(len(chosen), 'proposal')} aside")
    st.rerun()


def draw_evidence(view: ProposalView) -> None:
    """Draw what speaks for a proposal: cells of the data, the checks it passed, and the model's own words as text."""
    about, proposed, engine = words.plain(view.about), words.plain(said(view.change)), words.plain(engine_words(view))
    beside = "as the engine says" if view.agrees else f"the engine says {engine}"
    st.markdown(f":material/smart_toy: **{about}: {proposed}** · {beside} · {words.agent(view.agent)}")
    if type(view.change) in MEANING:
        st.caption(MEANING[type(view.change)])
    if view.rationale:
        st.caption(f"The model's words: {words.plain(view.rationale)}")
    for cited in view.cited:
        st.caption(f":material/format_quote: {words.plain(cited.where)}: {words.plain(cited.text)}")
    if view.checks:
        st.caption(f":material/verified: Checked: {words.plain(', '.join(view.checks))}")


def engine_words(view: ProposalView) -> str:
    """Return the engine's answer in words."""
    return catalogue()[view.engine].label if view.engine in catalogue() else view.engine[:1].upper() + view.engine[1:]


def said(change: Change) -> str:
    """Return a change in words."""
    match change:
        case ColumnChange(field=field) | AliasChange(field=field) | CorrectionChange(field=field):
            return catalogue()[field].label if field else "leave it out"
        case PatternChange(label=label):
            return label.replace("_", " ")
        case StrategyChange(strategy=strategy):
            return strategy_label(strategy)
        case RiskChange(driver=driver, applies=applies):
            return f"{driver.replace('_', ' ')} {'applies' if applies else 'does not apply'}"
        case WaveChange(wave=wave):
            return f"wave {wave}"
