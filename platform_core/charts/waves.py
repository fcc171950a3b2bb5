"""The plan in time, its load, and what it severs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from platform_core.charts.layout import calm, plain
from platform_core.charts.palette import NEGATIVE, NEUTRAL, POSITIVE, RISK_SCALE, TEXT, WAVE_SCALE, wave_colours
from platform_core.domain.waves import DatedWave

PAIR_HEIGHT = 320
"""Load and severed matrix stand side by side (pixels)."""


Band = tuple[date, date, str]
"""First and last day of a freeze, and what it is called."""


def wave_timeline(waves: Sequence[DatedWave], today: date | None = None, freezes: Sequence[Band] = ()) -> go.Figure:
    """Return a Gantt chart: a bar a wave from its first to its last day, waves from top to bottom.

    A bar's colour is the wave's risk, grey where nothing moves; `freezes` are drawn as bands behind the bars.
    """
    colours = [NEUTRAL if wave.risk is None else risk_colour(wave.risk) for wave in waves]
    days = [(wave.ends_on - wave.starts_on + timedelta(days=1)) / timedelta(milliseconds=1) for wave in waves]
    figure = go.Figure(
        go.Bar(
            x=days,
            base=[wave.starts_on.isoformat() for wave in waves],
            y=[_label(wave) for wave in waves],
            orientation="h",
            marker={"color": colours},
            customdata=[
                [
                    w.assets,
                    w.applications,
                    w.critical,
                    w.ends_on.isoformat(),
                    _percent(w.risk),
                    _percent(w.highest_risk),
                ]
                for w in waves
            ],
            text=[f"{wave.assets:,}" for wave in waves],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": TEXT},
            textangle=0,
            hovertemplate=(
                "%{y}: %{base|%Y-%m-%d} to %{customdata[3]}<br>%{customdata[0]:,} assets in %{customdata[1]:,} "
                "applications, %{customdata[2]:,} critical<br>"
                "Risk %{customdata[4]} on average, %{customdata[5]} at most<extra></extra>"
            ),
        )
    )
    for first, last, name in freezes:
        figure.add_vrect(
            x0=first.isoformat(),
            x1=(last + timedelta(days=1)).isoformat(),
            fillcolor=NEUTRAL,
            opacity=0.2,
            line_width=0,
            layer="below",
            annotation={"text": plain(name), "font": {"size": 11}},
            annotation_position="bottom left",
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
    cells = [(i, j, weight) for i, row in enumerate(weights) for j, weight in enumerate(row) if weight > 0]
    figure = go.Figure(
        go.Scatter(
            x=[labels[j] for _, j, _ in cells],
            y=[labels[i] for i, _, _ in cells],
            customdata=[[i + 1, j + 1, weight] for i, j, weight in cells],
            mode="markers",
            marker={
                "symbol": "square",
                "size": max(8, min(26, 260 // max(1, len(weights)))),
                "color": [weight for _, _, weight in cells],
                "colorscale": list(WAVE_SCALE),
                "colorbar": {"title": "Weight", "thickness": 10, "nticks": 5},
            },
            hovertemplate="%{y} needs %{x}: weight %{customdata[2]:,.0f}<extra></extra>",
        )
    )
    figure.update_xaxes(title="Needed", categoryorder="array", categoryarray=labels, range=[-0.5, len(labels) - 0.5])
    figure.update_yaxes(
        title="Needs", categoryorder="array", categoryarray=labels, range=[len(labels) - 0.5, -0.5], tickmode="linear"
    )
    return calm(figure, height=max(PAIR_HEIGHT, 120 + 24 * len(weights)))


def burn_up(waves: Sequence[DatedWave], today: date) -> go.Figure:
    """Return the assets that should have moved by the end of each wave, and those that the inventory says have.

    Nothing has moved after `today`: there stands all that has, that of later waves too.
    """
    planned, done = _running([wave.assets for wave in waves]), _running([wave.done for wave in waves])
    moved = [(wave.ends_on, count) for wave, count in zip(waves, done, strict=True) if wave.ends_on < today]
    if waves and (waves[-1].ends_on >= today or not moved):
        moved.append((today, done[-1]))
    figure = go.Figure()
    figure.add_scatter(
        x=[wave.ends_on for wave in waves], y=planned, name="Planned", mode="lines", line={"color": NEUTRAL}
    )
    figure.add_scatter(
        x=[day for day, _ in moved],
        y=[count for _, count in moved],
        name="Migrated",
        mode="lines+markers",
        line={"color": POSITIVE},
    )
    figure.update_xaxes(type="date", tickformat="%Y-%m-%d", nticks=6, tickangle=0)
    return calm(figure, height=PAIR_HEIGHT, yaxis={"title": "Assets", "rangemode": "tozero"})


def risk_curves(curves: Sequence[tuple[str, Sequence[float | None]]]) -> go.Figure:
    """Return the load-weighted mean risk (0..1) by wave of some scenarios by name."""
    figure = go.Figure()
    for (name, risks), colour in zip(curves, (POSITIVE, NEGATIVE), strict=False):
        labels = [f"Wave {number}" for number in range(1, len(risks) + 1)]
        figure.add_scatter(x=labels, y=list(risks), name=plain(name), mode="lines+markers", line={"color": colour})
    return calm(figure, height=PAIR_HEIGHT, yaxis={"title": "Mean risk", "rangemode": "tozero", "tickformat": ".0%"})


def _running(counts: Sequence[int]) -> list[int]:
    return list(accumulate(counts))


def risk_colour(risk: float) -> str:
    """Return the colour of a risk (0..1)."""
    (colour,) = sample_colorscale(list(RISK_SCALE), [min(1.0, max(0.0, risk))])
    return str(colour)


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.0%}"


def _label(wave: DatedWave) -> str:
    return f"Wave {wave.number}"
