"""The page at /dependencies: what needs what around an application, and what can go wrong when it moves."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame, empty_state, not_here, open_page
from pages._neighbourhood import CHOSEN, draw_neighbourhood
from pages._proposals_here import draw_proposals_here
from pages._risk import draw_risk
from platform_core.services import graphs, inventories
from platform_core.services.graphs import Structure

SHOWN_CYCLES = 20


def draw_dependencies(frame: Frame) -> None:
    """Draw the neighbourhood of one application, then the whole graph in numbers."""
    draw_proposals_here(frame, "pattern")
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
    named = st.query_params.get(CHOSEN, "")
    if named and named not in names:
        not_here("The application of this link is not in the inventory any more.")
    if named in names and CHOSEN not in st.session_state:
        st.session_state[CHOSEN] = named
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    chosen = left.selectbox(
        "Application or machine",
        list(names),
        format_func=names.__getitem__,
        key=CHOSEN,
    )
    hops = right.segmented_control("Hops", [1, 2], default=1, required=True, key="hops")
    if chosen:
        st.query_params[CHOSEN] = chosen
        draw_neighbourhood(frame, chosen, hops or 1)
    draw_structure(structure)


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
