"""One asset: every value with the file, column and line it came from, and what was found about it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._address import go
from pages._asset_products import draw_products
from pages._feedback import rate
from pages._frame import Frame
from platform_core.services import inventories
from platform_core.services.inventories import ValueLineage
from platform_core.services.products_of_assets import dates_are_stale


def draw_asset(frame: Frame, key: str) -> None:
    """Draw the lineage of one asset's values."""
    asset = inventories.detail(frame.work, frame.migration.id, key)
    with st.container(border=True, key="asset"):
        st.subheader(words.plain(asset.name), anchor=False)
        if asset.kind_evidence:
            st.caption(f"{asset.kind.capitalize()}: {words.plain(asset.kind_evidence)}.")
        table = pd.DataFrame(
            {
                "Field": [value.label for value in asset.values],
                "Value": [words.shown(value.value) for value in asset.values],
                "File": [value.file_name for value in asset.values],
                "Line": [value.line for value in asset.values],
                "Column": [value.column or None for value in asset.values],
                "As read": [value.raw or None for value in asset.values],
                "How": [value.rule or None for value in asset.values],
            }
        )
        if any(value.set_by for value in asset.values):
            table["Set by hand"] = [_said(value) for value in asset.values]
        st.dataframe(
            table,
            hide_index=True,
            placeholder=words.DASH,
            column_config={
                "Field": st.column_config.TextColumn(width=110),
                "Value": st.column_config.TextColumn(width=105),
                "File": st.column_config.TextColumn(width=112),
                "Line": st.column_config.NumberColumn(width=48),
            },
            alt=f"Values of {asset.name} with their origin",
        )
        draw_products(asset.products, stale=dates_are_stale())
        for finding in asset.findings:
            place = f"{finding.file_name}, line {finding.line}"
            st.caption(f":material/flag: {words.plain(finding.text)} ({words.plain(place)})")
        with st.container(horizontal=True):
            if st.button("Open its strategy", icon=":material/alt_route:"):
                go("strategy", application=asset.subject_key)
            if st.button("Open its dependencies", icon=":material/hub:"):
                go("dependencies", application=asset.subject_key)
            rate(frame, "inventory", asset.key)


def _said(value: ValueLineage) -> str | None:
    return f"{value.set_by} (imports say {words.shown(value.built)})" if value.set_by else None
