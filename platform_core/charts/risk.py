"""The 5 × 5 risk matrix."""

from __future__ import annotations

from collections.abc import Iterable

import plotly.graph_objects as go

from platform_core.charts.layout import calm
from platform_core.charts.palette import RISK_SCALE

SCALE = tuple(range(1, 6))


def risk_matrix(cells: Iterable[tuple[int, int, int]]) -> go.Figure:
    """Return the matrix of (likelihood, impact, applications): colour is likelihood × impact, text the count."""
    counts = {(likelihood, impact): number for likelihood, impact, number in cells}
    text = [[f"{counts[i, j]:,}" if (i, j) in counts else "" for i in SCALE] for j in SCALE]
    figure = go.Figure(
        go.Heatmap(
            x=list(SCALE),
            y=list(SCALE),
            z=[[i * j for i in SCALE] for j in SCALE],
            text=text,
            texttemplate="%{text}",
            colorscale=list(RISK_SCALE),
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="Likelihood %{x}, impact %{y}: %{text} applications<extra></extra>",
        )
    )
    figure.update_xaxes(title="Likelihood", dtick=1, showgrid=False)
    figure.update_yaxes(title="Impact", dtick=1, showgrid=False)
    return calm(figure, height=320)
