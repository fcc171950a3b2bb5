"""Adding a dependency that no export names."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.dependencies import HIGHEST_PORT
from platform_core.services import dependency_decisions, graphs
from platform_core.services.dependency_decisions import NewDependency

NEEDS, NEEDED = "It needs", "It is needed by"


def draw_add(frame: Frame, key: str, usual_weight: float) -> None:
    """Draw the form that adds a dependency of one application."""
    with st.expander("Add a dependency", icon=":material/add_link:", key="add-dependency", on_change="rerun") as opened:
        if not opened.open:
            return
        names = graphs.applications(frame.store, frame.migration.id)

        def send() -> None:
            said = st.session_state
            other = said[f"add-other-{key}"]
            ends = (key, other) if said[f"add-way-{key}"] == NEEDS else (other, key)
            with telling():
                wanted = NewDependency(
                    source_key=ends[0],
                    target_key=ends[1],
                    port=said[f"add-port-{key}"],
                    weight=said[f"add-weight-{key}"],
                )
                dependency_decisions.add(frame.work, frame.migration.id, wanted, said[f"add-reason-{key}"], frame.by)
                tell(f"Added {names[ends[0]]} → {names[ends[1]]}")

        with st.form(f"add-{key}", border=False):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.selectbox(words.plain(names[key]), [NEEDS, NEEDED], key=f"add-way-{key}", width=170)
                others = [other for other in names if other != key]
                st.selectbox("Application or machine", others, format_func=names.__getitem__, key=f"add-other-{key}")
                st.number_input("Port", 0, HIGHEST_PORT, None, 1, placeholder="Any", key=f"add-port-{key}", width=110)
                st.number_input(
                    "Weight",
                    min_value=0.1,
                    value=usual_weight,
                    key=f"add-weight-{key}",
                    width=130,
                    help="What severing it costs the plan. The middle weight of all dependencies is filled in.",
                )
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.text_input("Reason", placeholder="Who says so", max_chars=1_000, key=f"add-reason-{key}")
                st.form_submit_button("Add", key="add-send", on_click=send)
