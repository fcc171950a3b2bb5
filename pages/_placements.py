"""Where each application is in a plan, and what is in no wave."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._tables import draw_pages, one_page, share_bar
from platform_core.services import exports, plans
from platform_core.services.plans import Placement, PlanView

PAGE_SIZE, PAGE_KEY = 25, "waves_page"


def draw_placements(frame: Frame, plan: PlanView) -> None:
    """Draw where each application is, a page at a time."""
    first, second = st.columns([2, 1])
    text = first.text_input("Search", placeholder="Application or machine", key="find_placement", bind="query-params")
    wave = second.selectbox(
        "Wave",
        [0, *(wave.number for wave in plan.waves)],
        format_func=lambda number: f"Wave {number}" if number else "Any",
        key="wave",
        bind="query-params",
    )

    def fetch(offset: int) -> tuple[list[Placement], int]:
        return plans.placements(frame.work, plan.id, wave=wave or None, text=text or "", offset=offset, limit=PAGE_SIZE)

    lines, total = one_page(fetch, PAGE_SIZE, PAGE_KEY)
    table = pd.DataFrame(
        {
            "Wave": [line.wave for line in lines],
            "Application or machine": [line.application for line in lines],
            "Travels with": [line.move_group if line.move_group != line.application else words.DASH for line in lines],
            "Assets": [line.assets for line in lines],
            "Effort points": [line.effort for line in lines],
            "Critical": [line.critical for line in lines],
            "Risk": [words.points(line.risk) for line in lines],
            "Placed by": ["analyst" if line.by_hand else "planner" for line in lines],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        key="placements",
        column_config={
            "Wave": st.column_config.NumberColumn(width=60),
            "Effort points": st.column_config.NumberColumn(format="%.1f"),
            "Risk": share_bar(),
        },
        alt="Applications with their wave, effort and risk",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_pages(total, PAGE_SIZE, PAGE_KEY)
        st.caption(f"{total:,} in waves", width="content")
        for label, make, suffix, mime in exports.PLAN_FILES:
            st.download_button(
                f"Download plan ({label})",
                lambda make=make: make(frame.work, plan.id),
                file_name=f"plan.{suffix}",
                mime=mime,
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"download-plan-{suffix}",
            )


def draw_left_out(plan: PlanView) -> None:
    """Draw what is in no wave, and why."""
    if plan.left_out:
        with st.expander(f"In no wave: {len(plan.left_out):,}"):
            rows = sorted(plan.left_out.items())
            st.dataframe(
                pd.DataFrame(rows, columns=["Application or machine", "Why"]), hide_index=True, alt="What is in no wave"
            )
