"""Learned mappings to take elsewhere, and those of another workbench to take over."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import is_chosen, tell, telling
from platform_core.learning.interchange import FILE_NAME
from platform_core.services import learning

MOST_MB = 20


def draw_exchange(frame: Frame) -> None:
    """Draw download and upload of what was learned."""
    with st.expander("Take learned mappings elsewhere", key="exchange", on_change="rerun") as box:
        if not box.open:
            return
        st.download_button(
            f"Download {FILE_NAME}",
            data=lambda: learning.export_mappings(frame.work, frame.migration.id),
            file_name=FILE_NAME,
            mime="application/json",
            on_click="ignore",
            key="download-mappings",
            icon=":material/download:",
        )
        with st.form("import-mappings", clear_on_submit=True, border=False):
            file = st.file_uploader("Take over the mappings of another workbench", type="json", max_upload_size=MOST_MB)
            if st.form_submit_button("Import", key="import-mappings-send"):
                if is_chosen(file):
                    take_over(frame, file.getvalue())
                st.rerun()


def take_over(frame: Frame, text: bytes) -> None:
    """Import a document and say what came of it."""
    with telling():
        taken = learning.import_mappings(frame.work, frame.migration.id, text, frame.by)
        known = f", {taken.known_before:,} known before" if taken.known_before else ""
        held = f"; {len(taken.held_back):,} count for their own export only" if taken.held_back else ""
        tell(f"Learned {words.counted(taken.learned, 'mapping')}{known}{held}")
