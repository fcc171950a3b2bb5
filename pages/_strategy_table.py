"""The table of applications with their strategies: its filters, its rows, and what is selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._tables import draw_pages, one_page, percent_number, share_bar
from platform_core.charts import STRATEGY_ORDER, strategy_label
from platform_core.services import exports, strategies
from platform_core.services.strategies import ApplicationStrategy, Distribution, Doubt

PAGE_SIZE, PAGE_KEY = 25, "strategy_page"
ORDERS = {"name": "Name", "confidence": "Least sure first", "margin": "Closest call first", "assets": "Largest first"}


class Wanted(TypedDict):
    """Which applications are listed, as the services take it."""

    text: str
    strategy: str
    only: Doubt | None
    subjects: Sequence[str] | None


def only_strategy() -> None:
    """List the strategy whose part of the bar was clicked."""
    points = st.session_state["mix"]["selection"]["points"]
    if points:
        st.session_state["strategy"] = points[0]["customdata"]


def draw_filters(mix: Distribution, caught: Sequence[str] | None) -> Wanted:
    """Draw search and filters; `caught` are those selected in the picture (None = no selection)."""
    first, second, third = st.columns([2, 1, 1])
    text = first.text_input("Search", placeholder="Application or machine", key="find_application", bind="query-params")
    strategy = second.selectbox(
        "Strategy",
        ["", *STRATEGY_ORDER],
        format_func=lambda s: strategy_label(s) if s else "Any",
        key="strategy",
        bind="query-params",
    )
    third.selectbox("Order", list(ORDERS), format_func=ORDERS.__getitem__, key="order", bind="query-params")
    labels = {
        Doubt.NEEDS_DATA: f"Needs data {mix.needs_data:,}",
        Doubt.NOISE: f"Within the noise {mix.within_noise:,}",
        Doubt.OVERRIDDEN: f"Overridden {mix.overridden:,}",
    }
    only = st.pills(
        "Only",
        list(Doubt),
        format_func=labels.__getitem__,
        key="only",
        bind="query-params",
        label_visibility="collapsed",
    )
    if caught is not None:
        st.caption(f"Selected in the picture: {words.counted(len(caught), 'application or machine', 'applications')}.")
    return Wanted(text=text or "", strategy=strategy or "", only=only, subjects=caught)


def draw_table(frame: Frame, wanted: Wanted) -> list[str]:
    """Draw one page of applications and return the keys of the chosen ones."""

    def fetch(offset: int) -> tuple[list[ApplicationStrategy], int]:
        order = st.session_state.get("order", "name")
        return strategies.page(frame.work, frame.migration.id, **wanted, order=order, offset=offset, limit=PAGE_SIZE)

    lines, total = one_page(fetch, PAGE_SIZE, PAGE_KEY)
    event = st.dataframe(
        table_of(lines),
        hide_index=True,
        key="applications",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Confidence": share_bar(),
            "Margin": percent_number(),
            "Drivers": st.column_config.ListColumn(),
        },
        alt="Applications with their strategy, runner-up, margin and confidence",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_pages(total, PAGE_SIZE, PAGE_KEY)
        st.caption(f"{total:,} listed", width="content")
        draw_files(frame)
    chosen = [lines[row].subject_key for row in event.selection.rows if row < len(lines)]
    named = st.query_params.get("application")
    return chosen or ([named] if named else [])


def draw_files(frame: Frame) -> None:
    """Draw the ways to take all recommendations along."""
    for label, make, suffix, mime in exports.STRATEGY_FILES:
        st.download_button(
            label,
            lambda make=make: make(frame.work, frame.migration.id),
            file_name=f"strategy.{suffix}",
            mime=mime,
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def table_of(lines: list[ApplicationStrategy]) -> pd.DataFrame:
    """Return the table's rows."""
    return pd.DataFrame(
        {
            "Application or machine": [line.name for line in lines],
            "Strategy": [strategy_label(line.decided) for line in lines],
            "Runner-up": [strategy_label(line.runner_up) if line.runner_up else words.DASH for line in lines],
            "Margin": [words.points(line.margin) for line in lines],
            "Confidence": [words.points(line.confidence) for line in lines],
            "By": ["analyst" if line.overridden else "rules" for line in lines],
            "Criticality": [line.criticality or words.DASH for line in lines],
            "Assets": [line.assets for line in lines],
            "Drivers": [list(line.drivers) for line in lines],
        }
    )
