"""The script behind every address: page settings, navigation, the guard, then the page."""

from __future__ import annotations

import streamlit as st

from pages._frame import is_locked_out, show_sign_in
from pages._pages import PAGES, PageEntry
from platform_core.settings import settings


def navigation_entry(entry: PageEntry) -> st.Page:
    """Return `entry` as Streamlit wants it; the first page of the list is the start page."""
    return st.Page(
        entry.file,
        title=entry.title,
        icon=entry.icon,
        url_path=entry.url_path,
        default=entry is PAGES[0],
        help=entry.help,
    )


st.set_page_config(
    page_title=settings().PROJECT_NAME,
    page_icon=":material/route:",
    layout="wide",
    menu_items={"About": f"{settings().PROJECT_NAME}, version {settings().VERSION}"},
)
groups: dict[str, list[st.Page]] = {}
for entry in PAGES:
    groups.setdefault(entry.group, []).append(navigation_entry(entry))
locked_out = is_locked_out()
page = st.navigation(groups, position="hidden" if locked_out else "sidebar", expanded=True)
if locked_out:
    show_sign_in()
else:
    page.run()
