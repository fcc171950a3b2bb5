"""The calm layout that every figure shares; the page's theme supplies fonts and background."""

from __future__ import annotations

from html import escape
from typing import Any

import plotly.graph_objects as go

BELOW = {"orientation": "h", "yanchor": "top", "y": -0.15, "xanchor": "left", "x": 0, "title": None}
"""A legend under the chart, so that it never eats half of a narrow one."""


def plain(text: str) -> str:
    """Return data from a file as text that Plotly shows literally: it reads a little HTML in its labels."""
    return escape(text, quote=False)


def calm(figure: go.Figure, *, height: int, **layout: Any) -> go.Figure:
    """Give `figure` the shared margins, no tool clutter and the height in pixels."""
    settings: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": BELOW,
        "hoverlabel": {"namelength": -1},
        "bargap": 0.25,
    }
    figure.update_layout(**(settings | layout))
    return figure
