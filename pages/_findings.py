"""What the build of the inventory found in the imports, but for values that could not be read: `_refused` has those."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core.domain.inventory import IssueKind
from platform_core.reference import catalogue
from platform_core.services import inventories

ISSUE_WORDS = {
    IssueKind.CONFLICT: "Two imports disagree",
    IssueKind.NO_IDENTITY: "Row names nothing",
    IssueKind.GONE: "Not in the newest export",
    IssueKind.UNRESOLVED: "Dependency end not in the inventory",
}


def draw_import_findings(frame: Frame) -> None:
    """Draw the findings of the imports by kind and field, and the rows of the chosen ones."""
    st.subheader("Findings of the imports", anchor=False)
    chosen = choose_findings(frame)
    if chosen is not None:
        draw_findings(frame, *chosen)


def choose_findings(frame: Frame) -> tuple[IssueKind, str | None] | None:
    """Draw the groups of findings and return the chosen one."""
    groups = [each for each in inventories.issue_groups(frame.work, frame.migration.id) if each[0] in ISSUE_WORDS]
    if not groups:
        st.caption("Nothing was found wrong.")
        return None
    table = pd.DataFrame(
        {
            "Finding": [ISSUE_WORDS[kind] for kind, _, _ in groups],
            "Field": [catalogue()[field].label if field in catalogue() else words.DASH for _, field, _ in groups],
            "Rows": [number for _, _, number in groups],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="findings",
        on_select="rerun",
        selection_mode="single-row-required",
        alt="Findings by kind and field",
    )
    rows = [row for row in event.selection.rows if row < len(groups)]
    return groups[rows[0] if rows else 0][:2]


def draw_findings(frame: Frame, kind: IssueKind, field: str | None) -> None:
    """Draw the rows of one group of findings."""
    found = inventories.findings(frame.work, frame.migration.id, kind, field)
    rows = pd.DataFrame(
        [(f.text, f.raw, f.file_name, f.line) for f in found], columns=["What was found", "As read", "File", "Line"]
    )
    st.dataframe(rows, hide_index=True, alt="The rows of the chosen finding")
