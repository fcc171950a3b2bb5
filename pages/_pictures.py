"""The portfolio in pictures, one at a time; the lasso in one of them filters the table below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core import charts
from platform_core.services import pictures
from platform_core.services.strategies import Distribution

UNITS, CRITICALITY, FLOW, VALUE = "Business unit", "Criticality", "Where it goes", "Value and complexity"


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
        draw_flow(frame)
    else:
        draw_treemap(mix, picture or UNITS)
    return None


def draw_treemap(mix: Distribution, by: str) -> None:
    """Draw the areas of strategies within business units or criticalities."""
    st.plotly_chart(
        charts.strategy_treemap(mix.by_unit if by == UNITS else mix.by_criticality),
        key="treemap",
        config={"displayModeBar": False},
        alt=f"Assets by {by} and strategy",
    )
    st.caption(
        "Area is the number of assets; colour is the strategy that counts, overrides included. Point at an area "
        "that is too small for its name."
    )


def draw_flow(frame: Frame) -> None:
    """Draw where applications run today and where their strategies lead."""
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
