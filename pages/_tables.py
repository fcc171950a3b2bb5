"""Columns and pages that work the same in every table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

Row = TypeVar("Row")


def share_bar(width: int = 100, help_text: str | None = None) -> ColumnConfig:
    """Return a bar from 0 to 100 with its percent, without decimals."""
    return st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d%%", width=width, help=help_text)


def percent_number() -> ColumnConfig:
    """Return a column of whole percents."""
    return st.column_config.NumberColumn(format="%d%%")


def one_page(fetch: Callable[[int], tuple[list[Row], int]], size: int, key: str) -> tuple[list[Row], int]:
    """Return the rows that `fetch` gives at the offset of the chosen page, and the total.

    The page is the one that `draw_pages` with the same key shows; a filter may have left fewer pages than its
    number: then, as there, it is the first.
    """
    asked = st.query_params.get(key, "")
    number = int(st.session_state.get(key) or (asked if asked.isdecimal() else 0) or 1)
    rows, total = fetch((number - 1) * size)
    return (rows, total) if rows or number == 1 else fetch(0)


def draw_pages(total: int, size: int, key: str) -> None:
    """Draw the choice of the page; `key` is its name in the address, and no two tables may share one."""
    st.pagination(max(1, -(-total // size)), key=key, bind="query-params")
