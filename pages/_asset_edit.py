"""Editing the rows of the page in place: typed columns, saved as one batch, what was not taken told by cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.catalogue import FieldType
from platform_core.domain.inventory import AssetKind
from platform_core.domain.stored_values import DAYS, LISTS, as_json
from platform_core.reference import shown_fields
from platform_core.services import asset_edits
from platform_core.services.asset_edits import EDITABLE, KIND, CellEdit, Overtaken, Saved
from platform_core.services.knowledge import vocabularies

EDITING = "edit-assets"
REFUSED, OVERTAKEN = "refused-cells", "overtaken-cells"
HEIGHT = 560
NUMBERS = frozenset({FieldType.NUMBER, FieldType.INTEGER, FieldType.MONEY})

Row = tuple[Any, ...]
"""Key, kind, name and the values of the chosen fields of an asset."""


def draw_edit_switch() -> bool:
    """Draw the switch between reading and editing; tells whether to edit."""
    return st.toggle("Edit values", key=EDITING, help="Change values of these rows; the raw ones are kept beside them.")


def draw_editor(frame: Frame, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Draw the rows to be edited, the button that saves them, and what of the last batch was not taken."""
    key = f"editor-{frame.migration.inventory_revision}-{hash((tuple(row[0] for row in rows), tuple(columns)))}"
    st.data_editor(
        table_of(columns, rows),
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=["Asset", *(shown_fields()[name].label for name in columns if name not in EDITABLE)],
        column_config={
            "Type": st.column_config.SelectboxColumn(options=[kind.value for kind in AssetKind], required=True)
        }
        | {
            shown_fields()[name].label: typed_column(name, [row[3 + at] for row in rows])
            for at, name in enumerate(columns)
        },
        placeholder=words.DASH,
        height=HEIGHT,
        alt="Assets of this page, to be edited",
    )
    edited = edits_of(columns, rows, st.session_state.get(key, {}).get("edited_rows", {}))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Reason (kept beside the values)", max_chars=500, key="edit-reason")
        st.button(
            f"Save {words.counted(len(edited), 'value')}" if edited else "Save",
            key="save-edits",
            type="primary",
            disabled=not edited,
            on_click=partial(save, frame, edited),
        )
    draw_not_taken(frame)


def table_of(columns: Sequence[str], rows: Sequence[Row]) -> pd.DataFrame:
    """Return the rows as the editor shows them: lists as text, yes and no as words."""
    return pd.DataFrame(
        {
            "Asset": [row[2] for row in rows],
            "Type": [str(row[1]) for row in rows],
            **{
                shown_fields()[name].label: _cells(name, [row[3 + at] for row in rows])
                for at, name in enumerate(columns)
            },
        }
    )


def _cells(name: str, values: Sequence[Any]) -> Any:
    kind = shown_fields()[name].type
    if kind in NUMBERS:
        return pd.Series(values, dtype="float64")
    if kind in LISTS:
        return pd.Series([None if value is None else ", ".join(value) for value in values], dtype="object")
    if kind is FieldType.BOOLEAN:
        return pd.Series([None if value is None else words.shown(value) for value in values], dtype="object")
    return pd.Series(values, dtype="object")


def typed_column(name: str, values: Sequence[Any]) -> ColumnConfig:
    """Return the column in which a field is edited, by its type; closed sets are chosen from."""
    field = shown_fields()[name]
    if field.type in NUMBERS:
        return st.column_config.NumberColumn(step=1 if field.type is FieldType.INTEGER else None)
    if field.type in DAYS:
        return st.column_config.DateColumn(format="YYYY-MM-DD")
    if field.type is FieldType.BOOLEAN:
        return st.column_config.SelectboxColumn(options=["yes", "no"])
    known = vocabularies().words_of(name)
    closed = {*known.whole.values(), *known.parts.values()}
    if closed and field.type is FieldType.CATEGORY:
        return st.column_config.SelectboxColumn(options=sorted(closed | {str(v) for v in values if v is not None}))
    return st.column_config.TextColumn()


def edits_of(
    columns: Sequence[str], rows: Sequence[Row], edited: Mapping[int, Mapping[str, Any]]
) -> tuple[CellEdit, ...]:
    """Return what the editor's difference (row number → changed cells by heading) says, with the values seen."""
    places = {shown_fields()[name].label: (name, 3 + at) for at, name in enumerate(columns)} | {"Type": (KIND, 1)}
    return tuple(
        CellEdit(
            asset_key=rows[int(number)][0],
            field=places[heading][0],
            text=_text(cell),
            seen=as_json(rows[int(number)][places[heading][1]]),
        )
        for number, cells in edited.items()
        if int(number) < len(rows)
        for heading, cell in cells.items()
        if heading in places
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def save(frame: Frame, edits: Sequence[CellEdit]) -> None:
    """Save a batch, as the button's callback, and keep what was not taken to be told."""
    with telling():
        reason = str(st.session_state.get("edit-reason") or "")
        saved = asset_edits.save(frame.work, frame.migration.id, edits, frame.by, reason=reason)
        st.session_state[REFUSED], st.session_state[OVERTAKEN] = list(saved.refused), list(saved.overtaken)
        tell(told(saved))


def told(saved: Saved) -> str:
    """Return in a sentence what became of a batch."""
    parts = [f"{words.counted(saved.cells, 'value')} saved"]
    if saved.effect.recommendations:
        parts.append(f"{words.counted(saved.effect.recommendations, 'recommendation')} changed")
    left = len(saved.refused) + len(saved.overtaken)
    return "; ".join([*parts, f"{left:,} not taken"] if left else parts)


def draw_not_taken(frame: Frame) -> None:
    """Draw the cells of the last batch that could not be read, and those that somebody else changed meanwhile."""
    for at, problem in enumerate(list(st.session_state.get(OVERTAKEN, []))):
        draw_overtaken(frame, at, problem)
    refused = st.session_state.get(REFUSED, [])
    if refused:
        st.caption(f"{words.counted(len(refused), 'cell')} could not be taken; the others were saved.")
        rows = [(each.name, asset_edits.label(each.field), each.text, each.why) for each in refused]
        st.dataframe(
            pd.DataFrame(rows, columns=["Asset", "Field", "Written", "Why"]), hide_index=True, alt="Cells not taken"
        )


def draw_overtaken(frame: Frame, at: int, problem: Overtaken) -> None:
    """Draw one cell that changed since it was drawn, with the choice whose value stands."""

    def settle(*, mine: bool) -> None:
        st.session_state[OVERTAKEN] = [each for each in st.session_state[OVERTAKEN] if each is not problem]
        if mine:
            kept = list(st.session_state[OVERTAKEN])
            save(frame, [problem.edit.model_copy(update={"seen": problem.theirs})])
            st.session_state[OVERTAKEN] += kept

    theirs, mine = words.shown(problem.theirs), problem.edit.text or words.DASH
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        place = f"{problem.name}, {asset_edits.label(problem.edit.field)}"
        st.markdown(
            f"{words.plain(place)}: {words.plain(problem.by)} changed this to **{words.plain(theirs)}**; "
            f"you wrote **{words.plain(mine)}**.",
            width="stretch",
        )
        st.button("Keep mine", key=f"mine-{at}", on_click=partial(settle, mine=True))
        st.button("Take theirs", key=f"theirs-{at}", on_click=partial(settle, mine=False))
