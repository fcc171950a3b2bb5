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
    MappingState.CHANGED: "changed by you",
    MappingState.REJECTED: "rejected",
    MappingState.IGNORED: "left out",
}
BANDS = {Band.ACCEPT: "sure", Band.REVIEW: "please review", Band.UNMAPPED: "no field found"}
SOURCES = {Source.RULES: "rules", Source.LEARNED: "learned", Source.AGENT: "agent", Source.ANALYST: "you"}
ROW_HEIGHT = 35
SHOWN_ROWS = 16


def draw_grid(frame: Frame, view: ImportView, columns: list[ColumnView]) -> None:
    """Draw the editable grid; every edit is stored at once as the analyst's word about that column."""
    applied = view.state is ImportState.APPLIED
    key = grid_key(view, columns)
    fixed = ["Column", "Samples", "Confidence", "State", "From"]
    st.data_editor(
        grid_rows(columns),
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=True if applied else fixed,
        on_change=store_edits,
        args=(frame, view, columns, key),
        placeholder="–",
        height=min(SHOWN_ROWS, len(columns) + 1) * ROW_HEIGHT + 3,
        column_config={
            "Settled": st.column_config.CheckboxColumn(width=60, help="Tick to accept what stands, untick to reopen"),
            "Column": st.column_config.TextColumn(width=135),
            "Samples": st.column_config.ListColumn(width=130),
            "Field": st.column_config.SelectboxColumn(
                options=list(catalogue().keys), format_func=lambda key: catalogue()[key].label, width=135
            ),
            "Unit": st.column_config.SelectboxColumn(options=list(mappings.units()), width=55),
            "Confidence": share_bar(95),
        },
        alt="Columns of the import with the suggested field, confidence and state",
    )
    st.caption(
        "Tick Settled to accept a suggestion, choose another field to change it, empty the field to leave the column "
        "out. Confidence is the calibrated probability that the answer is right."
    )


def grid_key(view: ImportView, columns: list[ColumnView]) -> str:
    """Return a key that changes with every stored edit, so that the grid never replays an old difference."""
    return f"grid-{view.id}-{view.version}-{sum(column.version for column in columns)}"


def grid_rows(columns: list[ColumnView]) -> pd.DataFrame:
    """Return the grid's rows in the order of `columns`."""
    return pd.DataFrame(
        {
            "Settled": [column.state is not MappingState.SUGGESTED for column in columns],
            "Column": [column.header or f"(unnamed column {column.position + 1})" for column in columns],
            "Samples": [list(column.samples) for column in columns],
            "Field": pd.Series([column.field for column in columns], dtype="object"),
            "Confidence": [words.points(column.confidence) for column in columns],
            "Unit": pd.Series([column.unit for column in columns], dtype="object"),
            "State": [_state(column) for column in columns],
            "From": [SOURCES[column.source] for column in columns],
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


def _state(column: ColumnView) -> str:
    if column.state is not MappingState.SUGGESTED:
        return STATES[column.state]
    if column.duplicate_of:
        return f"same as {column.duplicate_of}, used where that is empty"
    if column.unit_is_guess and column.field:
        return f"{BANDS[column.band]}, unit is a guess"
    return BANDS[column.band]
