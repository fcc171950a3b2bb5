"""What is around one application: the picture to walk in, and the dependencies behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from pages import _words as words
from pages._dependency_add import draw_add
from pages._dependency_table import draw_table
from pages._frame import Frame
from platform_core import charts
from platform_core.charts.dependencies import Edge, Node
from platform_core.domain.dependencies import DependencyFilter
from platform_core.services import graphs
from platform_core.services.graphs import NeighbourhoodView, Structure

CHOSEN = "application"
"""The chosen application's key, in session state and in the address."""

PAGE_KEY = "neighbours_page"
NOTICED = 30


def draw_neighbourhood(frame: Frame, key: str, hops: int, structure: Structure) -> None:
    """Draw what is around one application; a click on a node walks there."""
    view = graphs.neighbourhood(frame.store, frame.migration.id, key, hops)
    if len(view.nodes) == 1:
        st.caption("Nothing is known to depend on it, and it is not known to need anything, shared services apart.")
    else:
        chart = f"graph-{key}-{hops}"
        st.echarts_chart(
            graph_of(view),
            height=420,
            key=chart,
            on_select=partial(walk, chart, view),
            alt="The application with what it needs and what needs it",
        )
        left_out = f" {view.left_out:,} farther ones are left out." if view.left_out else ""
        st.caption(f"Arrows point at what is needed; colours are strategies; click to walk.{left_out}")
    draw_stops_with(view)
    st.subheader("Dependencies behind it", anchor=False)
    name = next(node.name for node in view.nodes if node.key == key)
    draw_table(frame, DependencyFilter(subject_key=key), PAGE_KEY, f"of {words.plain(name)}")
    draw_add(frame, key, structure.usual_weight)


def graph_of(view: NeighbourhoodView) -> dict[str, object]:
    """Return the chart of a neighbourhood."""
    names = {node.key: node.name for node in view.nodes}
    nodes = [Node(node.key, node.name, node.strategy, node.hops) for node in view.nodes]
    edges = [
        Edge(e.source, e.target, e.weight, f"{names[e.source]} needs {names[e.target]} ({_ports(e.ports)})")
        for e in view.edges
    ]
    return charts.neighbourhood(nodes, edges)


def _ports(ports: tuple[int, ...]) -> str:
    return "ports " + ", ".join(map(str, ports[:6])) if ports else "listed"


def walk(key: str, view: NeighbourhoodView) -> None:
    """Go to the node of the chart `key` that was clicked, as the chart's callback."""
    clicked = clicked_node(view, st.session_state[key]["selection"]["points"])
    if clicked:
        st.session_state[CHOSEN] = st.query_params[CHOSEN] = clicked


def clicked_node(view: NeighbourhoodView, points: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the key of the selected node; None for the centre, an edge or nothing."""
    ordered = sorted(view.nodes, key=lambda node: (node.hops, node.name))
    places = [point.get("data_index") for point in points if point.get("data_type", "node") == "node"]
    return next((ordered[place].key for place in places if isinstance(place, int) and 0 < place < len(ordered)), None)


def draw_stops_with(view: NeighbourhoodView) -> None:
    """Draw what would stop with the application."""
    count = len(view.depends_on_it)
    st.markdown(f"**{words.counted(count, 'other') if count else 'Nothing'} would notice if it stopped**")
    if count:
        shown = words.plain(", ".join(view.depends_on_it[:NOTICED]))
        st.caption(shown + (f" and {count - NOTICED:,} more" if count > NOTICED else ""))
