"""The page at /report: the plan as a document and as files, and the states that were kept on the way."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._frame import Frame, empty_inventory, open_page
from pages._sessions import draw_sessions
from platform_core.services import exports, inventories, reporting


def draw_report(frame: Frame) -> None:
    """Draw the figures and sections of the report with its downloads."""
    report = reporting.report(frame.work, frame.migration.id, frame.by)
    with st.container(horizontal=True):
        st.download_button(
            "Download the report",
            lambda: reporting.as_html(report),
            file_name="migration-report.html",
            mime="text/html",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
            key="download-report",
        )
        st.download_button(
            "Everything as one workbook",
            lambda: exports.everything_excel(frame.work, frame.migration.id),
            file_name="migration.xlsx",
            mime=exports.EXCEL,
            icon=":material/table_view:",
            on_click="ignore",
            key="download-workbook",
        )
    st.caption("The report is one HTML file that prints to PDF and needs no network.")
    with st.grid(4, min_column_width=170):
        for label, value in report.figures:
            st.metric(label, value, border=True)
    if report.unknown:
        st.subheader("What is not known")
        for sentence in report.unknown:
            st.caption(f":material/help: {words.plain(sentence)}")
    for section in report.sections:
        with st.expander(section.title):
            st.caption(words.plain(section.note))
            if section.rows:
                shown = [[words.shown(cell) for cell in row] for row in section.rows[:100]]
                st.dataframe(
                    {header: [row[i] for row in shown] for i, header in enumerate(section.headers)},
                    hide_index=True,
                    alt=section.title,
                )


frame = open_page("report")
if not inventories.kinds(frame.work, frame.migration.id):
    empty_inventory(frame, "There is nothing to report yet: the inventory is empty.")
else:
    document, kept = st.tabs(["Report", "Sessions"], key="tab", on_change="rerun", bind="query-params")
    if document.open:
        with document:
            draw_report(frame)
    if kept.open:
        with kept:
            draw_sessions(frame)
