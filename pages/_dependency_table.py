"""A table of dependencies, and the form that decides about those selected in it, or about all that are listed."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._tables import draw_pages
from pages._telling import tell, telling
from platform_core.domain.dependencies import DependencyFilter, DependencyState, DependencyVerdict
from platform_core.services import dependency_decisions, dependency_list
from platform_core.services.dependency_list import DependencyPage, ListedDependency

PAGE_SIZE = 25
STATES = {
    DependencyState.OPEN: "not decided",
    DependencyState.CONFIRMED: "confirmed",
    DependencyState.REJECTED: "rejected",
    DependencyState.ADDED: "added",
    DependencyState.NOISE: "noise",
    DependencyState.OUTSIDE: "outside the inventory",
}
DECISIONS = {
    DependencyVerdict.CONFIRMED: "Confirm",
    DependencyVerdict.REJECTED: "Reject",
    None: "Take back",
}


def draw_table(frame: Frame, wanted: DependencyFilter, page_key: str, of_what: str) -> DependencyPage:
    """Draw one page of the dependencies that pass the filter, and deciding about them; `of_what` names all of them."""
    offset = (int(st.session_state.get(page_key) or 1) - 1) * PAGE_SIZE
    page = dependency_list.page(frame.work, frame.migration.id, wanted, offset=offset, limit=PAGE_SIZE)
    if not page.lines and offset:
        page = dependency_list.page(frame.work, frame.migration.id, wanted, limit=PAGE_SIZE)
    if not page.lines:
        st.caption("No dependency is like this.")
        return page
    state = crc32(f"{wanted.model_dump_json()}{page.revision}{page.decided}{page.lines[0].number}".encode())
    event = st.dataframe(
        table_of(page.lines),
        hide_index=True,
        placeholder=words.DASH,
        key=f"{page_key}-table-{state}",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Port": st.column_config.NumberColumn(format="%d", width=65),
            "Weight": st.column_config.NumberColumn(format="localized", width=75),
            "State": st.column_config.TextColumn(width=110),
        },
        alt="Dependencies with owners, weight and what was decided",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_pages(page.total, PAGE_SIZE, page_key)
        counted = words.counted(page.total, "dependency", "dependencies")
        st.caption(f"{counted}, weight {words.number(round(page.weight, 1))}", width="content")
    chosen = [page.lines[row] for row in event.selection.rows if row < len(page.lines)]
    draw_decision(frame, page, chosen, wanted, of_what)
    return page


def table_of(lines: Sequence[ListedDependency]) -> pd.DataFrame:
    """Return the table's rows."""
    return pd.DataFrame(
        {
            "Needs": [line.source for line in lines],
            "Its owner": [line.source_owner or words.DASH for line in lines],
            "Needed": [line.target for line in lines],
            "Owner": [line.target_owner or words.DASH for line in lines],
            "Port": [line.port for line in lines],
            "Over": [over(line) for line in lines],
            "Weight": [line.weight for line in lines],
            "State": [STATES[line.state] for line in lines],
            "Why": [f"{line.reason} ({line.by})" if line.reason else words.DASH for line in lines],
        }
    )


def over(line: ListedDependency) -> str:
    """Return protocol, process and service of a dependency in a few words."""
    parts = (line.protocol, line.process, line.service)
    return " · ".join(part for part in parts if part) or words.DASH


def draw_decision(
    frame: Frame, page: DependencyPage, chosen: Sequence[ListedDependency], wanted: DependencyFilter, of_what: str
) -> None:
    """Draw the form that confirms, rejects or takes back."""
    with st.container(border=True, key="decide-dependencies"):
        st.markdown(f"**{len(chosen):,} selected**" if chosen else "**Select rows to decide about them, or take**")
        everything = st.checkbox(
            f"All {words.counted(page.total, 'dependency', 'dependencies')} {of_what}",
            key=f"all-{crc32(of_what.encode())}",
        )
        count = page.total if everything else len(chosen)

        def send() -> None:
            verdict, reason = st.session_state["verdict"], st.session_state["verdict-reason"]
            with telling():
                numbers = [line.number for line in chosen]
                if everything:
                    numbers = dependency_list.numbers(frame.work, frame.migration.id, wanted)
                decided = dependency_decisions.decide(
                    frame.work, frame.migration.id, numbers, verdict, reason, frame.by, seen_revision=page.revision
                )
                tell(f"Decided about {words.counted(decided, 'dependency', 'dependencies')}")

        if count:
            with (
                st.form("decide-dependencies-form", border=False),
                st.container(horizontal=True, vertical_alignment="bottom"),
            ):
                st.selectbox("Decision", list(DECISIONS), format_func=DECISIONS.__getitem__, key="verdict", width=160)
                st.text_input("Reason", max_chars=1_000, key="verdict-reason")
                st.form_submit_button(f"Decide {count:,}", key="decide", type="primary", on_click=send)
        st.caption(
            "Confirmed counts over a noise port too. Rejected counts for nothing: not in the graph, the move groups, "
            "the plan or the report. Both stay when the inventory is built again."
        )
