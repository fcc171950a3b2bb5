"""The page at /mapping: what each column means, settled inline; nothing is used before the mapping is applied."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._column_detail import draw_column
from pages._column_questions import draw_open_questions
from pages._frame import Frame, empty_state, not_here, open_page
from pages._mapping_apply import draw_apply, draw_confirmation, draw_preview
from pages._mapping_grid import draw_grid
from pages._proposals_here import draw_proposals_here, draw_proposals_on_column
from pages._saved_mapping import draw_saved
from pages._telling import tell, telling
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import Band, FileKind, MappingState
from platform_core.reference import catalogue
from platform_core.services import column_questions, imports, mappings
from platform_core.services.imports import ImportView
from platform_core.services.mappings import ColumnView, MappingCoverage


def choose_import(listed: list[ImportView]) -> ImportView:
    """Draw the choice of the import to review; the address names it, else the first that waits."""
    named = st.query_params.get("import", "")
    waiting = next((view for view in listed if view.state is ImportState.REVIEW), listed[0])
    start = next((view for view in listed if str(view.id) == named), waiting)
    if named and str(start.id) != named:
        not_here("The import of this link is not in this migration, or was removed. This is the first that waits.")
    by_id = {view.id: view for view in listed}

    def label(number: int) -> str:
        view = by_id[number]
        state = f"{view.to_review} to review" if view.state is ImportState.REVIEW else "in the inventory"
        return f"{view.number}. {view.title} ({state})"

    ids = list(by_id)
    chosen = st.selectbox("Import", ids, index=ids.index(start.id), format_func=label, key="mapping-import")
    st.query_params["import"] = str(chosen)
    return by_id[chosen]


def draw_kind(frame: Frame, view: ImportView) -> None:
    """Draw what the rows describe, changeable."""
    kinds = list(FileKind)

    def changed() -> None:
        with telling():
            kind = FileKind(st.session_state[f"kind-{view.id}"])
            mappings.set_kind(frame.work, view.id, kind, frame.by, seen_version=view.version)

    st.session_state[f"kind-{view.id}"] = view.kind
    st.selectbox(
        "Rows describe",
        kinds,
        format_func=lambda kind: kind.capitalize() if kind.is_inventory else f"{kind.capitalize()} (no inventory)",
        key=f"kind-{view.id}",
        on_change=changed,
        disabled=view.state is ImportState.APPLIED,
        help=words.plain("; ".join(view.kind_reasons)) or None,
    )


def draw_coverage(coverage: MappingCoverage) -> None:
    """Draw which of the attributes that planning needs are covered and which are missing."""
    if not coverage.needed:
        return
    if coverage.missing:
        labels = ", ".join(catalogue()[key].label for key in coverage.missing)
        st.caption(f"{coverage.covered} of {coverage.needed} critical attributes covered. Missing: {labels}.")
    else:
        st.caption(f"All {coverage.needed} critical attributes are covered.")


def draw_bulk(frame: Frame, view: ImportView, columns: list[ColumnView]) -> None:
    """Draw the acceptance of everything the mapper is sure of."""
    sure = [c for c in columns if c.state is MappingState.SUGGESTED and c.band is Band.ACCEPT and c.suggested_field]
    if not sure or view.state is ImportState.APPLIED:
        return
    least = min(column.confidence for column in sure)

    def accept() -> None:
        with telling():
            number = mappings.accept_band(frame.work, view.id, least, frame.by)
            tell(f"Accepted {number} columns")

    st.button(
        f"Accept {len(sure)} at {least:.0%} or more", on_click=accept, icon=":material/done_all:", key="accept-sure"
    )


frame = open_page("mapping")
listed = imports.listed(frame.work, frame.migration.id)
if not listed:
    empty_state("Nothing to review yet: there is no import.", action="Upload exports", to="upload")
else:
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        view = choose_import(listed)
    with right:
        draw_kind(frame, view)
    columns = mappings.columns(frame.work, view.id)
    draw_coverage(mappings.coverage(view.kind, columns))
    draw_saved(frame, view)
    draw_proposals_here(frame, "column", import_id=view.id)
    asked = column_questions.column_questions(frame.work, view.id)
    with st.container(horizontal=True, vertical_alignment="center", key="mapping-actions"):
        draw_apply(frame, view)
        draw_bulk(frame, view, columns)
    draw_confirmation(frame, view, columns, [question.header for question in asked if question.is_open])
    draw_open_questions(frame, view, asked)
    grid, detail = st.columns([7, 3])
    with grid:
        draw_grid(frame, view, columns)
    with detail:
        draw_proposals_on_column(frame, view.id, st.session_state.get(f"look-{view.id}", columns[0].position))
        draw_column(frame, view, columns, asked)
    draw_preview(frame, view)
