"""What was read from one import, and everything that can be changed about it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import _words as words
from pages._address import go
from pages._frame import Frame
from pages._runs import follow
from pages._telling import tell, telling
from platform_core.domain.imports import ImportState
from platform_core.domain.reading import FileFormat, ReadChoices
from platform_core.services import exports, imports, work
from platform_core.services.imports import ImportView
from platform_core.services.receiving import DELIMITERS, ENCODINGS
from platform_core.services.requests import ReadAgain

DETECT = "Detect"
NO_HEADER = "No header row"
SHOWN_HEADER_ROWS = 20
CHOICES = ("encoding", "delimiter", "header")


def draw_details(frame: Frame, view: ImportView) -> None:
    """Draw what was read from one import, with everything that can be changed about it."""
    st.subheader(words.plain(view.title), anchor=False)
    if not view.kind.is_inventory:
        why = "; ".join(view.kind_reasons) or "its columns describe no assets"
        st.warning(
            f"This does not look like an inventory: {words.plain(why)}. Columns that are still useful are marked in "
            "the mapping review; say there what its rows describe if this is wrong.",
            icon=":material/help:",
        )
    for note in view.notes:
        st.caption(words.plain(note))
    with st.container(horizontal=True):
        if st.button("Review mapping", type="primary", key="review", icon=":material/rule:"):
            go("mapping", **{"import": view.id})
        if view.state is not ImportState.APPLIED and st.button("Remove", key="remove", icon=":material/delete:"):
            confirm_removal(frame, view)
    first, reading, aside = st.tabs(["First rows", "How it was read", f"Quarantine ({view.rows_quarantined:,})"])
    with first:
        draw_first_rows(frame, view)
    with reading:
        draw_choices(frame, view)
    with aside:
        draw_quarantine(frame, view)


def draw_first_rows(frame: Frame, view: ImportView) -> None:
    """Draw the first rows exactly as they were read."""
    headers, rows = imports.first_rows(frame.work, view.id)
    names = [f"{i + 1}. {header}" for i, header in enumerate(headers)]
    table = pd.DataFrame([cells for _, cells in rows], columns=names, index=[line for line, _ in rows])
    st.dataframe(table, alt="The first rows of the file as read, by line number")


def draw_choices(frame: Frame, view: ImportView) -> None:
    """Draw how the file was read, and let the analyst fix what was detected."""
    key = f"{view.id}-{view.version}"
    with st.form(f"choices-{key}", border=False):
        draw_reading(view.choices, key, delimited=view.file_format is FileFormat.CSV)
        found = f"header in line {view.header_row}" if view.header_row else "no header row"
        delimited = f", {DELIMITERS.get(view.delimiter, view.delimiter)} between cells" if view.delimiter else ""
        encoded = ENCODINGS.get(view.encoding, view.encoding) or "a workbook sheet"
        st.caption(f"Read as {words.plain(encoded)}{words.plain(delimited)}, {found}.")
        applied = view.state is ImportState.APPLIED
        st.form_submit_button("Read again", disabled=applied, on_click=partial(read_again, frame, view, key))
        if applied:
            st.caption("Take it out of the inventory on the mapping review page to read it in another way.")


def draw_reading(now: ReadChoices, key: str, *, delimited: bool = True) -> None:
    """Draw how files are written: detected, or what the analyst says; `chosen_reading` with the same key returns it."""
    columns = st.columns(3)
    if delimited:
        _choice(columns[0], "Encoding", ENCODINGS, now.encoding, f"encoding-{key}")
        _choice(columns[1], "Delimiter", DELIMITERS, now.delimiter, f"delimiter-{key}")
    rows = [DETECT, NO_HEADER, *range(1, SHOWN_HEADER_ROWS + 1)]
    chosen = now.header_row
    columns[2].selectbox("Header row", rows, 0 if chosen is None else chosen + 1, key=f"header-{key}")


def chosen_reading(key: str) -> ReadChoices:
    """Return what is chosen in the widgets of `draw_reading`; whatever is not drawn is detected."""
    encoding, delimiter, header = (st.session_state.get(f"{name}-{key}", DETECT) for name in CHOICES)
    return ReadChoices(
        encoding=None if encoding == DETECT else encoding,
        delimiter=None if delimiter == DETECT else delimiter,
        header_row=None if header == DETECT else 0 if header == NO_HEADER else header,
    )


def _choice(place: DeltaGenerator, label: str, choices: Mapping[str, str], chosen: str | None, key: str) -> None:
    options = [DETECT, *choices]
    index = options.index(chosen) if chosen in choices else 0
    place.selectbox(label, options, index, format_func=lambda choice: choices.get(choice, choice), key=key)


def read_again(frame: Frame, view: ImportView, key: str) -> None:
    """Read the file with the analyst's choices, as the form's callback."""
    with telling():
        request = ReadAgain(import_id=view.id, choices=chosen_reading(key), seen_version=view.version)
        follow(frame, work.start(frame.store, request, frame.by))


def draw_quarantine(frame: Frame, view: ImportView) -> None:
    """Draw the rows that could not be stored, with why."""
    if not view.rows_quarantined:
        st.caption(f"All {view.rows_read:,} rows read were stored.")
        return
    rows = imports.quarantined(frame.work, view.id)
    st.caption(f"{view.rows_read:,} rows read = {view.rows_stored:,} stored + {view.rows_quarantined:,} quarantined.")
    cells = [(row.line, row.reason, row.raw) for row in rows]
    st.dataframe(
        pd.DataFrame(cells, columns=["Line", "Reason", "Text"]), hide_index=True, alt="Rows that could not be stored"
    )
    st.download_button(
        "Download these rows",
        lambda: exports.quarantine_csv(frame.work, view.id),
        file_name=f"quarantine-import-{view.number}.csv",
        mime="text/csv",
        on_click="ignore",
    )


@st.dialog("Remove this import")
def confirm_removal(frame: Frame, view: ImportView) -> None:
    """Ask once, in words that say what is lost."""
    st.write(f"{words.plain(view.title)} and the decisions about its {view.columns:,} columns are removed.")
    if st.button("Remove", type="primary"):
        with telling():
            imports.remove(frame.work, view.id, frame.by)
            tell(f"Removed {view.title}")
        st.rerun()
