"""What an agent's run did in time: its tasks and the requests below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from platform_core.charts.layout import calm, plain
from platform_core.charts.palette import NEGATIVE, NEUTRAL, POSITIVE

FEW_BARS, MOST_BARS = 16, 60
"""Bars with room around them, and those that can be read at all; of more, the last ones are drawn."""

_LOOKS = {
    "good": ("Answered", POSITIVE, ""),
    "bad": ("Without a usable answer", NEGATIVE, "/"),
    "open": ("Under way", NEUTRAL, "."),
}
"""Each state in words, colour and pattern: it is never told by colour alone."""


@dataclass(frozen=True)
class Bar:
    """A bar of `seconds` from `begin` (seconds from the start); `key` is given back when it is clicked.

    `state` is good, bad or open; `text` says what became of it.
    """

    label: str
    begin: float
    seconds: float
    state: str
    text: str
    key: int | None = None


def run_waterfall(bars: Sequence[Bar]) -> go.Figure:
    """Return bars in time from top to bottom, in the order given; a click gives the bar's key first in `customdata`."""
    shown = bars[-MOST_BARS:]
    labels = [_label(place, bar) for place, bar in enumerate(shown)]
    figure = go.Figure()
    for state, (name, colour, pattern) in _LOOKS.items():
        mine = [(label, bar) for label, bar in zip(labels, shown, strict=True) if bar.state == state]
        if not mine:
            continue
        figure.add_bar(
            x=[bar.seconds for _, bar in mine],
            base=[bar.begin for _, bar in mine],
            y=[label for label, _ in mine],
            orientation="h",
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}},
            customdata=[[bar.key, plain(bar.text), bar.seconds] for _, bar in mine],
            hovertemplate="%{y}: %{customdata[2]:.2f} s, %{customdata[1]}<extra></extra>",
        )
    figure.update_xaxes(title="Seconds from the start", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", categoryorder="array", categoryarray=labels)
    row = 24 if len(shown) <= FEW_BARS else 15
    return calm(figure, height=110 + row * max(2, len(shown)), barmode="overlay")


def _label(place: int, bar: Bar) -> str:
    """Return what the axis shows; two bars of one name must not fall together."""
    return plain(bar.label) + "\u200b" * place
