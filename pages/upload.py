"""The page at /upload: drop exports, see what they are and what was read, change how they are read."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame, open_page
from pages._import_details import chosen_reading, draw_details, draw_reading
from pages._outcomes import recognised
from pages._runs import follow
from pages._telling import telling
from platform_core.domain.imports import ImportState
from platform_core.services import imports, work
from platform_core.services.imports import ImportView
from platform_core.services.receiving import AS_DETECTED
from platform_core.settings import settings

NEXT = "next"
"""Key of the choices for files that are yet to come."""

STATE_WORDS = {
    ImportState.REVIEW: "To review",
    ImportState.APPLIED: "In the inventory",
    ImportState.SET_ASIDE: "Replaced by a newer export",
}


def receive(frame: Frame, uploads: list[st.runtime.uploaded_file_manager.UploadedFile]) -> None:
    """Read every dropped file; one that cannot be used is told and does not hold up the others."""
    bar = st.progress(0.0, text="Reading")
    for place, upload in enumerate(uploads):

        def watch(share: float, text: str, name: str = upload.name, place: int = place) -> None:
            bar.progress((place + share) / len(uploads), text=words.plain(f"{name}: {text}"))

        with telling():
            started = work.receive(
                frame.store,
                frame.migration.id,
                upload.name,
                upload,
                frame.by,
                choices=chosen_reading(NEXT),
                watch=watch,
            )
            follow(frame, started)
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
    st.rerun()


def draw_list(listed: list[ImportView]) -> ImportView | None:
    """Draw one line an import, the newest first, and return the chosen one."""
    lines = pd.DataFrame(
        {
            "No.": [view.number for view in listed],
            "File": [view.title for view in listed],
            "Recognised as": [recognised(view) for view in listed],
            "Rows": [view.rows_stored for view in listed],
            "Quarantined": [view.rows_quarantined for view in listed],
            "Columns": [view.columns for view in listed],
            "Size": [words.size(view.size_bytes) for view in listed],
            "State": [STATE_WORDS[view.state] for view in listed],
        }
    )
    event = st.dataframe(
        lines,
        hide_index=True,
        key="imports",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            "No.": st.column_config.NumberColumn(width=45),
            "File": st.column_config.TextColumn(width=260),
            "Rows": st.column_config.NumberColumn(format="localized"),
            "Quarantined": st.column_config.NumberColumn(format="localized"),
        },
        alt="Imports of this migration with what each file was recognised as",
    )
    chosen = event.selection.rows
    return listed[chosen[0]] if chosen else None


frame = open_page("upload")
dropped = st.file_uploader(
    "Inventory exports: CSV, text or Excel, several at once",
    accept_multiple_files=True,
    max_upload_size=settings().MAX_UPLOAD_MB,
    key=f"drop-{st.session_state.get('uploads', 0)}",
)
with st.expander("How the files dropped next are written", icon=":material/tune:", key="reading"):
    st.caption(
        "Detected, unless you say otherwise here. A file that was refused is not kept: choose, and drop it again."
    )
    draw_reading(AS_DETECTED, NEXT)
if dropped:
    receive(frame, dropped)
listed = imports.listed(frame.work, frame.migration.id)[::-1]
if not listed:
    st.caption("Nothing uploaded yet. Drop the exports of your CMDB, hypervisor, discovery tool or spreadsheets above.")
else:
    chosen = draw_list(listed)
    if chosen is not None:
        draw_details(frame, chosen)
