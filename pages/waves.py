"""The page at /waves: what moves when, under which rules, at what price; move an application and see what it breaks."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from pages import _words as words
from pages._frame import empty_state, open_page
from pages._move import draw_move
from pages._placements import draw_left_out, draw_placements
from pages._plan_rules import draw_rules, plan_now
from pages._proposals_here import draw_proposals_here
from platform_core import charts
from platform_core.services import inventories, plans
from platform_core.services.plans import PlanView


def draw_quality(plan: PlanView) -> None:
    """Draw the honest quality line, the rules that were broken by hand, and whether the plan is out of date."""
    if plan.stale:
        st.warning(
            "The inventory or a strategy changed since this plan was made. Plan again to take that in.",
            icon=":material/update:",
        )
    for conflict in plan.conflicts:
        minimal = "" if conflict.proven_minimal else " (this set may not be the smallest)"
        rules = "".join(f"\n- {words.plain(rule)}" for rule in conflict.rules)
        st.error(f"These rules cannot all hold{minimal}:{rules}", icon=":material/rule:")
    if plan.metrics is None:
        return
    metrics = plan.metrics
    line = [f"{words.counted(len(plan.violations), 'rule')} broken"]
    line.append(f"severs {words.percent(metrics.cut_share)} of dependency weight")
    if metrics.first_fit_cut_share is not None:
        line.append(f"first-fit by hand {words.percent(metrics.first_fit_cut_share)}")
    if metrics.lower_bound_share is not None:
        line.append(f"at least {words.percent(metrics.lower_bound_share)} whatever the plan")
    st.markdown(f"**{' · '.join(line)}**")
    for violation in plan.violations[:10]:
        st.caption(f":material/warning: {words.plain(violation.text)}")


def draw_charts(plan: PlanView) -> None:
    """Draw the plan in time, its load, and what it severs."""
    st.plotly_chart(
        charts.wave_timeline(plan.waves, datetime.now(UTC).date()),
        key="timeline",
        config={"displayModeBar": False},
        alt="Waves in time with the number of assets",
    )
    st.caption("One bar a wave with its number of assets; dates follow the start and the length set in the rules.")
    left, right = st.columns(2)
    with left:
        st.plotly_chart(
            charts.wave_load(plan.waves),
            key="load",
            config={"displayModeBar": False},
            alt="Effort of each wave against its capacity, with critical assets",
        )
        st.caption("Bars above the dashed line would be over capacity; the red line counts critical assets.")
    with right:
        if any(map(any, plan.severed)):
            st.plotly_chart(
                charts.severed_matrix(plan.severed),
                key="severed",
                config={"displayModeBar": False},
                alt="Dependency weight between each pair of waves",
            )
            st.caption("Weight of dependencies cut between waves; the row needs the column.")


frame = open_page("waves")
scenarios = plans.listed(frame.work, frame.migration.id)
if not scenarios and not inventories.kinds(frame.work, frame.migration.id):
    empty_state("There is nothing to plan yet: the inventory is empty.", action="Review mappings", to="mapping")
elif not scenarios:
    with st.container(border=True, horizontal_alignment="center", key="empty-state"):
        st.markdown(
            "There is no plan yet. The first one uses rules that fit your portfolio: waves with room to spare and a "
            "small pilot of what is easy. You can change every rule afterwards.",
            text_alignment="center",
        )
        if st.button("Plan the waves", type="primary", key="first-plan", icon=":material/view_timeline:"):
            plan_now(frame, None)
else:
    plan = plans.view(frame.work, scenarios[0][0])
    draw_quality(plan)
    if plan.waves:
        draw_charts(plan)
    draw_rules(frame, plan)
    draw_proposals_here(frame, "wave", plan_id=plan.id)
    if plan.waves:
        st.subheader("Applications and machines")
        draw_placements(frame, plan)
        draw_move(frame, plan)
    draw_left_out(plan)
