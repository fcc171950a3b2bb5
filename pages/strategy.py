"""The page at /strategy: one recommendation per application, with its reasons, and the analyst's override."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame, empty_state, open_page
from pages._policy import draw_policy
from pages._strategy_argument import draw_argument
from pages._tables import draw_pages, one_page, percent_number, share_bar
from platform_core import charts
from platform_core.charts import STRATEGY_ORDER, strategy_label
from platform_core.services import exports, graphs, strategies
from platform_core.services.strategies import ApplicationStrategy, Distribution

SHOWN_CONTRADICTIONS = 20
PAGE_SIZE, PAGE_KEY = 25, "strategy_page"
ORDERS = {"name": "Name", "confidence": "Least sure first", "margin": "Closest call first", "assets": "Largest first"}


def draw_distribution(mix: Distribution) -> None:
    """Draw how the portfolio splits."""
    st.plotly_chart(
        charts.strategy_bar(mix.applications),
        key="mix",
        config={"displayModeBar": False},
        alt="Applications by strategy",
    )
    st.caption(
        f"{mix.total:,} assessed: applications, and machines that belong to none. "
        f"{words.percent(mix.needs_data / mix.total)} need data, "
        f"{words.percent(mix.within_noise / mix.total)} are within the noise (lead over the runner-up below "
        f"{words.percent(strategies.NOISE_MARGIN)}), {mix.overridden:,} overridden."
    )
    by = st.segmented_control(
        "Group by", ["Business unit", "Criticality"], default="Business unit", required=True, key="treemap-by"
    )
    st.plotly_chart(
        charts.strategy_treemap(mix.by_unit if by == "Business unit" else mix.by_criticality),
        key="treemap",
        config={"displayModeBar": False},
        alt=f"Assets by {by} and strategy",
    )
    st.caption(
        "Area is the number of assets; colour is the strategy that counts, overrides included. Point at an area "
        "that is too small for its name."
    )


def draw_contradictions(frame: Frame) -> None:
    """Draw where strategies of applications that hang together cannot both stand."""
    found = graphs.contradictions(frame.store, frame.migration.id)
    if found:
        with st.expander(f"Contradictions ({len(found):,})", icon=":material/warning:"):
            for item in found[:SHOWN_CONTRADICTIONS]:
                st.caption(words.plain(item.text))
            if len(found) > SHOWN_CONTRADICTIONS:
                st.caption(f"and {len(found) - SHOWN_CONTRADICTIONS:,} more")


def draw_table(frame: Frame) -> str | None:
    """Draw one page of applications and return the key of the chosen one."""
    first, second, third = st.columns([2, 1, 1])
    text = first.text_input("Search", placeholder="Application or machine", key="find_application", bind="query-params")
    strategy = second.selectbox(
        "Strategy",
        ["", *STRATEGY_ORDER],
        format_func=lambda s: strategy_label(s) if s else "Any",
        key="strategy",
        bind="query-params",
    )
    order = third.selectbox("Order", list(ORDERS), format_func=ORDERS.__getitem__, key="order", bind="query-params")

    def fetch(offset: int) -> tuple[list[ApplicationStrategy], int]:
        return strategies.page(
            frame.work,
            frame.migration.id,
            text=text or "",
            strategy=strategy or "",
            order=order,
            offset=offset,
            limit=PAGE_SIZE,
        )

    lines, total = one_page(fetch, PAGE_SIZE, PAGE_KEY)
    event = st.dataframe(
        table_of(lines),
        hide_index=True,
        key="applications",
        on_select="rerun",
        selection_mode="single-row",
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
    chosen = [row for row in event.selection.rows if row < len(lines)]
    return lines[chosen[0]].subject_key if chosen else st.query_params.get("application")


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


frame = open_page("strategy")
mix = strategies.distribution(frame.work, frame.migration.id)
if not mix.total:
    empty_state("No application was assessed yet: no mapping was applied.", action="Review mappings", to="mapping")
else:
    draw_distribution(mix)
    draw_policy(frame)
    draw_contradictions(frame)
    st.subheader("Applications and machines")
    chosen = draw_table(frame)
    if chosen:
        draw_argument(frame, chosen)
    else:
        st.caption("Select a row to see the argument behind its strategy.")
