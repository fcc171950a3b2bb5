"""Saved views: filter, order and columns under a name, for everybody in the migration and by link."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._address import go
from pages._frame import Frame, not_here
from pages._telling import tell, telling
from platform_core.errors import NotFound
from platform_core.services import asset_views
from platform_core.services.inventories import FACETS

KEPT = (*FACETS, "find", "missing", "sort", "direction", "columns")
"""What of the address belongs to a view."""


def open_view() -> str:
    """Return the view that the address asks for by number, to be opened."""
    return st.query_params.get("view", "")


def go_to_view(frame: Frame, number: str) -> None:
    """Open a saved view in place of this address; say so where it is gone."""
    try:
        view = asset_views.get(frame.work, frame.migration.id, int(number) if number.isdecimal() else 0)
    except NotFound:
        not_here("The view of this link was deleted. These are all assets.")
        return
    go("inventory", **view.address)


def draw_views(frame: Frame) -> None:
    """Draw the saved views to open, and a field to save this one."""
    with st.popover("Views", icon=":material/bookmark:", on_change="rerun", key="views") as views:
        if views.open:
            _draw_list(frame)
            _draw_saving(frame)


def _draw_list(frame: Frame) -> None:
    saved = asset_views.listed(frame.work, frame.migration.id)
    if not saved:
        st.caption("No view is saved yet. Narrow the inventory down, then give it a name.")
    for view in saved:
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container():
                if st.button(words.plain(view.name), type="tertiary", key=f"view-{view.id}"):
                    go("inventory", **view.address)
            st.caption(f"{words.plain(view.by)} · ?view={view.id}")
            st.button(
                "Delete",
                icon=":material/delete:",
                type="tertiary",
                key=f"delete-view-{view.id}",
                on_click=_delete,
                args=(frame, view.id),
            )


def _draw_saving(frame: Frame) -> None:
    with st.form("save-view", border=False):
        name = st.text_input("Name of the view as it stands now", max_chars=asset_views.NAME_LENGTH)
        if st.form_submit_button("Save view"):
            with telling():
                address = {key: st.query_params.get_all(key) for key in KEPT if key in st.query_params}
                saved = asset_views.save(frame.work, frame.migration.id, name, address, frame.by)
                tell(f"Saved the view {saved.name}", icon=":material/bookmark:")
                st.rerun()


def _delete(frame: Frame, view_id: int) -> None:
    with telling():
        asset_views.delete(frame.work, frame.migration.id, view_id, frame.by)
