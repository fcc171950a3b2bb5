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
from platform_core.domain.runs import RunStatus
from platform_core.reference import catalogue
from platform_core.services import activity, applying, comparing, work
from platform_core.services.activity import RunView
from platform_core.services.applying import TryOut
from platform_core.services.imports import ImportView
from platform_core.services.mappings import ColumnView
from platform_core.services.requests import Apply, Compare, Withdraw

PREVIEW_ROWS = 20
OPENED = "applying"
"""Session state: the import of which it is shown what applying would change."""


def draw_apply(frame: Frame, view: ImportView) -> None:
    """Draw the button that asks what applying the mapping would change, or takes an applied import back out."""
    if view.state is ImportState.APPLIED:
        st.caption(":material/check_circle: Part of the inventory.", width="content")
        with st.popover("Take out of the inventory"):
            st.markdown(
                f"What only {words.plain(view.title)} tells leaves the inventory; strategies and risks are worked out "
                "anew, and the plan is out of date. Its mapping stays: applying it brings everything back."
            )
            if st.button("Take it out", key="withdraw"):
                withdraw(frame, view)
        return
    if view.state is ImportState.SET_ASIDE:
        st.caption(":material/history: Replaced by a newer export. Take that one out and this one counts again.")
        return
    if st.session_state.get(OPENED) == view.id:
        return

    def ask() -> None:
        st.session_state[OPENED] = view.id

    icon = ":material/play_arrow:"
    st.button("Apply mapping", type="primary", key="apply", icon=icon, shortcut="Ctrl+Enter", on_click=ask)


def draw_confirmation(
    frame: Frame, view: ImportView, columns: list[ColumnView], unanswered: Sequence[str] = ()
) -> None:
    """Say what applying changes in numbers, as soon as that is worked out, then do it.

    It is worked out anew when the mapping or the inventory changed since: an older answer is never shown.
    """
    if st.session_state.get(OPENED) != view.id or view.state is not ImportState.REVIEW:
        return
    undecided = sum(column.needs_decision for column in columns)
    with st.container(border=True, key="confirm"):
        st.subheader("What applying would change", anchor=False)
        use = bool(undecided) and st.toggle(
            f"Also use the {undecided} suggestions that nobody decided", key=f"use-undecided-{view.id}", value=False
        )
        request = comparing.request(frame.work, view.id, undecided=use)
        number = work.latest(frame.store, request, frame.by)
        run = activity.run(frame.work, number) if number is not None else None
        if run is None or not (run.is_open or run.status is RunStatus.COMPLETED):
            draw_comparing(frame, request, run)
        elif run.is_open:
            st.caption("The comparison goes on; its progress is shown above. You can work on meanwhile.")
            draw_later()
        else:
            draw_found(frame, view, TryOut.model_validate(run.result["found"]), unanswered, undecided=use)


def draw_comparing(frame: Frame, request: Compare, before: RunView | None) -> None:
    """Begin to compare; where that was stopped or failed before, only when the analyst asks again."""
    if before is not None:
        st.caption(words.plain(before.error or "The comparison did not come to an end."))
        with st.container(horizontal=True):
            again = st.button("Compare again", key="compare-again")
            draw_later()
        if not again:
            return
    begin(frame, request)
    st.rerun()


def draw_found(frame: Frame, view: ImportView, found: TryOut, unanswered: Sequence[str], *, undecided: bool) -> None:
    """Draw what a comparison came to, and the button that applies the mapping."""
    renewal = draw_renewal(found, view.id)
    counts = {
        **({} if renewal else {"Created": found.created, "Updated": found.updated}),
        "Dependencies": found.dependencies,
        "Rows skipped": found.skipped,
        "Quarantined": view.rows_quarantined,
    }
    draw_counts(counts)
    st.caption(f"{found.columns} of {view.columns} columns are used.")
    if unanswered:
        names = ", ".join(unanswered)
        st.caption(f"Cells that can be read in two ways stay empty until somebody says which: {words.plain(names)}.")
    with st.container(horizontal=True):
        sent = st.button("Apply", type="primary", key="apply-now", disabled=not found.columns)
        draw_later()
    if sent:
        st.session_state.pop(OPENED, None)
        begin(frame, Apply(import_id=view.id, undecided=undecided, seen_version=view.version, **renewal))
        st.rerun()


def draw_later() -> None:
    """Draw the button that puts away what applying would change; it stays worked out."""
    st.button("Not now", key="apply-later", on_click=lambda: st.session_state.pop(OPENED, None))


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
