"""The grid of the mapping review: one row a column, settled inline."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._tables import share_bar
from pages._telling import telling
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import Band, MappingState, Source
from platform_core.reference import catalogue
from platform_core.services import mappings
from platform_core.services.imports import ImportView
from platform_core.services.mappings import Action, ColumnView, Decision

STATES = {
    MappingState.ACCEPTED: "accepted",
    MappingState.CHANGED: "changed",
    MappingState.REJECTED: "rejected",
    MappingState.IGNORED: "left out",
}
BANDS = {Band.ACCEPT: "sure", Band.REVIEW: "review", Band.UNMAPPED: "no field found"}
SOURCES = {Source.RULES: "rules", Source.LEARNED: "learned", Source.AGENT: "agent"}
ROW_HEIGHT = 35
SHOWN_ROWS = 16


def draw_grid(frame: Frame, view: ImportView, columns: list[ColumnView]) -> None:
    """Draw the editable grid; every edit is stored at once as the analyst's word about that column."""
    applied = view.state is ImportState.APPLIED
    key = grid_key(view, columns)
    fixed = ["Column", "Samples", "Confidence", "State"]
    with st.container(key="mapping-grid"):
        st.data_editor(
            grid_rows(columns, frame.by.name),
            key=key,
            hide_index=True,
            num_rows="fixed",
            disabled=True if applied else fixed,
            on_change=store_edits,
            args=(frame, view, columns, key),
            placeholder="–",
            height=min(SHOWN_ROWS, len(columns) + 1) * ROW_HEIGHT + 3,
            column_config={
                "Settled": st.column_config.CheckboxColumn("OK", width=62),
                "Column": st.column_config.TextColumn(width=128),
                "Samples": st.column_config.ListColumn(width=112),
                "Field": st.column_config.SelectboxColumn(
                    options=list(catalogue().keys), format_func=lambda key: catalogue()[key].label, width=132
                ),
                "Unit": st.column_config.SelectboxColumn(options=list(mappings.units()), width=66),
                "Confidence": share_bar(88),
                "State": st.column_config.TextColumn(width=110),
            },
            alt="Columns of the import with the suggested field, confidence and state",
        )
    st.caption(
        "Tick OK to accept a suggestion, untick to reopen it; choose another field to change it, empty the field to "
        "leave the column out. Confidence is the calibrated probability that the answer is right."
    )


def grid_key(view: ImportView, columns: list[ColumnView]) -> str:
    """Return a key that changes with every stored edit, so that the grid never replays an old difference."""
    return f"grid-{view.id}-{view.version}-{sum(column.version for column in columns)}"


def grid_rows(columns: list[ColumnView], me: str) -> pd.DataFrame:
    """Return the grid's rows in the order of `columns`, as the analyst called `me` sees them."""
    return pd.DataFrame(
        {
            "Settled": [column.state is not MappingState.SUGGESTED for column in columns],
            "Column": [column.header or f"(unnamed column {column.position + 1})" for column in columns],
            "Samples": [list(column.samples) for column in columns],
            "Field": pd.Series([column.field for column in columns], dtype="object"),
            "Unit": pd.Series([column.unit for column in columns], dtype="object"),
            "Confidence": [words.points(column.confidence) for column in columns],
            "State": [_state(column, me) for column in columns],
        }
    )


def store_edits(frame: Frame, view: ImportView, columns: list[ColumnView], key: str) -> None:
    """Store what was edited in the grid, as its callback."""
    edited: dict[int, dict[str, Any]] = st.session_state[key]["edited_rows"]
    with telling():
        mappings.decide(frame.work, view.id, decisions(columns, edited), frame.by)


def decisions(columns: list[ColumnView], edited: dict[int, dict[str, Any]]) -> list[Decision]:
    """Return the decisions that the grid's difference (row number → changed cells) amounts to."""
    return [_decision(columns[int(row)], cells) for row, cells in edited.items()]


def _decision(column: ColumnView, cells: dict[str, Any]) -> Decision:
    seen = {"position": column.position, "seen_version": column.version}
    if "Field" in cells and not cells["Field"]:
        return Decision(action=Action.IGNORE, **seen)
    if "Field" in cells or "Unit" in cells:
        field = cells.get("Field", column.field)
        if field is None:
            return Decision(action=Action.IGNORE, **seen)
        unit = cells["Unit"] or "" if "Unit" in cells else None
        return Decision(action=Action.CHANGE, field=field, unit=unit, **seen)
    return Decision(action=Action.ACCEPT if cells.get("Settled") else Action.RESET, **seen)


def _state(column: ColumnView, me: str) -> str:
    """Return what stands and from whom: "sure · rules", "changed by you"."""
    if column.state is not MappingState.SUGGESTED:
        who = "you" if column.changed_by == me else column.changed_by
        return f"{STATES[column.state]} by {who}" if who else STATES[column.state]
    if column.asks_unit:
        return "confirm the unit"
    return f"{BANDS[column.band]} · {SOURCES[column.source]}" if column.field else BANDS[column.band]
