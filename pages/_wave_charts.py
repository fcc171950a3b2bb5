"""The plan in time, its load and risk, what it severs, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core import charts
from platform_core.services import scenarios
from platform_core.services.plans import PlanView

QUIET = {"displayModeBar": False}
SHOWN = 200


def draw_charts(frame: Frame, plan: PlanView) -> None:
    """Draw the plan in time, its load, what it severs, and risk by wave."""
    today = datetime.now(UTC).date()
    st.plotly_chart(
        charts.wave_timeline(plan.waves, today, plan.freezes),
        key="timeline",
        config=QUIET,
        alt="Waves in time with the number of assets, coloured by risk, with freezes as bands",
    )
    st.caption(
        "One bar a wave with its number of assets, from calm green to risky red; grey bands are freezes, the dotted "
        "line is today."
    )
    left, right = st.columns(2)
    with left:
        st.plotly_chart(
            charts.wave_load(plan.waves),
            key="load",
            config=QUIET,
            alt="Effort of each wave against its capacity, with critical assets",
        )
        st.caption("Bars above the dashed line would be over capacity; the red line counts critical assets.")
    with right:
        cell = draw_matrix(plan)
    if cell is not None:
        draw_severed(frame, plan, *cell)
    draw_risk_by_wave(plan)
    if any(wave.done for wave in plan.waves):
        st.plotly_chart(
            charts.burn_up(plan.waves, today), key="burn-up", config=QUIET, alt="Assets planned and migrated over time"
        )
        st.caption(
            "Assets that should have moved by the end of each wave, and those that the inventory says have by today."
        )


def draw_matrix(plan: PlanView) -> tuple[int, int] | None:
    """Draw what is severed between waves and return the pair of waves that was clicked."""
    if not any(map(any, plan.severed)):
        return None
    event = st.plotly_chart(
        charts.severed_matrix(plan.severed),
        key=f"severed-{plan.id}-{plan.version}",
        config=QUIET,
        on_select="rerun",
        selection_mode="points",
        alt="Dependency weight between each pair of waves",
    )
    st.caption("Weight of dependencies cut between waves; the row needs the column. Click a square to see them.")
    return clicked_cell(plan, event["selection"]["points"])


def clicked_cell(plan: PlanView, points: Sequence[Mapping[str, Any]]) -> tuple[int, int] | None:
    """Return the waves (needing, needed) of the selected square."""
    cells = [(i + 1, j + 1) for i, row in enumerate(plan.severed) for j, weight in enumerate(row) if weight > 0]
    places = [point.get("point_index") for point in points]
    return next((cells[place] for place in places if isinstance(place, int) and 0 <= place < len(cells)), None)


def draw_severed(frame: Frame, plan: PlanView, wave: int, other: int) -> None:
    """Draw the dependencies that are cut between two waves, with whom to ask about them."""
    lines = scenarios.severed(frame.work, plan.id, wave, other)
    st.markdown(f"**What wave {wave} needs of wave {other}**: {words.counted(len(lines), 'pair')} of applications")
    st.dataframe(
        pd.DataFrame(
            [(n.source, n.source_owner, n.target, n.target_owner, n.weight) for n in lines[:SHOWN]],
            columns=["Needs", "Its owner", "Needed", "Owner", "Weight"],
        ),
        hide_index=True,
        placeholder=words.DASH,
        key="severed-pairs",
        column_config={"Weight": st.column_config.NumberColumn(format="localized")},
        alt="Dependencies cut between two waves, with owners",
    )


def draw_risk_by_wave(plan: PlanView) -> None:
    """Draw risk by wave: mean weighted by load, maximum, and critical assets."""
    with st.expander("Risk by wave", icon=":material/speed:", key="risk-by-wave", on_change="rerun") as opened:
        if not opened.open:
            return
        table = pd.DataFrame(
            {
                "Wave": [wave.number for wave in plan.waves],
                "Starts": [wave.starts_on for wave in plan.waves],
                "Ends": [wave.ends_on for wave in plan.waves],
                "Mean risk by load": [words.points(wave.risk) for wave in plan.waves],
                "Highest risk": [words.points(wave.highest_risk) for wave in plan.waves],
                "Critical assets": [wave.critical for wave in plan.waves],
                "Effort points": [wave.load for wave in plan.waves],
                "Migrated": [wave.done for wave in plan.waves],
            }
        )
        st.dataframe(
            table,
            hide_index=True,
            placeholder=words.DASH,
            column_config={
                "Mean risk by load": st.column_config.NumberColumn(format="%d%%"),
                "Highest risk": st.column_config.NumberColumn(format="%d%%"),
                "Effort points": st.column_config.NumberColumn(format="%.1f"),
            },
            alt="Risk of each wave: mean weighted by load, highest, critical assets",
        )
