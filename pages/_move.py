"""Moving an application by hand: choose a wave, see what it breaks, then move."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._feedback import rate
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.services import plan_edits, plans
from platform_core.services.plans import Consequence, PlanView


def draw_move(frame: Frame, plan: PlanView) -> None:
    """Draw the choice of an application, why it is where it is, and the move with its consequence."""
    st.subheader("Move to another wave")
    wave_of = dict(plans.applications(frame.work, plan.id))
    application = st.selectbox(
        "Application or machine",
        list(wave_of),
        index=None,
        placeholder="Choose one",
        key=f"move-application-{plan.id}",
    )
    if application is None:
        st.caption("See in which waves it fits, and what moving it would break.")
        return
    options = plans.options(frame.work, plan.id, application)
    left, right = st.columns([2, 1])
    with left:
        st.dataframe(
            pd.DataFrame(
                {
                    "Wave": [option.wave for option in options],
                    "Here": ["now" if option.wave == wave_of[application] else "" for option in options],
                    "Forbidden by": [" ".join(option.forbidden_by) or words.DASH for option in options],
                    "Severed weight": [option.cut_change for option in options],
                }
            ),
            hide_index=True,
            placeholder=words.DASH,
            column_config={
                "Wave": st.column_config.NumberColumn(width=55),
                "Here": st.column_config.TextColumn(width=55),
                "Forbidden by": st.column_config.TextColumn(width=365),
                "Severed weight": st.column_config.NumberColumn(format="%+.0f", width=105),
            },
            alt="For each wave, the rules that forbid it or the change in severed weight",
        )
        st.caption("Why here: the rules that forbid a wave, or how much more (+) or less (-) would be severed.")
    with right:
        numbers = [option.wave for option in options]
        here = numbers.index(wave_of[application])
        wave = st.selectbox("Move to", numbers, here, format_func=lambda w: f"Wave {w}", key=f"to-{application}")
        outcome = plans.consequence(frame.work, plan.id, application, wave)
        draw_consequence(outcome)

        def move() -> None:
            with telling():
                plans.move(frame.work, plan.id, application, wave, frame.by, seen_version=plan.version)
                tell(f"Moved {application} to wave {wave}")

        st.button(
            f"Move to wave {wave}", on_click=move, key="move", disabled=wave == wave_of[application], type="secondary"
        )

        def pin() -> None:
            with telling():
                plan_edits.pin(frame.work, plan.id, application, frame.by, seen_version=plan.version)
                tell(f"Unpinned {application}" if pinned else f"Pinned {application} to wave {wave_of[application]}")

        pinned = any(pin.application == application for pin in plan.rules.pins)
        label = "Take the pin away" if pinned else f"Pin to wave {wave_of[application]}"
        st.button(label, on_click=pin, key="pin", icon=":material/push_pin:", type="tertiary")
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
