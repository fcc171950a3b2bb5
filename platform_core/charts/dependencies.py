"""A dependency neighbourhood as an ECharts graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from platform_core.charts.palette import NEGATIVE, NEUTRAL, STRATEGY_COLOURS, STRATEGY_ORDER, strategy_label

MAX_NODES = 300
"""A force layout beyond this is a hairball; the caller shows the nearest ones."""


@dataclass(frozen=True)
class Node:
    """An asset or application of the graph; `strategy` colours it, `hops` is its distance from the centre."""

    key: str
    name: str
    strategy: str
    hops: int


@dataclass(frozen=True)
class Edge:
    """`source` needs `target`."""

    source: str
    target: str
    weight: float
    text: str


def neighbourhood(nodes: Sequence[Node], edges: Sequence[Edge]) -> dict[str, Any]:
    """Return an ECharts spec of at most 300 nodes: the centre is largest, arrows point at what is needed.

    Tooltips are drawn as text (`richText`), so that a name from a file is never read as HTML.
    """
    shown = sorted(nodes, key=lambda node: (node.hops, node.name))[:MAX_NODES]
    keys = {node.key for node in shown}
    return {
        "tooltip": {"confine": True, "renderMode": "richText"},
        "legend": {"data": [strategy_label(s) for s in _present(shown)], "bottom": 0},
        "series": [
            {
                "type": "graph",
                "layout": "force",
                "roam": True,
                "draggable": True,
                "selectedMode": "single",
                "bottom": 70,
                "force": {"repulsion": 420, "edgeLength": [80, 160], "gravity": 0.12, "layoutAnimation": False},
                "label": {"show": True, "position": "right"},
                "labelLayout": {"hideOverlap": True},
                "edgeSymbol": ["none", "arrow"],
                "edgeSymbolSize": 7,
                "emphasis": {"focus": "adjacency"},
                "categories": [
                    {"name": strategy_label(s), "itemStyle": {"color": STRATEGY_COLOURS[s]}} for s in STRATEGY_ORDER
                ],
                "data": [_node(node) for node in shown],
                "links": [_link(edge) for edge in edges if edge.source in keys and edge.target in keys],
            }
        ],
    }


def _present(nodes: Sequence[Node]) -> list[str]:
    there = {node.strategy for node in nodes}
    return [strategy for strategy in STRATEGY_ORDER if strategy in there]


def _node(node: Node) -> dict[str, Any]:
    centre = node.hops == 0
    return {
        "id": node.key,
        "name": _literal(node.name),
        "category": STRATEGY_ORDER.index(node.strategy),
        "symbolSize": {0: 30, 1: 18}.get(node.hops, 11),
        "itemStyle": {"borderColor": NEGATIVE, "borderWidth": 2} if centre else {},
    }


def _link(edge: Edge) -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "value": edge.weight,
        "lineStyle": {"color": NEUTRAL, "opacity": 0.6, "width": min(5.0, 1 + edge.weight**0.5 / 4)},
        "tooltip": {"formatter": _literal(edge.text)},
    }


def _literal(text: str) -> str:
    """Return data from a file so that ECharts finds none of its placeholders ({a}, {b}, {c}) in it."""
    return text.replace("{", "{\u200b")
