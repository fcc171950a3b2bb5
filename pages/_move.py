"""Moving an application by hand: choose a wave, see what it breaks, then move."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._feedback import rate
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.services import plans
from platform_core.services.plans import Consequence, PlanView


def draw_move(frame: Frame, plan: PlanView) -> None:
    """Draw the choice of an application, why it is where it is, and the move with its consequence."""
    st.subheader("Move an application")
    wave_of = dict(plans.applications(frame.work, plan.id))
    application = st.selectbox(
        "Application",
        list(wave_of),
        index=None,
        placeholder="Choose an application",
        key=f"move-application-{plan.id}",
    )
    if application is None:
        st.caption("Choose one to see in which waves it fits, and what moving it would break.")
        return
    options = plans.options(frame.work, plan.id, application)
    left, right = st.columns([3, 2])
    with left:
        st.dataframe(
            pd.DataFrame(
                {
                    "Wave": [option.wave for option in options],
                    "Here": ["now" if option.wave == wave_of[application] else "" for option in options],
                    "Forbidden by": [option.forbidden_by or words.DASH for option in options],
                    "Severed weight": [option.cut_change for option in options],
                }
            ),
            hide_index=True,
            column_config={"Severed weight": st.column_config.NumberColumn(format="%+.0f")},
            alt="For each wave, the first rule that forbids it or the change in severed weight",
        )
        st.caption("Why here: the first rule that forbids a wave, or how much more (+) or less (-) would be severed.")
    with right:
        wave = st.selectbox("Move to", [option.wave for option in options], format_func=lambda w: f"Wave {w}")
        outcome = plans.consequence(frame.work, plan.id, application, wave)
        draw_consequence(outcome)

        def move() -> None:
            with telling():
                plans.move(frame.work, plan.id, application, wave, frame.by, seen_version=plan.version)
                tell(f"Moved {application} to wave {wave}")

        st.button(
            f"Move to wave {wave}", on_click=move, key="move", disabled=wave == wave_of[application], type="secondary"
        )
        rate(frame, "waves", application)


def draw_consequence(outcome: Consequence) -> None:
    """Draw what the move would mean."""
    if outcome.travels_with:
        st.caption(f"Travels with {words.plain(', '.join(outcome.travels_with[:8]))}.")
    st.caption(f"Severed share {words.percent(outcome.cut_share_before)} → {words.percent(outcome.cut_share_after)}.")
    if outcome.broken:
        for violation in outcome.broken[:6]:
            st.caption(f":material/warning: {words.plain(violation.text)}")
    else:
        st.caption(":material/check: Breaks no rule.")
