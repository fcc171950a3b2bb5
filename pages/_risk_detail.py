"""What makes up one application's risk and effort, the facts behind it, and its entry of the register."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._feedback import rate
from pages._frame import Frame
from pages._proposals_here import draw_proposals_on
from pages._register import draw_register_entry
from pages._strategy_argument import draw_facts
from platform_core.services.risks import ApplicationRisk


def draw_risk_detail(frame: Frame, risk: ApplicationRisk) -> None:
    """Draw drivers, what would lower them, facts, and the form of the register."""
    with st.container(border=True, key="risk-detail"):
        st.subheader(words.plain(risk.name), anchor=False)
        draw_proposals_on(frame, "risk", risk.subject_key)
        left, right = st.columns([3, 2])
        with left:
            draw_drivers(risk)
        with right:
            draw_relief(risk)
        draw_facts(risk.facts)
        draw_register_entry(frame, risk)
        rate(frame, "dependencies", risk.name)


def draw_drivers(risk: ApplicationRisk) -> None:
    """Draw the drivers that make up the risk and the factors that make up the effort."""
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
    st.caption(
        f"Each axis is 1 plus its points, rounded, from 1 to 5: likelihood {risk.likelihood} × impact {risk.impact} = "
        f"{risk.score}. Effort {risk.effort_points:,.1f} points ({risk.effort_tier}) = {words.plain(factors)}."
    )


def draw_relief(risk: ApplicationRisk) -> None:
    """Draw what would lower the risk, and what is not known."""
    st.markdown("**What would lower it**")
    for mitigation in risk.mitigations:
        st.caption(f":material/shield: {words.plain(mitigation.text)}")
    if risk.unknown:
        st.caption(f"Could not be judged for want of facts: {words.plain(', '.join(risk.unknown))}.")
