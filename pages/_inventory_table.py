"""The assets that pass the filter, a page at a time, in any order and with any columns; one of them opens beside it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._asset_bulk import draw_bulk_edit
from pages._asset_detail import draw_asset
from pages._asset_edit import draw_edit_switch, draw_editor
from pages._frame import Frame
from pages._inventory_files import draw_files
from pages._inventory_filter import (
    ORDERS,
    SORTED_BY,
    draw_facets,
    draw_nothing_passes,
    first_page,
    label,
    read_filter,
    value_label,
)
from pages._inventory_views import draw_views
from pages._linked import link, linked, widget_key
from pages._tables import draw_pages, one_page
from platform_core.domain.inventory import AssetFilter
from platform_core.domain.software import SUPPORT
from platform_core.reference import shown_fields
from platform_core.services import inventories
from platform_core.services.inventories import DEFAULT_COLUMNS

PAGE_SIZE = 50
TABLE_HEIGHT = 560
WHOLE_WIDTH = (1, 4)
WITH_PANEL = (1, 1.9, 2.1)
"""Facets, table, and the panel of the chosen asset."""


def draw_assets(frame: Frame) -> None:
    """Draw facets, table and the chosen asset."""
    wanted = read_filter()
    columns = [name for name in linked("columns", DEFAULT_COLUMNS) if name in shown_fields()]
    page = _fetch(frame, wanted, columns)
    chosen = _chosen(page[0])
    facets, table, *panel = st.columns(WITH_PANEL if chosen else WHOLE_WIDTH)
    with facets:
        draw_facets(frame, wanted)
    with table:
        _draw_toolbar(frame, columns)
        if page[1]:
            _draw_table(frame, wanted, columns, *page)
        else:
            draw_nothing_passes(wanted)
    if chosen:
        with panel[0]:
            draw_asset(frame, chosen)


def _fetch(frame: Frame, wanted: AssetFilter, columns: list[str]) -> tuple[list[tuple[Any, ...]], int]:
    def fetch(offset: int) -> tuple[list[tuple[Any, ...]], int]:
        page = inventories.page(frame.work, frame.migration.id, wanted, columns, offset=offset, limit=PAGE_SIZE)
        return list(page.rows), page.total

    return one_page(fetch, PAGE_SIZE, "page")


def _chosen(rows: list[tuple[Any, ...]]) -> str:
    """Return the key of the asset whose row is selected."""
    selected = st.session_state.get("assets", {}).get("selection", {}).get("rows", [])
    return rows[selected[0]][0] if selected and selected[0] < len(rows) else ""


def _draw_toolbar(frame: Frame, columns: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Search",
            placeholder="Name, host, application, IP, OS, number",
            key=widget_key("find"),
            on_change=partial(link, "find", then=first_page),
            icon=":material/search:",
        )
        sortable = [SORTED_BY, "kind", *columns]
        known = st.session_state[widget_key("sort")]
        st.selectbox(
            "Sort by",
            sortable if known in sortable else [*sortable, known],
            format_func=label,
            key=widget_key("sort"),
            on_change=partial(link, "sort", SORTED_BY, first_page),
            width=180,
        )
        st.segmented_control(
            "Order",
            ORDERS,
            format_func=lambda order: ":material/arrow_upward:" if order == ORDERS[0] else ":material/arrow_downward:",
            key=widget_key("direction"),
            on_change=partial(link, "direction", ORDERS[0], first_page),
            required=True,
            help="Up: smallest or A first. Assets without a value come last either way.",
        )
        with st.popover("Columns", icon=":material/view_column:"):
            st.multiselect(
                "Columns",
                shown_fields().keys,
                format_func=lambda key: shown_fields()[key].label,
                key=widget_key("columns"),
                on_change=partial(link, "columns", DEFAULT_COLUMNS),
                width=420,
            )
        draw_views(frame)


def _draw_table(frame: Frame, wanted: AssetFilter, columns: list[str], rows: list[tuple[Any, ...]], total: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        editing = draw_edit_switch()
        st.caption(f"{words.counted(total, 'asset')}. Select a row to see where each value came from.", width="stretch")
    if editing:
        draw_editor(frame, columns, rows)
    else:
        _draw_rows(columns, rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_pages(total, PAGE_SIZE, "page")
        draw_files(frame, wanted, total)
    draw_bulk_edit(frame, wanted, total)


def _draw_rows(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    table = pd.DataFrame(
        {
            "Asset": [row[2] for row in rows],
            "Type": [row[1].capitalize() for row in rows],
            **{shown_fields()[name].label: [_cell(name, row[3 + i]) for row in rows] for i, name in enumerate(columns)},
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        key="assets",
        on_select="rerun",
        selection_mode="single-row",
        placeholder=words.DASH,
        height=TABLE_HEIGHT,
        alt="Assets that pass the filter",
    )


def _cell(field: str, value: object) -> object:
    if field == SUPPORT and value is not None:
        return value_label(field, str(value))
    return words.shown(value) if isinstance(value, tuple | bool) else value
