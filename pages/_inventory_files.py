"""The assets that pass the filter, to take away; made only when they are asked for."""

from __future__ import annotations

import streamlit as st

from pages._frame import Frame
from platform_core.domain.inventory import AssetFilter
from platform_core.services import exports, inventory_files


def draw_files(frame: Frame, wanted: AssetFilter, total: int) -> None:
    """Draw the downloads of the assets that pass the filter, with every field that one of them has."""
    packed = inventory_files.is_packed(total)
    st.download_button(
        "CSV",
        lambda: inventory_files.csv_file(frame.work, frame.migration.id, wanted, packed=packed),
        file_name="inventory.zip" if packed else "inventory.csv",
        mime="application/zip" if packed else exports.CSV,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        help=f"{total:,} assets with all their fields" + (", as a zipped CSV file" if packed else ""),
    )
    most = inventory_files.MOST_FOR_EXCEL
    st.download_button(
        "Excel",
        lambda: exports.inventory_excel(frame.work, frame.migration.id, wanted),
        file_name="inventory.xlsx",
        mime=exports.EXCEL,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        disabled=total > most,
        help=f"A workbook takes at most {most:,} assets: narrow them down, or take CSV" if total > most else None,
    )
