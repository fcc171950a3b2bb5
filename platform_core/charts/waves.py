"""The plan in time, its load, and what it severs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from platform_core.charts.layout import calm
from platform_core.charts.palette import NEGATIVE, NEUTRAL, WAVE_SCALE, wave_colours
from platform_core.domain.waves import DatedWave

PAIR_HEIGHT = 320
"""Load and severed matrix stand side by side (pixels)."""


def wave_timeline(waves: Sequence[DatedWave], today: date | None = None) -> go.Figure:
    """Return a Gantt chart: a bar a wave from its first to its last day, waves from top to bottom."""
    colours = wave_colours(len(waves))
    days = [(wave.ends_on - wave.starts_on + timedelta(days=1)) / timedelta(milliseconds=1) for wave in waves]
    figure = go.Figure(
        go.Bar(
            x=days,
            base=[wave.starts_on.isoformat() for wave in waves],
            y=[_label(wave) for wave in waves],
            orientation="h",
            marker={"color": colours},
            customdata=[[w.assets, w.applications, w.critical, w.ends_on.isoformat()] for w in waves],
            text=[f"{wave.assets:,}" for wave in waves],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertemplate=(
                "%{y}: %{base|%Y-%m-%d} to %{customdata[3]}<br>%{customdata[0]:,} assets in %{customdata[1]:,} "
                "applications, %{customdata[2]:,} critical<extra></extra>"
            ),
        )
    )
    figure.update_xaxes(type="date", tickformat="%Y-%m-%d", nticks=6, tickangle=0)
    figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=[_label(w) for w in waves])
    if today is not None and waves and waves[0].starts_on <= today <= waves[-1].ends_on:
        figure.add_vline(x=today.isoformat(), line={"color": NEGATIVE, "width": 1, "dash": "dot"})
    return calm(figure, height=60 + 26 * max(2, len(waves)), showlegend=False)


def wave_load(waves: Sequence[DatedWave]) -> go.Figure:
    """Return the effort of each wave against its capacity, and the number of critical assets as a line."""
    labels = [_label(wave) for wave in waves]
    figure = go.Figure()
    figure.add_bar(
        x=labels, y=[w.load for w in waves], name="Effort points", marker={"color": wave_colours(len(waves))}
    )
    if any(wave.capacity is not None for wave in waves):
        figure.add_scatter(
            x=labels,
            y=[wave.capacity for wave in waves],
            name="Capacity",
            mode="lines",
            line={"color": NEUTRAL, "shape": "hvh", "dash": "dash"},
        )
    figure.add_scatter(
        x=labels,
        y=[wave.critical for wave in waves],
        name="Critical assets",
        mode="lines+markers",
        line={"color": NEGATIVE},
        yaxis="y2",
    )
    second = {
        "overlaying": "y",
        "side": "right",
        "title": "Critical assets",
        "rangemode": "tozero",
        "showgrid": False,
        "tickmode": "auto",
        "nticks": 5,
        "tickformat": ",d",
    }
    return calm(figure, height=PAIR_HEIGHT, yaxis={"title": "Effort points", "rangemode": "tozero"}, yaxis2=second)


def severed_matrix(weights: Sequence[Sequence[float]]) -> go.Figure:
    """Return wave × wave: `weights[i][j]` is the severed dependency weight from wave i+1 to wave j+1."""
    labels = [f"Wave {i + 1}" for i in range(len(weights))]
    figure = go.Figure(
        go.Heatmap(
            x=labels,
            y=labels,
            z=[[value or None for value in row] for row in weights],
            colorscale=list(WAVE_SCALE),
            colorbar={"title": "Weight", "thickness": 10, "nticks": 5},
            xgap=1,
            ygap=1,
            hovertemplate="%{y} needs %{x}: weight %{z:,.0f}<extra></extra>",
        )
    )
    figure.update_xaxes(title="Needed")
    figure.update_yaxes(title="Needs", autorange="reversed")
    return calm(figure, height=max(PAIR_HEIGHT, 120 + 24 * len(weights)))


def _label(wave: DatedWave) -> str:
    return f"Wave {wave.number}"
