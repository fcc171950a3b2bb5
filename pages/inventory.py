"""The page at /inventory: every asset with its origin, what its fields hold, what is wrong, unread or doubled."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._duplicates import draw_duplicates
from pages._frame import empty_inventory, open_page
from pages._inventory_profile import draw_profiles
from pages._inventory_table import draw_assets
from pages._inventory_views import go_to_view, open_view
from pages._quality import draw_quality
from pages._refused import draw_refused
from platform_core.domain.inventory import AssetKind
from platform_core.services import inventories

TABS = {
    "Assets": draw_assets,
    "Profile": draw_profiles,
    "Quality": draw_quality,
    "Refused values": draw_refused,
    "Duplicates": draw_duplicates,
}
"""What each tab draws; only the open one is drawn."""

frame = open_page("inventory")
kinds = inventories.kinds(frame.work, frame.migration.id)
if not kinds:
    empty_inventory(frame, "The inventory is empty: no mapping was applied yet.")
else:
    if view := open_view():
        go_to_view(frame, view)
    number = sum(kinds.values())
    machines = number - kinds.get(AssetKind.APPLICATION, 0)
    st.caption(f"{words.counted(number - machines, 'application')} and {machines:,} other assets in the inventory.")
    tabs = st.tabs(list(TABS), key="tab", on_change="rerun", bind="query-params")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw(frame)
