"""Why a suggestion stands: its signed reasons as a waterfall."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from platform_core.charts.layout import calm, plain
from platform_core.charts.palette import NEGATIVE, NEUTRAL, POSITIVE

LABEL_LENGTH = 48


def waterfall(reasons: Sequence[tuple[str, float]]) -> go.Figure:
    """Return the waterfall of (words, weight in logits); the last bar is their sum."""
    words = [plain(_short(text)) for text, _ in reasons]
    labels = [f"{i}. {word}" for i, word in enumerate(words, 1)]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            measure=["relative"] * len(reasons) + ["total"],
            y=[*labels, "Score"],
            x=[*(weight for _, weight in reasons), 0],
            customdata=[*(plain(text) for text, _ in reasons), "The sum of all reasons"],
            increasing={"marker": {"color": POSITIVE}},
            decreasing={"marker": {"color": NEGATIVE}},
            totals={"marker": {"color": NEUTRAL}},
            hovertemplate="%{customdata}<br>%{delta:+.2f}<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(zeroline=True, title="Weight (logits)")
    return calm(figure, height=90 + 28 * (len(reasons) + 1), showlegend=False)


def _short(text: str) -> str:
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1] + "…"
