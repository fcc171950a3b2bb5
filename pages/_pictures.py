"""The portfolio in pictures, one at a time; the lasso in one of them filters the table below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core import charts
from platform_core.charts import strategy_label
from platform_core.services import pictures
from platform_core.services.strategies import Distribution

UNITS, CRITICALITY, FLOW, VALUE = "Business unit", "Criticality", "Where it goes", "Value and complexity"

GROUPS = {UNITS: pictures.Group.UNIT, CRITICALITY: pictures.Group.CRITICALITY}


def draw_pictures(frame: Frame, mix: Distribution) -> list[str] | None:
    """Draw the chosen picture and return the applications caught in it, None when nothing is caught."""
    picture = st.segmented_control(
        "Picture",
        [UNITS, CRITICALITY, FLOW, VALUE],
        default=UNITS,
        required=True,
        key="picture",
        bind="query-params",
        label_visibility="collapsed",
    )
    if picture == VALUE:
        return draw_landscape(frame)
    if picture == FLOW:
        return draw_flow(frame)
    return draw_treemap(frame, mix, picture or UNITS)


def draw_treemap(frame: Frame, mix: Distribution, by: str) -> list[str] | None:
    """Draw the areas of strategies within business units or criticalities; returns those of a selected row."""
    slices = mix.by_unit if by == UNITS else mix.by_criticality
    st.plotly_chart(
        charts.strategy_treemap(slices),
        key="treemap",
        config={"displayModeBar": False},
        alt=f"Assets by {by} and strategy",
    )
    st.caption(
        "Area is the number of assets; colour is the strategy that counts, overrides included. Point at an area "
        "that is too small for its name."
    )
    rows = [(group, strategy_label(strategy), assets) for group, strategy, assets in slices]
    row = draw_numbers(rows, [by, "Strategy", "Assets"])
    if row is None:
        return None
    group, strategy, _ = slices[row]
    return pictures.of_group(frame.work, frame.migration.id, GROUPS[by], group, strategy)


def draw_numbers(rows: Sequence[tuple[Any, ...]], columns: list[str]) -> int | None:
    """Draw the numbers behind a picture and return the selected row, whose applications are then listed."""
    with st.expander("As a table: select a row to list it"):
        event = st.dataframe(
            pd.DataFrame(rows, columns=columns),
            hide_index=True,
            key=f"numbers-{columns[0]}",
            on_select="rerun",
            selection_mode="single-row",
            column_config={columns[-1]: st.column_config.NumberColumn(format="localized")},
            alt=f"The numbers of the picture by {columns[0].lower()}",
        )
    chosen = [row for row in event["selection"]["rows"] if row < len(rows)]
    return chosen[0] if chosen else None


def draw_flow(frame: Frame) -> list[str] | None:
    """Draw where applications run today and where their strategies lead; returns those of a selected row."""
    flows = pictures.flows(frame.work, frame.migration.id)
    st.plotly_chart(
        charts.strategy_flow([(f.today, f.strategy, f.target, f.applications) for f in flows]),
        key="flow",
        config={"displayModeBar": False},
        alt="Applications from where they run today over their strategy to where they go",
    )
    unknown = sum(flow.applications for flow in flows if flow.today == pictures.NOT_KNOWN)
    st.caption(
        "From where applications run today over the strategy that counts to where it leads; width is the number of "
        f"applications. Of {unknown:,} nothing says where they run."
    )
    rows = [(flow.today, strategy_label(flow.strategy), flow.target, flow.applications) for flow in flows]
    row = draw_numbers(rows, ["Today", "Strategy", "Then", "Applications"])
    return None if row is None else list(flows[row].subjects)


def draw_landscape(frame: Frame) -> list[str] | None:
    """Draw value against complexity; returns the applications that were caught with the lasso or clicked."""
    found = pictures.landscape(frame.work, frame.migration.id)
    if not found.bubbles:
        st.caption("Of no application is the business value or criticality known. The questionnaire asks for it.")
        return None
    points = [(b.subject_key, b.name, b.strategy, b.value, b.effort, b.assets) for b in found.bubbles]
    event = st.plotly_chart(
        charts.value_and_effort(points, found.laborious),
        key="landscape",
        on_select="rerun",
        selection_mode=("points", "box", "lasso"),
        config={"displaylogo": False},
        alt="Applications by business value and technical complexity",
    )
    st.caption(
        "Business value (else criticality) as stated against effort points; size is the number of assets, the dotted "
        "lines part the quadrants at high value and large effort. Draw a lasso to list what is in it. "
        f"{words.counted(found.not_stated, 'application')} of unknown value {'is' if found.not_stated == 1 else 'are'} "
        "not drawn."
    )
    return caught(event["selection"]["points"])


def caught(points: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """Return the keys of the bubbles selected, None for none."""
    keys = [_key(point.get("customdata")) for point in points]
    return [key for key in keys if key] or None


def _key(data: Any) -> str:
    return str(data[0]) if isinstance(data, list) else str(data or "")
