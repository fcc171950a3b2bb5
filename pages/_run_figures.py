"""Figures over runs and agents: how long, how often to a good end, at what price."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._tables import percent_number
from platform_core.monitor import AgentFigures, RunFigures
from platform_core.services import agent_activity

PERIODS = {7: "Last 7 days", 30: "Last 30 days", 3650: "Always"}


def draw_figures(frame: Frame) -> None:
    """Draw the figures, once somebody opens them."""
    with st.expander(
        "Durations, success and cost", icon=":material/query_stats:", key="figures", on_change="rerun"
    ) as box:
        if not box.open:
            return
        days = st.selectbox("Period", list(PERIODS), 1, format_func=lambda period: PERIODS[period], key="period")
        figures = agent_activity.figures(frame.store, frame.migration.id, days=days)
        if not figures.runs and not figures.agents:
            st.caption("Nothing ended in this time.")
        if figures.runs:
            draw_run_figures(figures.runs)
        if figures.agents:
            draw_agent_figures(figures.agents)


def draw_run_figures(figures: tuple[RunFigures, ...]) -> None:
    """Draw one line a kind of run."""
    table = pd.DataFrame(
        {
            "What": [each.kind.capitalize() for each in figures],
            "Ended": [each.ends.total for each in figures],
            "Completed": [each.ends.completed for each in figures],
            "Failed": [each.ends.failed for each in figures],
            "Cancelled": [each.ends.cancelled for each in figures],
            "Lost": [each.ends.lost for each in figures],
            "Success": [words.points(each.ends.success_rate) for each in figures],
            "Median (s)": [each.took.p50 for each in figures],
            "95 of 100 (s)": [each.took.p95 for each in figures],
            "Longest (s)": [each.took.longest for each in figures],
            "Waited, 95 of 100 (s)": [each.waited.p95 for each in figures],
        }
    )
    _draw(table, "Runs by kind with durations and success")
    st.caption(
        "Durations are of completed runs: the middle one, what 95 of 100 stay below, and the longest. Success leaves "
        "out what somebody cancelled."
    )


def draw_agent_figures(figures: tuple[AgentFigures, ...]) -> None:
    """Draw one line an agent."""
    table = pd.DataFrame(
        {
            "Agent": [words.agent(each.agent) for each in figures],
            "Tasks": [each.ends.total for each in figures],
            "Success": [words.points(each.ends.success_rate) for each in figures],
            "Median (s)": [each.took.p50 for each in figures],
            "95 of 100 (s)": [each.took.p95 for each in figures],
            "Requests": [each.spent.requests for each in figures],
            "From cache": [each.spent.from_cache for each in figures],
            "Tokens": [each.spent.tokens for each in figures],
            "Cost": [each.spent.cost for each in figures],
            "Accepted": [each.decisions.accepted for each in figures],
            "Rejected": [each.decisions.rejected for each in figures],
            "Helped": [each.decisions.helped for each in figures],
            "Harmed": [each.decisions.harmed for each in figures],
        }
    )
    _draw(table, "Agents with durations, tokens, cost and what analysts decided")
    st.caption(
        "Helped: accepted where the engine said otherwise. Harmed: accepted, and taken back later. Cost is in the "
        "currency of your prices; a dash where none are set."
    )


def _draw(table: pd.DataFrame, alt: str) -> None:
    seconds = [name for name in table.columns if name.endswith(" s")]
    st.dataframe(
        table,
        hide_index=True,
        placeholder=words.DASH,
        column_config={
            "Success": percent_number(),
            "Tokens": st.column_config.NumberColumn(format="localized"),
            "Cost": st.column_config.NumberColumn(format="%.4f"),
            **{name: st.column_config.NumberColumn(format="%.1f") for name in seconds},
        },
        alt=alt,
    )
