"""What effort points took in work that is finished: three pieces are enough to take the place of supplied days."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.register import Actual
from platform_core.services import costs

LEAST = 3


def draw_finished_work(frame: Frame) -> None:
    """Draw the finished work, what an effort point took by it, and the form for another piece."""
    done = costs.finished(frame.work, frame.migration.id)
    learned = costs.calibration(frame.work, frame.migration.id)
    with st.expander(f"Finished work ({len(done)})", icon=":material/task_alt:"):
        if learned is None:
            st.caption(f"With {LEAST} finished pieces of work, what they took counts instead of the days supplied.")
        else:
            st.caption(
                f"An effort point took {learned.days_per_point:.2f} days, {learned.low:.2f} to {learned.high:.2f} "
                f"in nine of ten draws from {learned.count} pieces of work; this counts instead of the days supplied."
            )
        if done:
            rows = [(one.name, one.points, one.days) for one in done]
            columns = ["Work", "Effort points", "Days"]
            st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, alt="Finished work with points and days")
        draw_form(frame)


def draw_form(frame: Frame) -> None:
    """Draw the form for another piece of finished work."""
    with st.form("finish-work", clear_on_submit=True, border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input("Work", max_chars=200, placeholder="Wave 1", key="finished-name")
            points = st.number_input("Effort points estimated", min_value=0.0, key="finished-points", width=180)
            days = st.number_input("Days it took", min_value=0.0, key="finished-days", width=160)
            sent = st.form_submit_button("Record", key="finished-send")
        if sent and name.strip():
            with telling():
                actual = Actual(name=name.strip(), points=points, days=days)
                found = costs.finish_work(frame.work, frame.migration.id, actual, frame.by)
                tell(f"{words.counted(found.count, 'piece')} of work count" if found else f"{name.strip()} recorded")
            st.rerun()
