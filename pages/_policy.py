"""The policy drawer: what the migration is to achieve, and which recommendations another weighting would change."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.charts import strategy_label
from platform_core.services import policies
from platform_core.services.policies import PolicyEffect, PolicyVersion

SHOWN = 100


def draw_policy(frame: Frame) -> None:
    """Draw a slider for each goal; nothing counts before it is applied, and its flips are listed first."""
    now = policies.current(frame.work, frame.migration.id)
    with st.expander("Goals of this migration", icon=":material/tune:"):
        st.caption(_told(now))
        goals = {
            key: st.slider(title, 1, 5, now.change.goals.get(key, 3), key=f"goal-{key}-{now.number}")
            for key, title in policies.goals().items()
        }
        if goals == {key: now.change.goals.get(key, 3) for key in goals}:
            return
        wanted = now.change.model_copy(update={"goals": goals})
        draw_effect(policies.preview(frame.work, frame.migration.id, wanted))
        reason = st.text_input("Reason", max_chars=1_000, key=f"policy-reason-{now.number}")
        if st.button("Apply goals", key="apply-policy", disabled=not reason.strip()):
            with telling():
                made = policies.apply(frame.work, frame.migration.id, wanted, reason, frame.by, seen_number=now.number)
                changed = words.counted(made.flips, "recommendation changed", "recommendations changed")
                tell(f"Policy version {made.number}: {changed}")
            st.rerun()


def draw_effect(effect: PolicyEffect) -> None:
    """Draw which recommendations would change."""
    st.markdown(f"**{words.counted(len(effect.flips), 'recommendation', 'recommendations')} would change.**")
    if effect.flips:
        shown = effect.flips[:SHOWN]
        table = {
            "Application or machine": [flip.name for flip in shown],
            "Now": [strategy_label(flip.before) for flip in shown],
            "Then": [strategy_label(flip.after) for flip in shown],
            "Overridden": ["yes, the override stays" if flip.overridden else "no" for flip in shown],
        }
        st.dataframe(pd.DataFrame(table), hide_index=True, key="flips", alt="Recommendations that would change")


def _told(now: PolicyVersion) -> str:
    if not now.number:
        return "The shipped policy counts: every goal matters equally."
    return f"Version {now.number} by {words.plain(now.by)}: {words.plain(now.reason)}"
