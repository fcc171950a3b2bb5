"""Applying a mapping: what the assets will look like, what changes, then the step itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._renewal import draw_renewal
from pages._runs import begin
from platform_core.domain.imports import ImportState
from platform_core.reference import catalogue
from platform_core.services import applying
from platform_core.services.imports import ImportView
from platform_core.services.mappings import ColumnView
from platform_core.services.requests import Apply, Withdraw

PREVIEW_ROWS = 20


def draw_apply(frame: Frame, view: ImportView, columns: list[ColumnView], unanswered: Sequence[str] = ()) -> None:
    """Draw the button that applies the mapping, or takes an applied import back out.

    `unanswered` are the columns about which something is still asked.
    """
    if view.state is ImportState.APPLIED:
        st.caption(":material/check_circle: Part of the inventory.", width="content")
        if st.button("Take out of the inventory", key="withdraw"):
            withdraw(frame, view)
        return
    if view.state is ImportState.SET_ASIDE:
        st.caption(":material/history: Replaced by a newer export. Take that one out and this one counts again.")
        return
    undecided = sum(column.needs_decision for column in columns)
    if st.button("Apply mapping", type="primary", key="apply", icon=":material/play_arrow:", shortcut="Ctrl+Enter"):
        confirm(frame, view, undecided, unanswered)


@st.dialog("Apply mapping", width="medium")
def confirm(frame: Frame, view: ImportView, undecided: int, unanswered: Sequence[str]) -> None:
    """Say what applying does in numbers, then do it."""
    use = False
    if undecided:
        use = st.toggle(
            f"Also use the {undecided} suggestions that nobody decided", key=f"use-undecided-{view.id}", value=False
        )
    with st.spinner("Working out what changes", show_time=False):
        try_out = applying.try_out(frame.work, view.id, undecided=use)
    renewal = draw_renewal(try_out, view.id)
    counts = {
        **({} if renewal else {"Created": try_out.created, "Updated": try_out.updated}),
        "Dependencies": try_out.dependencies,
        "Rows skipped": try_out.skipped,
        "Quarantined": view.rows_quarantined,
    }
    draw_counts(counts)
    st.caption(f"{try_out.columns} of {view.columns} columns are used.")
    if unanswered:
        names = ", ".join(unanswered)
        st.caption(f"Cells that can be read in two ways stay empty until somebody says which: {words.plain(names)}.")
    if st.button("Apply", type="primary", key="apply-now", disabled=not try_out.columns):
        begin(frame, Apply(import_id=view.id, undecided=use, seen_version=view.version, **renewal))
        st.rerun()


def draw_counts(counts: Mapping[str, int]) -> None:
    """Draw figures beside each other."""
    for column, (label, number) in zip(st.columns(len(counts)), counts.items(), strict=True):
        column.metric(label, words.number(number))


def withdraw(frame: Frame, view: ImportView) -> None:
    """Take an import back out of the inventory; its mapping stays as it is."""
    begin(frame, Withdraw(import_id=view.id, seen_version=view.version))
    st.rerun()


def draw_preview(frame: Frame, view: ImportView) -> None:
    """Draw the first assets as they will be stored."""
    with st.expander("First assets as they will be stored", on_change="rerun", key="preview") as preview:
        if not preview.open:
            return
        assets = applying.preview(frame.work, view.id, rows=PREVIEW_ROWS)
        if not assets:
            st.caption("No asset comes out of these columns yet: map a name, host name or application.")
            return
        keys = [key for key in catalogue().keys if any(key in asset.values for asset in assets)]
        table = pd.DataFrame(
            {
                "Asset": [asset.name for asset in assets],
                "Kind": [asset.kind.capitalize() for asset in assets],
                **{catalogue()[key].label: [words.shown(asset.values.get(key)) for asset in assets] for key in keys},
            }
        )
        st.dataframe(table, hide_index=True, alt="The first assets this import yields")
