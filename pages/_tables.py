"""Columns that look the same in every table."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig


def share_bar(width: int = 100, help_text: str | None = None) -> ColumnConfig:
    """Return a bar from 0 to 100 with its percent, without decimals."""
    return st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d%%", width=width, help=help_text)


def percent_number() -> ColumnConfig:
    """Return a column of whole percents."""
    return st.column_config.NumberColumn(format="%d%%")
