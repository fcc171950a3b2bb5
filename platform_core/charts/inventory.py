"""What the inventory holds and how complete it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from platform_core.charts.layout import calm
from platform_core.charts.palette import NEGATIVE, POSITIVE


def kinds_bar(counts: Mapping[str, int]) -> go.Figure:
    """Return the number of assets of each kind, most first."""
    ordered = sorted(counts.items(), key=lambda item: (item[1], item[0]))
    figure = go.Figure(
        go.Bar(
            x=[number for _, number in ordered],
            y=[kind.capitalize() for kind, _ in ordered],
            orientation="h",
            text=[f"{number:,}" for _, number in ordered],
            marker={"color": POSITIVE},
            hovertemplate="%{y}: %{x:,} assets<extra></extra>",
        )
    )
    figure.update_xaxes(visible=False)
    return calm(figure, height=60 + 30 * max(1, len(ordered)))


def completeness_bars(fields: Sequence[tuple[str, int, int]]) -> go.Figure:
    """Return, for (field label, filled, total), the share of assets that have a value, emptiest first."""
    known = [(label, filled, total) for label, filled, total in fields if total]
    ordered = sorted(known, key=lambda f: (-f[1] / f[2], f[0]))
    shares = [filled / total for _, filled, total in ordered]
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=[label for label, _, _ in ordered],
            orientation="h",
            text=[f"{share:.0%}" for share in shares],
            textposition="outside",
            cliponaxis=False,
            customdata=[[filled, total] for _, filled, total in ordered],
            marker={"color": [NEGATIVE if share < 0.5 else POSITIVE for share in shares]},
            hovertemplate="%{y}: %{customdata[0]:,} of %{customdata[1]:,}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 1.12], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%")
    return calm(figure, height=60 + 24 * max(1, len(ordered)))
