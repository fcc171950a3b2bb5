"""The page at /inventory: every asset with its origin, what is missing and what was found wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._asset_detail import draw_asset
from pages._frame import Frame, empty_state, open_page
from pages._quality import draw_quality
from pages._tables import draw_pages, one_page
from platform_core.domain.inventory import AssetFilter, AssetKind, IssueKind
from platform_core.reference import catalogue
from platform_core.services import exports, inventories
from platform_core.services.inventories import DEFAULT_COLUMNS

PAGE_SIZE = 50
ANY = ""
ORDERS = ("ascending", "descending")
SORTS = (
    "name",
    "kind",
    "application_name",
    "environment",
    "business_criticality",
    "os_name",
    "memory_gb",
    "storage_gb",
)


def draw_filters(frame: Frame) -> AssetFilter:
    """Draw the filters; they live in the address."""
    facets = inventories.facets(frame.work, frame.migration.id)
    first, second, third, fourth, fifth = st.columns([2, 1, 1, 1, 1])
    text = first.text_input("Search", placeholder="Name, host, application, IP, OS", key="find", bind="query-params")
    kind = _facet(second, "Kind", "kind", facets["kind"])
    environment = _facet(third, "Environment", "environment", facets["environment"])
    criticality = _facet(fourth, "Criticality", "criticality", facets["business_criticality"])
    issue = fifth.selectbox(
        "Finding",
        [ANY, *IssueKind],
        format_func=lambda k: k.replace("_", " ").capitalize() or "Any",
        key="issue",
        bind="query-params",
    )
    return AssetFilter(
        text=text or "", kind=kind, environment=environment, criticality=criticality, issue=issue or ANY, **_order()
    )


def _facet(place: st.delta_generator.DeltaGenerator, label: str, key: str, values: list[tuple[str, int]]) -> str:
    chosen = place.selectbox(
        label, [ANY, *(value for value, _ in values)], format_func=lambda v: v or "Any", key=key, bind="query-params"
    )
    return chosen or ANY


def _order() -> dict[str, object]:
    return {
        "sort": st.session_state.get("sort", "name"),
        "descending": st.session_state.get("direction") == "descending",
    }


def draw_assets(frame: Frame) -> None:
    """Draw the filtered table, a page at a time, and the chosen asset beside it."""
    wanted = draw_filters(frame)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "Columns",
            catalogue().keys,
            default=DEFAULT_COLUMNS,
            format_func=lambda key: catalogue()[key].label,
            key="columns",
            width=420,
            wrap=False,
        )
        st.selectbox("Sort by", SORTS, format_func=_sort_label, key="sort", bind="query-params", width=180)
        st.selectbox("Order", ORDERS, format_func=str.capitalize, key="direction", bind="query-params", width=150)

    def fetch(offset: int) -> tuple[list[tuple[Any, ...]], int]:
        page = inventories.page(frame.work, frame.migration.id, wanted, chosen, offset=offset, limit=PAGE_SIZE)
        return list(page.rows), page.total

    rows, total = one_page(fetch, PAGE_SIZE, "page")
    table = pd.DataFrame(
        {
            "Asset": [row[2] for row in rows],
            "Kind": [row[1].capitalize() for row in rows],
            **{catalogue()[key].label: [_cell(row[3 + i]) for row in rows] for i, key in enumerate(chosen)},
        }
    )
    st.caption(f"{words.counted(total, 'asset')}. Select a row to see where each value came from.")
    event = st.dataframe(
        table,
        hide_index=True,
        key="assets",
        on_select="rerun",
        selection_mode="single-row",
        placeholder=words.DASH,
        alt="Assets that pass the filter",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_pages(total, PAGE_SIZE, "page")
        draw_downloads(frame)
    if event.selection.rows and event.selection.rows[0] < len(rows):
        draw_asset(frame, rows[event.selection.rows[0]][0])


def _sort_label(key: str) -> str:
    return {"name": "Asset", "kind": "Kind"}.get(key) or catalogue()[key].label


def _cell(value: object) -> object:
    return words.shown(value) if isinstance(value, tuple | bool) else value


def draw_downloads(frame: Frame) -> None:
    """Draw the downloads of the whole inventory."""
    for label, make, suffix, mime in exports.INVENTORY_FILES:
        st.download_button(
            label,
            lambda make=make: make(frame.work, frame.migration.id),
            file_name=f"inventory.{suffix}",
            mime=mime,
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


frame = open_page("inventory")
kinds = inventories.kinds(frame.work, frame.migration.id)
if not kinds:
    empty_state("The inventory is empty: no mapping was applied yet.", action="Review mappings", to="mapping")
else:
    number = sum(kinds.values())
    machines = number - kinds.get(AssetKind.APPLICATION, 0)
    st.caption(f"{words.counted(number - machines, 'application')} and {machines:,} other assets in the inventory.")
    assets, quality = st.tabs(["Assets", "Quality"], key="tab", on_change="rerun", bind="query-params")
    if assets.open:
        with assets:
            draw_assets(frame)
    if quality.open:
        with quality:
            draw_quality(frame)
