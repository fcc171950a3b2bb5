"""The page at /dependencies: what needs what around an application, and what can go wrong when it moves."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame, empty_state, open_page
from pages._risk import draw_risk
from platform_core import charts
from platform_core.charts.dependencies import Edge, Node
from platform_core.services import graphs, inventories
from platform_core.services.graphs import NeighbourhoodView, Structure

SHOWN_CYCLES = 20


def draw_dependencies(frame: Frame) -> None:
    """Draw the neighbourhood of one application, then the whole graph in numbers."""
    structure = graphs.structure(frame.store, frame.migration.id)
    if not structure.dependencies:
        st.caption("No dependency is known yet. Upload a dependency list or an export that names what depends on what.")
        return
    known = structure.dependencies - structure.unresolved
    st.caption(
        f"{structure.dependencies:,} dependencies; both ends of {known:,} are in the inventory, "
        f"{structure.unresolved:,} name something outside it."
    )
    names = graphs.applications(frame.store, frame.migration.id)
    named = st.query_params.get("application", "")
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Application or machine",
        list(names),
        index=list(names).index(named) if named in names else 0,
        format_func=names.__getitem__,
        key="graph-application",
    )
    hops = right.segmented_control("Hops", [1, 2], default=1, required=True, key="hops")
    if chosen:
        st.query_params["application"] = chosen
        draw_neighbourhood(frame, chosen, hops or 1)
    draw_structure(structure)


def draw_neighbourhood(frame: Frame, key: str, hops: int) -> None:
    """Draw what is around one application; a click on a node walks there."""
    view = graphs.neighbourhood(frame.store, frame.migration.id, key, hops)
    if len(view.nodes) == 1:
        st.caption("Nothing is known to depend on it, and it is not known to need anything, shared services apart.")
    else:
        event = st.echarts_chart(
            graph_of(view),
            height=420,
            key=f"graph-{key}-{hops}",
            on_select="rerun",
            alt="The application with what it needs and what needs it",
        )
        walk(view, event)
        left_out = f" {view.left_out:,} farther ones are left out." if view.left_out else ""
        st.caption(f"Arrows point at what is needed; colours are strategies; click to walk.{left_out}")
    draw_observed(frame, key, view)


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


def walk(view: NeighbourhoodView, event: dict[str, object]) -> None:
    """Go to the node that was clicked."""
    points = (event.get("selection") or {}).get("points") or []  # type: ignore[union-attr, attr-defined]
    for point in points:
        place = point.get("data_index")
        if point.get("data_type", "node") == "node" and isinstance(place, int) and 0 < place < len(view.nodes):
            ordered = sorted(view.nodes, key=lambda node: (node.hops, node.name))
            st.query_params["application"] = ordered[place].key
            st.session_state.pop("graph-application", None)
            st.rerun()


def draw_observed(frame: Frame, key: str, view: NeighbourhoodView) -> None:
    """Draw the dependencies behind the picture, and what would stop with the application."""
    rows = graphs.observed(frame.work, frame.migration.id, key)
    left, right = st.columns([3, 1])
    with left:
        table = pd.DataFrame(
            [(r.source, r.target, r.port, r.protocol, r.service, r.weight, "yes" if r.known else "no") for r in rows],
            columns=["Needs", "Needed", "Port", "Protocol", "Service", "Weight", "Both known"],
        )
        st.dataframe(
            table,
            hide_index=True,
            placeholder=words.DASH,
            column_config={
                "Port": st.column_config.NumberColumn(format="%d"),
                "Weight": st.column_config.NumberColumn(format="localized"),
            },
            alt="Dependencies of the application as observed or listed",
        )
    with right:
        count = len(view.depends_on_it)
        st.markdown(f"**{words.counted(count, 'other') if count else 'Nothing'} would notice if it stopped**")
        if count:
            shown = words.plain(", ".join(view.depends_on_it[:30]))
            st.caption(shown + (f" and {count - 30:,} more" if count > 30 else ""))


def draw_structure(structure: Structure) -> None:
    """Draw components, cycles and hubs."""
    st.subheader("The whole picture")
    first, second = st.columns([2, 3])
    with first:
        sizes = structure.component_sizes
        largest = f", the largest with {sizes[0]:,} members" if sizes else ""
        st.caption(f"{words.counted(len(sizes), 'connected group')}{largest}.")
        st.caption(f"{words.counted(len(structure.cycles), 'cycle')} of applications that need each other.")
        rows = [(len(cycle), ", ".join(cycle[:12])) for cycle in structure.cycles[:SHOWN_CYCLES]]
        if rows:
            st.dataframe(
                pd.DataFrame(rows, columns=["Members", "Cycle"]), hide_index=True, alt="Cycles of applications"
            )
    with second:
        st.caption("Hubs: shared infrastructure that belongs to no application's move.")
        rows = [(hub.name, hub.fan_in, hub.text) for hub in structure.hubs]
        st.dataframe(pd.DataFrame(rows, columns=["Asset", "Needed by", "Why"]), hide_index=True, alt="Hubs")


frame = open_page("dependencies")
if not inventories.kinds(frame.work, frame.migration.id):
    empty_state("There is nothing to connect yet: the inventory is empty.", action="Review mappings", to="mapping")
else:
    dependencies, risk = st.tabs(["Dependencies", "Risk"], key="tab", on_change="rerun", bind="query-params")
    if dependencies.open:
        with dependencies:
            draw_dependencies(frame)
    if risk.open:
        with risk:
            draw_risk(frame)
