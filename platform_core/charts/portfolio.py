"""The portfolio as a whole: where it goes from where it is, and what it is worth against what it takes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from platform_core.charts.layout import BELOW, calm, plain
from platform_core.charts.palette import NEUTRAL, STRATEGY_COLOURS, STRATEGY_ORDER, strategy_label
from platform_core.domain.strategy import NEEDS_DATA

FlowLine = tuple[str, str, str, int]
"""(where today, strategy, where to, applications)."""

Point = tuple[str, str, str, int, float, int]
"""(key, name, strategy, value 0..4, effort points, assets)."""

LEVELS = ("None", "Low", "Medium", "High", "Critical")
NAMED = 2_000
"""More points than these are drawn without their names: the names alone would outweigh the picture."""

_NODE = "#9AA3AD"
_SPREAD = 0.32
_SMALLEST, _LARGEST = 8, 34


def strategy_flow(flows: Sequence[FlowLine]) -> go.Figure:
    """Return the flow from where applications run today over their strategy to where they go."""
    today = list(dict.fromkeys(one for one, *_ in flows))
    strategies = [s for s in STRATEGY_ORDER if any(s == flow[1] for flow in flows)]
    targets = list(dict.fromkeys(flow[2] for flow in sorted(flows, key=lambda f: STRATEGY_ORDER.index(f[1]))))
    place = {("today", name): i for i, name in enumerate(today)}
    place |= {("strategy", name): len(place) + i for i, name in enumerate(strategies)}
    place |= {("target", name): len(place) + i for i, name in enumerate(targets)}
    links = [(place["today", a], place["strategy", s], n, s) for a, s, _, n in flows]
    onward: dict[tuple[str, str], int] = defaultdict(int)
    for _, strategy, target, count in flows:
        onward[strategy, target] += count
    links += [(place["strategy", s], place["target", t], n, s) for (s, t), n in onward.items()]
    figure = go.Figure(
        go.Sankey(
            node={
                "label": [*map(plain, today), *map(strategy_label, strategies), *map(plain, targets)],
                "color": [_NODE] * len(today) + [STRATEGY_COLOURS[s] for s in strategies] + [_NODE] * len(targets),
                "pad": 14,
                "thickness": 14,
                "line": {"width": 0},
                "hovertemplate": "%{label}: %{value:,} applications<extra></extra>",
            },
            link={
                "source": [link[0] for link in links],
                "target": [link[1] for link in links],
                "value": [link[2] for link in links],
                "color": [_faint(STRATEGY_COLOURS[link[3]]) for link in links],
                "hovertemplate": "%{source.label} → %{target.label}: %{value:,} applications<extra></extra>",
            },
        )
    )
    return calm(figure, height=380)


def value_and_effort(points: Iterable[Point], laborious: float) -> go.Figure:
    """Return business value against effort, a bubble an application; `laborious` is where the quadrants part.

    Bubbles of one level are spread up and down in the order of their effort, so that they can be told apart and
    caught with the lasso; the spread means nothing. What takes no effort stands left of everything that does.
    """
    by_strategy: dict[str, list[Point]] = defaultdict(list)
    every = list(points)
    least = min((point[4] for point in every if point[4] > 0), default=1.0) / 2
    for point in every:
        by_strategy[point[2]].append(point)
    height = _heights(every)
    most = max((point[5] for point in every), default=1)
    named = len(every) <= NAMED
    figure = go.Figure()
    for strategy in STRATEGY_ORDER:
        mine = by_strategy.get(strategy, [])
        if mine:
            figure.add_trace(_bubbles(strategy, [(*p[:4], p[4] or least, p[5]) for p in mine], height, most, named))
    figure.add_vline(x=laborious, line={"width": 1, "dash": "dot", "color": NEUTRAL})
    figure.add_hline(y=2.5, line={"width": 1, "dash": "dot", "color": NEUTRAL})
    figure.update_xaxes(type="log", dtick=1, title="Technical complexity (effort points)")
    figure.update_yaxes(
        title="Business value", tickvals=list(range(len(LEVELS))), ticktext=list(LEVELS), range=[-0.5, 4.6]
    )
    return calm(figure, height=440, dragmode="lasso", legend=BELOW | {"y": -0.2, "itemsizing": "constant"})


def _bubbles(strategy: str, mine: Sequence[Point], height: dict[str, float], most: int, named: bool) -> go.Scatter:
    kind = go.Scattergl if len(height) > NAMED else go.Scatter
    return kind(
        x=[point[4] for point in mine],
        y=[height[point[0]] for point in mine],
        customdata=[point[0] for point in mine],
        text=[plain(point[1]) for point in mine] if named else None,
        mode="markers",
        name=f"{strategy_label(strategy)} {len(mine):,}",
        marker={
            "color": STRATEGY_COLOURS[strategy],
            "size": [_SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(point[5] / most) for point in mine],
            "opacity": 0.75,
            "line": {"width": 0.5, "color": "#FFFFFF"},
            "symbol": "circle-open" if strategy == NEEDS_DATA else "circle",
        },
        hovertemplate="%{text}<br>%{x:,.2~f} effort points<extra></extra>",
    )


def _heights(points: Sequence[Point]) -> dict[str, float]:
    """Return how high each bubble stands: its level, and around it by the order of effort."""
    levels: dict[int, list[Point]] = defaultdict(list)
    for point in points:
        levels[point[3]].append(point)
    heights = {}
    for level, mine in levels.items():
        for rank, point in enumerate(sorted(mine, key=lambda p: (p[4], p[0]))):
            steps = (0.0, 0.5, -0.5, 1.0, -1.0, 0.25, -0.25, 0.75, -0.75)
            heights[point[0]] = level + _SPREAD * steps[rank % len(steps)]
    return heights


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.55)"
