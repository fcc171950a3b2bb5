"""How agents work here: on which model or alone, why, what to change, and what may leave this machine."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core.services import agent_activity, setup
from platform_core.services.agent_activity import Mode


def draw_mode(frame: Frame) -> None:
    """Draw a calm line: the model that is asked, or why none is and what would change that; then what may leave."""
    mode = agent_activity.mode(frame.work, frame.migration.id)
    if not mode.endpoint:
        why = mode.degraded
        hint = "Whoever runs this workbench can change that." if setup.is_shared(frame.store) else why and why.hint
        reason = words.plain(f"{why.text} {hint}") if why else ""
        st.caption(f":material/memory: The agents answer from their engines alone, completely. {reason}")
    elif mode.degraded is not None:
        text = f"{mode.model} at {mode.endpoint} does not help at the moment: {mode.degraded.text}"
        st.warning(words.plain(f"{text} {mode.degraded.hint}"), icon=":material/cloud_off:")
    else:
        st.caption(f":material/smart_toy: Agents ask {words.plain(mode.model)} at {words.plain(mode.endpoint)}.")
    draw_privacy(mode)


def draw_privacy(mode: Mode) -> None:
    """Draw what may leave this machine, once somebody opens it; with nothing set, nothing does."""
    if not mode.endpoint:
        st.caption(":material/lock: Nothing leaves this machine: without a key or an address no request is ever sent.")
        return
    if not mode.leaves_machine:
        st.caption(":material/lock: Nothing leaves this machine: the model runs on it.")
        return
    with st.expander(
        "What may leave this machine", icon=":material/lock_open:", key="privacy", on_change="rerun"
    ) as box:
        if not box.open:
            return
        st.markdown(
            "Headers, what values look like, and the cells of the columns and facts below. Names of hosts, addresses "
            "and people are replaced by pseudonyms that only this installation can undo; everything else stays. "
            "Every request is shown word for word before the start of a run (Ask an agent)."
        )
        st.caption(words.plain(", ".join(mode.shared)) or "No column: only headers and what values look like.")
        st.caption("LLM\\_SHARED\\_COLUMNS adds columns; data/agents/shareable.csv lists those that are shipped.")
