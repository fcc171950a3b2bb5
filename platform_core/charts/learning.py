"""Whether suggestions keep what their confidence promises, and how often they were right, import by import."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from platform_core.charts.layout import calm
from platform_core.charts.palette import NEUTRAL, POSITIVE

HEIGHT = 280
SMALLEST_PX, LARGEST_PX = 8, 26
_SHARES = {"tickformat": ".0%", "range": [-0.03, 1.03], "fixedrange": True}


def reliability(bins: Sequence[tuple[float, float, int]]) -> go.Figure:
    """Return (confidence promised, share right, columns) as points against the diagonal of a mapper that means it."""
    most = max((count for _, _, count in bins), default=1)
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 1},
        name="Promise kept exactly",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=[promised for promised, _, _ in bins],
        y=[kept for _, kept, _ in bins],
        mode="lines+markers",
        line={"color": POSITIVE, "width": 1},
        marker={"size": [SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * count / most for _, _, count in bins]},
        customdata=[count for _, _, count in bins],
        cliponaxis=False,
        name="Decided columns",
        hovertemplate="promised %{x:.0%}, right %{y:.0%} of %{customdata:,} columns<extra></extra>",
    )
    figure.update_xaxes(title="Confidence of the suggestion", **_SHARES)
    figure.update_yaxes(title="Share that was right", **_SHARES)
    return calm(figure, height=HEIGHT, legend={"orientation": "h", "y": -0.35, "x": 0, "title": None})


def accuracy(imports: Sequence[tuple[int, float, int]]) -> go.Figure:
    """Return (import number, share of right suggestions, columns decided) as a line in upload order."""
    figure = go.Figure(
        go.Scatter(
            x=[f"Import {number}" for number, _, _ in imports],
            y=[share for _, share, _ in imports],
            mode="lines+markers+text",
            line={"color": POSITIVE, "width": 2},
            marker={"size": SMALLEST_PX},
            text=[f"{share:.0%} of {count:,}" for _, share, count in imports],
            textposition="bottom center",
            cliponaxis=False,
            hovertemplate="%{x}: %{text} suggestions right<extra></extra>",
        )
    )
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_yaxes(title="Suggested right", tickformat=".0%", range=[-0.08, 1.06], fixedrange=True)
    return calm(figure, height=HEIGHT, showlegend=False)
