"""The 5 × 5 risk matrix."""

from __future__ import annotations

from collections.abc import Iterable

import plotly.graph_objects as go

from platform_core.charts.layout import calm
from platform_core.charts.palette import RISK_SCALE, TEXT

SCALE = tuple(range(1, 6))
FACE_PX = 44


def risk_matrix(cells: Iterable[tuple[int, int, int]]) -> go.Figure:
    """Return the matrix of (likelihood, impact, applications): colour is likelihood × impact, text the count.

    Plotly selects no cell of a heat map, so that unseen markers lie on the cells and take the clicks.
    """
    counts = {(likelihood, impact): number for likelihood, impact, number in cells}
    every = [(i, j) for j in SCALE for i in SCALE]
    ground = go.Heatmap(
        x=list(SCALE),
        y=list(SCALE),
        z=[[i * j for i in SCALE] for j in SCALE],
        colorscale=list(RISK_SCALE),
        showscale=False,
        xgap=2,
        ygap=2,
        hoverinfo="skip",
    )
    faces = go.Scatter(
        x=[i for i, _ in every],
        y=[j for _, j in every],
        text=[f"{counts[cell]:,}" if cell in counts else "" for cell in every],
        mode="markers+text",
        marker={"symbol": "square", "size": FACE_PX, "color": "#FFFFFF", "opacity": 0},
        textfont={"color": TEXT},
        selected={"marker": {"opacity": 0.35}, "textfont": {"color": TEXT}},
        unselected={"marker": {"opacity": 0}, "textfont": {"color": TEXT}},
        hovertemplate="Likelihood %{x}, impact %{y}: %{text} applications<extra></extra>",
        showlegend=False,
    )
    figure = go.Figure([ground, faces])
    figure.update_xaxes(title="Likelihood", dtick=1, showgrid=False, range=[0.5, 5.5], fixedrange=True)
    figure.update_yaxes(title="Impact", dtick=1, showgrid=False, range=[0.5, 5.5], fixedrange=True)
    return calm(figure, height=320, hovermode="closest", clickmode="event+select", dragmode=False)
