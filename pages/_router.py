"""The script behind every address: page settings, the guard, the side bar, then the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._guard import is_locked_out, show_sign_in
from pages._pages import PAGES, PageEntry
from pages._sidebar import draw_sidebar
from platform_core.settings import settings

ICON = Path(__file__).parent / "icon.svg"  # a :material: icon would be fetched from fonts.gstatic.com


def navigation_entry(entry: PageEntry) -> st.Page:
    """Return `entry` as Streamlit wants it."""
    return st.Page(entry.file, title=entry.title, icon=entry.icon, url_path=entry.url_path, help=entry.help)


def go_to_start() -> None:
    """Lead from the root to the first page, with whatever the address asks for."""
    st.switch_page(start, query_params=st.query_params.to_dict())


st.set_page_config(
    page_icon=ICON,
    layout="wide",
    menu_items={"About": f"{settings().PROJECT_NAME}, version {settings().VERSION}"},
)
pages = {entry.url_path: navigation_entry(entry) for entry in PAGES}
start = next(iter(pages.values()))
# Streamlit serves its default page at the root only, so the root is a page of its own and /overview an address.
root = st.Page(go_to_start, title=start.title, url_path="start", default=True, visibility="hidden")
page = st.navigation([*pages.values(), root], position="hidden")
st.set_page_config(page_title=f"{page.title} · {settings().PROJECT_NAME}")
if is_locked_out():
    show_sign_in()
else:
    draw_sidebar(pages)
    page.run()
