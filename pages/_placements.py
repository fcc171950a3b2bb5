"""Where each application is in a plan, and what is in no wave."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._tables import draw_pages, one_page, share_bar
from pages._telling import tell, telling
from platform_core.errors import WorkbenchError
from platform_core.services import exports, plan_edits, plans
from platform_core.services.plan_edits import Returned
from platform_core.services.plans import Placement, PlanView

PAGE_SIZE, PAGE_KEY = 25, "waves_page"
SHOWN_NOTES = 12


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
    draw_take_back(frame, plan)


def draw_take_back(frame: Frame, plan: PlanView) -> None:
    """Draw taking a plan back that was edited elsewhere: what changes and breaks is shown before it counts."""
    with st.expander(
        "Take back an edited plan", icon=":material/upload:", key="take-back", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        st.caption("Download the plan, change its wave column in a spreadsheet, and drop the file here.")
        file = st.file_uploader("Edited plan (CSV or Excel)", type=["csv", "xlsx"], key=f"edited-{plan.version}")
        if file is None:
            return
        try:
            back = plan_edits.read_back(frame.work, plan.id, file.name, file.getvalue())
        except WorkbenchError as error:
            st.error(words.plain(str(error)), icon=":material/error:")
            return
        draw_returned(back)
        if back.changes and st.button(f"Take {words.counted(len(back.changes), 'change')}", key="take-changes"):
            with telling():
                plan_edits.take_back(frame.work, plan.id, back.changes, frame.by, seen_version=plan.version)
                tell(f"Took {words.counted(len(back.changes), 'change')} from {file.name}")
            st.rerun()


def draw_returned(back: Returned) -> None:
    """Draw what a returned plan would change, and what it breaks."""
    before, after = words.percent(back.cut_share_before), words.percent(back.cut_share_after)
    st.markdown(f"**{words.counted(len(back.changes), 'application')} would move** · severed share {before} → {after}")
    rows = [(name, back.before[name], wave) for name, wave in sorted(back.changes.items())]
    if rows:
        st.dataframe(
            pd.DataFrame(rows, columns=["Application or machine", "From wave", "To wave"]),
            hide_index=True,
            alt="What the edited plan changes",
        )
    notes = [f"{name} is not in this plan." for name in back.unknown]
    notes += [f"{line}: no wave of this plan." for line in back.unreadable]
    notes += [violation.text for violation in back.broken]
    for note in notes[:SHOWN_NOTES]:
        st.caption(f":material/warning: {words.plain(note)}")
    if len(notes) > SHOWN_NOTES:
        st.caption(f"and {len(notes) - SHOWN_NOTES:,} more")
    if not back.broken:
        st.caption(":material/check: Breaks no rule.")


def draw_left_out(plan: PlanView) -> None:
    """Draw what is in no wave, and why."""
    if plan.left_out:
        with st.expander(f"In no wave: {len(plan.left_out):,}"):
            rows = sorted(plan.left_out.items())
            st.dataframe(
                pd.DataFrame(rows, columns=["Application or machine", "Why"]), hide_index=True, alt="What is in no wave"
            )
