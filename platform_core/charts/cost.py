"""Costs as ranges."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from platform_core.charts.layout import calm, plain
from platform_core.charts.palette import POSITIVE

Range = tuple[str, float, float, float]
"""(what, low, middle, high)."""


def cost_ranges(ranges: Sequence[Range], currency: str) -> go.Figure:
    """Return a bar for the middle of each range, with a line from its low to its high end."""
    figure = go.Figure(
        go.Bar(
            x=[middle for _, _, middle, _ in ranges],
            y=[plain(what) for what, *_ in ranges],
            orientation="h",
            marker={"color": POSITIVE},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - middle for _, _, middle, high in ranges],
                "arrayminus": [middle - low for _, low, middle, _ in ranges],
            },
            customdata=[(low, high) for _, low, _, high in ranges],
            hovertemplate="%{y}: %{x:,.0f} (%{customdata[0]:,.0f} to %{customdata[1]:,.0f})<extra></extra>",
        )
    )
    figure.update_xaxes(title=plain(currency), rangemode="tozero", tickformat="~s")
    figure.update_yaxes(autorange="reversed")
    return calm(figure, height=200, showlegend=False)
