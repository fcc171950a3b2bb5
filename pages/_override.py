"""The form that puts the analyst's strategy in place of the engine's."""

from __future__ import annotations

import streamlit as st

from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.charts import strategy_label
from platform_core.domain.strategy import Strategy
from platform_core.services import strategies
from platform_core.services.strategies import StrategyArgument

ENGINE = ""


def draw_override(frame: Frame, argument: StrategyArgument) -> None:
    """Draw the form that puts the analyst's strategy in place of the engine's.

    What is sent is measured against the version that was drawn: a colleague who was faster is not overwritten.
    """
    line = argument.line
    key = f"{line.subject_key}-{argument.version}"

    def send() -> None:
        chosen, reason = st.session_state[f"strategy-{key}"], st.session_state[f"reason-{key}"]
        with telling():
            strategies.override(
                frame.work,
                frame.migration.id,
                line.subject_key,
                Strategy(chosen) if chosen else None,
                reason,
                frame.by,
                seen_version=argument.version,
            )
            tell(f"{line.name}: {strategy_label(chosen or line.engine)}")

    with st.form(f"override-{key}", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            current = line.decided if line.overridden else ENGINE
            st.selectbox(
                "Strategy that counts",
                [ENGINE, *Strategy],
                index=[ENGINE, *Strategy].index(current or ENGINE),
                format_func=lambda s: strategy_label(s) if s else f"{strategy_label(line.engine)} (rules)",
                key=f"strategy-{key}",
                width=240,
            )
            st.text_input("Reason", argument.override_reason or "", max_chars=1_000, key=f"reason-{key}")
            st.form_submit_button("Override", key="override", on_click=send)
