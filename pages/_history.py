"""What happened to one application: recommendations, overrides, answers, its risk."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core.charts import strategy_label
from platform_core.services import chronicle


def draw_history(frame: Frame, subject_key: str) -> None:
    """Draw the events of an application, newest first."""
    events = chronicle.of_application(frame.work, frame.migration.id, subject_key)
    with st.expander(f"History ({len(events)})", icon=":material/history:"):
        if not events:
            st.caption("Nothing changed since it was first assessed.")
            return
        rows = [
            {
                "When": words.clock(event.at),
                "What": event.kind.capitalize(),
                "Before": strategy_label(event.before) if event.before or event.after else words.DASH,
                "After": strategy_label(event.after) if event.before or event.after else words.DASH,
                "By": event.author,
                "Why": event.text,
            }
            for event in events
        ]
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            key="history",
            alt="What happened to this application",
        )
