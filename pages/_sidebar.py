"""The side bar: which migration is open, then the pages in the order of the journey with what waits at each."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages._address import chosen_migration, remember
from pages._guard import current_identity, current_organisation
from pages._pages import PAGES
from platform_core.services import migrations, overview
from platform_core.services.bootstrap import store
from platform_core.settings import settings

SWITCHER = "switch-migration"


def draw_sidebar(pages: Mapping[str, st.Page]) -> None:
    """Draw the switcher and the links; `pages` gives each address its page."""
    work = store().of(current_organisation().id).unit_of_work()
    opened = migrations.opened(work, chosen_migration(), current_identity())
    names = {view.id: view.name for view in migrations.listed(work)}
    waiting = overview.waiting(work, opened.id)
    query = {"migration": str(opened.id)}
    with st.sidebar:
        st.markdown(f"**{settings().PROJECT_NAME}**")
        st.session_state[SWITCHER] = opened.id
        st.selectbox(
            "Migration",
            list(names),
            format_func=lambda number: names[number],
            key=SWITCHER,
            on_change=_switch,
        )
        group = ""
        for entry in PAGES:
            if entry.group != group:
                group = entry.group
                st.caption(group)
            number = waiting.get(entry.url_path, 0)
            badge = f" :orange-badge[{number:,}]" if number else ""
            st.page_link(
                pages[entry.url_path], label=entry.title + badge, help=entry.help, query_params=query, width="stretch"
            )


def _switch() -> None:
    st.query_params.clear()  # what else the address names is of the other migration
    remember(int(st.session_state[SWITCHER]))
