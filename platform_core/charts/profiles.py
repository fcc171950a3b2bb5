"""What a field of the inventory holds, and its assets in groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from platform_core.charts.layout import calm, plain
from platform_core.charts.palette import NEUTRAL, POSITIVE, WAVE_SCALE

LABEL_LENGTH = 36
ROW = 26
"""Pixels a bar takes."""


def value_bars(values: Sequence[tuple[str, int]]) -> go.Figure:
    """Return the number of assets by value, in the given order from the top."""
    figure = go.Figure(
        go.Bar(
            x=[number for _, number in values],
            y=list(range(len(values))),
            orientation="h",
            text=[f"{number:,}" for _, number in values],
            customdata=[plain(value) for value, _ in values],
            marker={"color": POSITIVE},
            hovertemplate="%{customdata}: %{x:,} assets<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False)
    _name_rows(figure, [value for value, _ in values])
    return calm(figure, height=60 + ROW * max(1, len(values)))


def histogram(bars: Sequence[tuple[float | date, float | date, int]], unit: str) -> go.Figure:
    """Return the number of assets in ranges (from, to, number) of numbers or days; `unit` names what is measured."""
    figure = go.Figure(
        go.Bar(
            x=[low + (high - low) / 2 for low, high, _ in bars],  # type: ignore[operator]
            y=[number for _, _, number in bars],
            customdata=[[_edge(low), _edge(high)] for low, high, _ in bars],
            marker={"color": POSITIVE},
            hovertemplate="%{customdata[0]} to %{customdata[1]}: %{y:,} assets<extra></extra>",
        )
    )
    figure.update_xaxes(title=unit)
    figure.update_yaxes(title="Assets")
    return calm(figure, height=280, bargap=0.05)


def grouped_bars(groups: Sequence[tuple[str, str, float]], splits: Sequence[str], measure: str) -> go.Figure:
    """Return a bar for each value of (value, split, length), in order from the top, stacked by `splits` in their order.

    Without `splits` every split is ""; `measure` says what the lengths are.
    """
    order = list(dict.fromkeys(value for value, _, _ in groups))
    figure = go.Figure()
    for split, colour in zip(splits or [""], _colours(len(splits)), strict=True):
        lengths = {value: length for value, of, length in groups if of == split}
        figure.add_bar(
            x=[lengths.get(value, 0) for value in order],
            y=list(range(len(order))),
            orientation="h",
            name=plain(split),
            customdata=[plain(value) for value in order],
            marker={"color": colour},
            hovertemplate="%{customdata}: %{x:,.6~g}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(title=measure)
    _name_rows(figure, order)
    height = 120 + ROW * max(1, len(order))
    return calm(figure, height=height, barmode="stack", showlegend=bool(splits))


def _colours(number: int) -> list[str]:
    """Return one colour for each part of a bar, light to dark; parts without a name of their own are grey."""
    if not number:
        return [POSITIVE]
    places = [place / max(1, number - 1) for place in range(number)]
    colours: list[str] = sample_colorscale([*WAVE_SCALE, NEUTRAL], [place * 0.8 for place in places])
    return colours


def _name_rows(figure: go.Figure, values: Sequence[str]) -> None:
    """Name the rows of a chart by values from files, shortened; two that are shortened alike stay two rows."""
    figure.update_yaxes(
        tickvals=list(range(len(values))),
        ticktext=[plain(value if len(value) <= LABEL_LENGTH else f"{value[: LABEL_LENGTH - 1]}…") for value in values],
        autorange="reversed",
    )


def _edge(value: float | date) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:,.4g}"
