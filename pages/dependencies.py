"""The page at /dependencies: what needs what, what counts of it, and what can go wrong when it moves."""

from __future__ import annotations

import streamlit as st

from pages._dependency_list import draw_list
from pages._frame import Frame, empty_inventory, not_here, open_page
from pages._neighbourhood import CHOSEN, draw_neighbourhood
from pages._noise import draw_noise
from pages._proposals_here import draw_proposals_here
from pages._risk import draw_risk
from pages._structure import draw_structure
from platform_core.services import graphs, inventories
from platform_core.services.graphs import Structure


def draw_dependencies(frame: Frame, structure: Structure) -> None:
    """Draw the neighbourhood of one application."""
    draw_proposals_here(frame, "pattern")
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
        draw_neighbourhood(frame, chosen, hops or 1, structure)


TABS = {
    "Dependencies": draw_dependencies,
    "List": lambda frame, _: draw_list(frame),
    "Whole picture": lambda _, structure: draw_structure(structure),
    "Noise": lambda frame, _: draw_noise(frame),
    "Risk": lambda frame, _: draw_risk(frame),
}

frame = open_page("dependencies")
if not inventories.kinds(frame.work, frame.migration.id):
    empty_inventory(frame, "There is nothing to connect yet: the inventory is empty.")
else:
    for tab, draw in zip(
        st.tabs(list(TABS), key="tab", on_change="rerun", bind="query-params"), TABS.values(), strict=True
    ):
        if tab.open:
            with tab:
                draw(frame, graphs.structure(frame.store, frame.migration.id))
