"""Why a suggestion stands: its signed reasons as a waterfall."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

from platform_core.charts.layout import calm, plain
from platform_core.charts.palette import NEGATIVE, NEUTRAL, POSITIVE

MOST_LINES = 2
LINE_PX, BAR_PX, GAP_PX, AXIS_PX = 16, 14, 10, 60
SUM = "Sum of all reasons"


def waterfall(reasons: Sequence[tuple[str, float]], *, line_length: int = 44) -> go.Figure:
    """Return the waterfall of (words, weight in logits); the last bar is their sum.

    The words stand above their bar over the whole width, in lines of `line_length` characters, so that neither the
    words nor the bars are squeezed in a narrow panel.
    """
    said = [_lines(text, line_length) for text, _ in reasons] + [[SUM]]
    words_px = LINE_PX * max(len(lines) for lines in said)
    row_px = words_px + BAR_PX + GAP_PX
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            measure=["relative"] * len(reasons) + ["total"],
            y=list(range(len(said))),
            x=[*(weight for _, weight in reasons), 0],
            offset=0.5 - (GAP_PX + BAR_PX) / row_px,
            width=BAR_PX / row_px,
            customdata=[*(plain(text) for text, _ in reasons), SUM],
            increasing={"marker": {"color": POSITIVE}},
            decreasing={"marker": {"color": NEGATIVE}},
            totals={"marker": {"color": NEUTRAL}},
            connector={"visible": False},
            hovertemplate="%{customdata}<br>%{delta:+.2f}<extra></extra>",
        )
    )
    for row, lines in enumerate(said):
        figure.add_annotation(
            text="<br>".join(map(plain, lines)),
            x=0,
            xref="paper",
            xanchor="left",
            xshift=4,
            y=row - 0.5 + (words_px - LINE_PX * len(lines)) / row_px,
            yanchor="top",
            align="left",
            showarrow=False,
            borderpad=0,
        )
    figure.update_yaxes(range=[len(said) - 0.5, -0.5], visible=False)
    figure.update_xaxes(zeroline=True, title="Weight (log odds)")
    return calm(figure, height=AXIS_PX + row_px * len(said), showlegend=False)


def _lines(text: str, length: int) -> list[str]:
    return textwrap.wrap(text, length, max_lines=MOST_LINES, placeholder=" …") or [""]
