"""How good suggestions are: right over time, and whether confidence keeps its promise."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core import charts
from platform_core.services import accuracy


def draw_accuracy(frame: Frame) -> None:
    """Draw suggestions against decisions, import by import and by confidence."""
    imports = accuracy.over_time(frame.work, frame.migration.id)
    before = accuracy.shipped()
    if not imports:
        st.caption(
            f"No decision yet. Before shipping, on {before.columns:,} labelled columns of tools the mapper had "
            f"not seen, {words.percent(before.precision)} of the fields it gave were right."
        )
        return
    bins = accuracy.reliability(frame.work, frame.migration.id)
    left, right = st.columns(2)
    with left:
        st.plotly_chart(
            charts.accuracy([(each.number, each.share, each.decided) for each in imports]),
            key="accuracy",
            config={"displayModeBar": False},
            alt="Share of suggestions that people left as they were, import by import",
        )
        st.caption("Of the columns somebody decided about, how many had been suggested right.")
    with right:
        st.plotly_chart(
            charts.reliability([(each.promised, each.kept, each.count) for each in bins]),
            key="reliability",
            config={"displayModeBar": False},
            alt="Confidence of suggestions against the share that was right",
        )
        off = f"; before shipping it was {before.calibration_error:.1%} off" if before.calibration_error else ""
        st.caption(f"On the dotted line, confidence means what it says. Larger points stand for more columns{off}.")
