"""How the portfolio splits over the strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from platform_core.charts.layout import BELOW, calm, plain
from platform_core.charts.palette import STRATEGY_COLOURS, STRATEGY_ORDER, TEXT, strategy_label
from platform_core.domain.strategy import NEEDS_DATA, Strategy

HATCHED = {"shape": "/", "fillmode": "replace", "bgcolor": STRATEGY_COLOURS[NEEDS_DATA], "fgcolor": "#98A1AC"}
"""Hatched on a ground of its own, so that the words on it can be read on a light and on a dark page."""

GROUP_TEXT = "#7A838E"
"""Names of the groups stand on the page itself, be it light or dark."""

TEXT_ON = dict.fromkeys(
    (Strategy.RELOCATE, Strategy.REPLATFORM, Strategy.REFACTOR, Strategy.REPURCHASE, NEEDS_DATA), TEXT
)
"""Colours so light that white would be lost on them."""

Slice = tuple[str, str, int]
"""(group, strategy, assets): one cell of the treemap."""


def strategy_bar(applications: Mapping[str, int]) -> go.Figure:
    """Return one stacked bar: applications by strategy, in the fixed order."""
    figure = go.Figure()
    for strategy in STRATEGY_ORDER:
        count = applications.get(strategy, 0)
        if not count:
            continue
        figure.add_bar(
            x=[count],
            y=["Applications"],
            orientation="h",
            name=f"{strategy_label(strategy)} {count:,}",
            customdata=[strategy],
            marker={
                "color": STRATEGY_COLOURS[strategy],
                "pattern": HATCHED if strategy == NEEDS_DATA else {},
            },
            text=[strategy_label(strategy)],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": TEXT_ON.get(strategy, "#FFFFFF")},
            textangle=0,
            hovertemplate=f"{strategy_label(strategy)}: %{{x:,}} applications<extra></extra>",
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return calm(
        figure,
        height=160,
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "hide"},
        legend=BELOW | {"traceorder": "normal"},
    )


def strategy_treemap(slices: Sequence[Slice]) -> go.Figure:
    """Return a treemap group → strategy whose areas are numbers of assets."""
    totals: dict[str, int] = {}
    for group, _, assets in slices:
        totals[group] = totals.get(group, 0) + assets
    groups = sorted(totals, key=lambda name: (-totals[name], name))
    ordered = sorted(slices, key=lambda s: (groups.index(s[0]), STRATEGY_ORDER.index(s[1])))
    ids = [f"g:{group}" for group in groups] + [f"s:{group}:{strategy}" for group, strategy, _ in ordered]
    figure = go.Figure(
        go.Treemap(
            ids=ids,
            labels=[*map(plain, groups), *(strategy_label(strategy) for _, strategy, _ in ordered)],
            parents=["" for _ in groups] + [f"g:{group}" for group, _, _ in ordered],
            values=[*(totals[group] for group in groups), *(assets for _, _, assets in ordered)],
            branchvalues="total",
            marker={
                "colors": ["rgba(128,128,128,0.08)"] * len(groups) + [STRATEGY_COLOURS[s] for _, s, _ in ordered],
                "line": {"width": 1},
            },
            textfont={"color": [GROUP_TEXT] * len(groups) + [TEXT_ON.get(s, "#FFFFFF") for _, s, _ in ordered]},
            textinfo="label+value",
            hovertemplate="%{label}: %{value:,} assets<extra></extra>",
            tiling={"pad": 2},
        )
    )
    return calm(figure, height=340, uniformtext={"minsize": 11, "mode": "hide"})
