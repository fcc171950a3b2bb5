"""The page at /waves: what moves when, under which rules, at what price; move an application and see what it breaks."""

from __future__ import annotations

import streamlit as st

from pages._board import draw_board
from pages._frame import empty_inventory, open_page
from pages._move import draw_move
from pages._placements import draw_left_out, draw_placements
from pages._plan_quality import draw_foundation, draw_quality
from pages._plan_rules import draw_rules, plan_now
from pages._proposals_here import draw_proposals_here
from pages._scenarios import choose_scenario, draw_comparison
from pages._wave_charts import draw_charts
from platform_core.services import inventories, plans

TABLE, BOARD = "Table", "Board"

frame = open_page("waves")
scenarios = plans.listed(frame.work, frame.migration.id)
if not scenarios and not inventories.kinds(frame.work, frame.migration.id):
    empty_inventory(frame, "There is nothing to plan yet: the inventory is empty.")
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
    plan = plans.view(frame.work, choose_scenario(scenarios))
    draw_quality(frame, plan)
    if plan.waves:
        draw_charts(frame, plan)
        draw_foundation(plan)
    draw_rules(frame, plan)
    draw_proposals_here(frame, "wave", plan_id=plan.id)
    draw_comparison(frame, plan, scenarios)
    if plan.waves:
        st.subheader("What moves when", anchor=False)
        view = st.segmented_control(
            "View",
            [TABLE, BOARD],
            default=TABLE,
            key="view",
            required=True,
            bind="query-params",
            label_visibility="collapsed",
        )
        if view == BOARD:
            draw_board(frame, plan)
        else:
            draw_placements(frame, plan)
        draw_move(frame, plan)
    draw_left_out(plan)
