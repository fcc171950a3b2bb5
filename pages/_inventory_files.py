"""The inventory to take away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._frame import Frame
from platform_core.domain.inventory import AssetFilter
from platform_core.services import exports


def draw_files(frame: Frame, _wanted: AssetFilter, _columns: Sequence[str], _total: int) -> None:
    """Draw the downloads of the whole inventory."""
    for name, make, suffix, mime in exports.INVENTORY_FILES:
        st.download_button(
            name,
            lambda make=make: make(frame.work, frame.migration.id),
            file_name=f"inventory.{suffix}",
            mime=mime,
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
