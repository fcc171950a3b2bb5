"""The policy: what the migration is to achieve and how evidence weighs, what a change would turn, and its versions."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._policy_draft import PolicyDraft, draft
from pages._policy_numbers import WEIGHTS, draw_bounds, draw_weights
from pages._telling import tell, telling
from platform_core.charts import strategy_label
from platform_core.domain.strategy import PolicyChange
from platform_core.services import policies, policy_editor
from platform_core.services.policies import PolicyEffect, PolicyVersion
from platform_core.services.policy_editor import FOLDED

SHOWN = 100


def draw_policy(frame: Frame) -> None:
    """Draw every number of the policy; nothing counts before it is applied, and what would flip is listed first."""
    now = policies.current(frame.work, frame.migration.id)
    kept = draft(frame.migration.id, now, WEIGHTS)
    st.caption(
        f"{_told(now)} 1 = does not matter, 5 = matters most. Nothing counts before it is applied; until then it is "
        "kept as a draft in this browser tab."
    )
    if kept.told:
        st.info(kept.told, icon=":material/sync:")
    wanted = draw_goals(kept)
    wanted = draw_offered(wanted, kept)
    with telling():
        edited = policy_editor.editable(kept.begun)
        wanted = draw_weights(wanted, edited, kept.key)
        kept.wanted = draw_bounds(wanted, edited, kept.key)
    if kept.differs:
        draw_change(frame, now, kept.wanted, kept)
    draw_versions(frame, now)


def draw_goals(kept: PolicyDraft) -> PolicyChange:
    """Draw a slider for each goal."""
    columns, begun = st.columns(2), kept.begun
    goals = {
        key: columns[place % 2].slider(title, 1, 5, begun.goals.get(key, 3), key=f"goal-{key}-{kept.key}")
        for place, (key, title) in enumerate(policies.goals().items())
    }
    if goals == {key: begun.goals.get(key, 3) for key in goals}:
        return begun
    as_shipped = goals == {key: kept.of.change.goals.get(key, 3) for key in goals}
    return begun.model_copy(update={"goals": kept.of.change.goals if as_shipped else goals})


def draw_offered(wanted: PolicyChange, kept: PolicyDraft) -> PolicyChange:
    """Draw which of the finer strategies are recommended in their own right."""
    offered = [one for one in policy_editor.editable(kept.begun).offered if one in FOLDED]
    chosen = st.pills(
        "Recommended in their own right",
        list(FOLDED),
        default=offered,
        selection_mode="multi",
        format_func=lambda one: f"{strategy_label(one)} (else {strategy_label(FOLDED[one]).lower()})",
        key=f"offered-{kept.key}",
    )
    return wanted if set(chosen) == set(offered) else policy_editor.with_offered(wanted, chosen)


def draw_change(frame: Frame, now: PolicyVersion, wanted: PolicyChange, kept: PolicyDraft | None = None) -> None:
    """Draw what a change would turn, and the ways to apply it or, where it is a draft, to let go of it."""
    with telling():
        draw_effect(policies.preview(frame.work, frame.migration.id, wanted))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Reason", max_chars=1_000, key=f"policy-reason-{now.number}")
        if st.button("Apply policy", key="apply-policy", type="primary", disabled=not reason.strip()):
            apply(frame, now, wanted, reason)
        if kept is not None:
            st.button("Discard changes", key="discard-policy", on_click=kept.discard)


def apply(frame: Frame, now: PolicyVersion, wanted: PolicyChange, reason: str) -> None:
    """Make a change count and say what came of it."""
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


def draw_versions(frame: Frame, now: PolicyVersion) -> None:
    """Draw every version; a former one can be made to count again."""
    every = policies.versions(frame.work, frame.migration.id)
    if len(every) < 2:
        return
    st.subheader("Versions", anchor=False)
    table = {
        "Version": [version.number for version in every],
        "When": [words.clock(version.at) if version.at else words.DASH for version in every],
        "By": [version.by or "shipped" for version in every],
        "Reason": [version.reason or words.DASH for version in every],
        "Turned": [version.flips if version.number else None for version in every],
    }
    event = st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        key="policy-versions",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Turned": st.column_config.NumberColumn("Turned (recommendations)", format="localized")},
        alt="Versions of the policy with author, reason and the recommendations each turned",
    )
    chosen = [every[row] for row in event.selection.rows if row < len(every)]
    if chosen and chosen[0].change != now.change:
        draw_change(frame, now, chosen[0].change)


def _told(now: PolicyVersion) -> str:
    if not now.number:
        return "The shipped policy counts: every goal matters equally."
    return f"Version {now.number} by {words.plain(now.by)}: {words.plain(now.reason)}."
