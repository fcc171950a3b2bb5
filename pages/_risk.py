"""The risk tab: the matrix, the register of a cell, the drivers of one application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._feedback import rate
from pages._frame import Frame
from pages._register import draw_register_entry
from platform_core import charts
from platform_core.services import risks
from platform_core.services.risks import ApplicationRisk


def draw_risk(frame: Frame) -> None:
    """Draw the matrix beside the register; a click on a cell lists it."""
    left, right = st.columns([1, 2])
    with left:
        event = st.plotly_chart(
            charts.risk_matrix(risks.matrix(frame.work, frame.migration.id)),
            key="risk-matrix",
            on_select="rerun",
            selection_mode="points",
            config={"displayModeBar": False},
            alt="Applications by likelihood and impact of their risk",
        )
        st.caption("How many have which likelihood and impact; colour is their product. Click a cell to list it.")
    cell = chosen_cell(event.selection.points)
    with right:
        lines = risks.register(frame.work, frame.migration.id, **cell)
        chosen = draw_register(lines, cell)
    if chosen is not None:
        draw_drivers(frame, chosen)


def chosen_cell(points: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return likelihood and impact of the cell that was clicked; nothing for none."""
    return {"likelihood": int(points[0]["x"]), "impact": int(points[0]["y"])} if points else {}


def draw_register(lines: list[ApplicationRisk], cell: dict[str, int]) -> ApplicationRisk | None:
    """Draw the applications of the chosen cell, or the highest risks, and return the chosen one."""
    where = f"Likelihood {cell['likelihood']}, impact {cell['impact']}" if cell else "The highest risks"
    st.caption(f"{where}: {words.counted(len(lines), 'application or machine', 'applications and machines')}.")
    if not lines:
        return None
    table = pd.DataFrame(
        {
            "Application or machine": [line.name for line in lines],
            "Likelihood": [line.likelihood for line in lines],
            "Impact": [line.impact for line in lines],
            "Risk": [line.score for line in lines],
            "Band": [line.band.capitalize() for line in lines],
            "Effort points": [line.effort_points for line in lines],
            "Size": [line.effort_tier for line in lines],
            "Not known": [len(line.unknown) for line in lines],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="risk-register",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            "Application or machine": st.column_config.TextColumn(width=160),
            "Effort points": st.column_config.NumberColumn(format="%.1f"),
        },
        alt="Applications and machines with likelihood, impact, risk and effort",
    )
    rows = [row for row in event.selection.rows if row < len(lines)]
    return lines[rows[0] if rows else 0]


def draw_drivers(frame: Frame, risk: ApplicationRisk) -> None:
    """Draw what makes up one application's risk and what would lower it."""
    with st.container(border=True, key="risk-detail"):
        st.subheader(words.plain(risk.name), anchor=False)
        left, right = st.columns([3, 2])
        with left:
            rows = [(d.axis.capitalize(), d.text, d.points, d.source) for d in risk.drivers]
            st.dataframe(
                pd.DataFrame(rows, columns=["Raises", "Driver", "Points", "Source"]),
                hide_index=True,
                column_config={
                    "Raises": st.column_config.TextColumn(width=75),
                    "Driver": st.column_config.TextColumn(width=220),
                    "Points": st.column_config.NumberColumn(format="%.1f", width=60),
                },
                alt="Drivers of the risk with their points",
            )
            factors = " × ".join(f"{name} {value:.3g}" for name, value in risk.effort_factors.items())
            st.caption(f"Effort {risk.effort_points:,.1f} points ({risk.effort_tier}) = {words.plain(factors)}.")
        with right:
            st.markdown("**What would lower it**")
            for mitigation in risk.mitigations:
                st.caption(f":material/shield: {words.plain(mitigation.text)}")
            if risk.unknown:
                st.caption(f"Not known: {words.plain(', '.join(name.replace('_', ' ') for name in risk.unknown))}.")
        draw_register_entry(frame, risk)
        rate(frame, "dependencies", risk.name)
