"""The script behind every address: page settings, navigation, the guard, then the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages._frame import is_locked_out, show_sign_in
from pages._pages import PAGES, PageEntry
from platform_core.settings import settings

ICON = Path(__file__).parent / "icon.svg"  # a :material: icon would be fetched from fonts.gstatic.com


def navigation_entry(entry: PageEntry) -> st.Page:
    """Return `entry` as Streamlit wants it."""
    return st.Page(entry.file, title=entry.title, icon=entry.icon, url_path=entry.url_path, help=entry.help)


def sections() -> dict[str, list[st.Page]]:
    """Return the pages under the names of their groups, in the order of the journey."""
    found: dict[str, list[st.Page]] = {}
    for entry in PAGES:
        found.setdefault(entry.group, []).append(navigation_entry(entry))
    return found


def go_to_start() -> None:
    """Lead from the root to the first page, with whatever the address asks for."""
    st.switch_page(start, query_params=st.query_params.to_dict())


st.set_page_config(
    page_icon=ICON,
    layout="wide",
    menu_items={"About": f"{settings().PROJECT_NAME}, version {settings().VERSION}"},
)
locked_out = is_locked_out()
groups = sections()
start = next(iter(groups.values()))[0]
# Streamlit serves its default page at the root only, so the root is a page of its own and /overview an address.
root = st.Page(go_to_start, title=start.title, url_path="start", default=True, visibility="hidden")
page = st.navigation(groups | {"": [root]}, position="hidden" if locked_out else "sidebar", expanded=True)
st.set_page_config(page_title=f"{page.title} · {settings().PROJECT_NAME}")
if locked_out:
    show_sign_in()
else:
    page.run()
