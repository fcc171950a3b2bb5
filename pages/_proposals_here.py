"""Agents' proposals where they matter: beside the engine's suggestion, settled on the page they concern."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._proposals import accept, draw_evidence, draw_waiting, put_aside
from platform_core.services import proposals


def draw_proposals_here(frame: Frame, kind: str, *, import_id: int | None = None, plan_id: int | None = None) -> None:
    """Draw one closed line with the open proposals of one kind ("column", "strategy" …); nothing where there are none.

    `import_id` keeps those about the columns of one import, `plan_id` those about one plan.
    """
    waiting = proposals.waiting(frame.work, frame.migration.id, kind, import_id=import_id, plan_id=plan_id)
    if not waiting:
        return
    differing = sum(not view.agrees for view in waiting)
    beside = f"{differing:,} of them say otherwise than the engine" if differing else "all say what the engine says"
    label = f"{words.counted(len(waiting), 'proposal')} of agents: {beside}"
    with st.expander(label, icon=":material/smart_toy:", key=f"here-{kind}"):
        draw_waiting(frame, waiting, key=f"here-{kind}-list")


def draw_proposals_on_column(frame: Frame, import_id: int, position: int) -> None:
    """Draw what agents propose about one column of an import."""
    draw_proposals_on(frame, "column", proposals.column_item(position), import_id=import_id)


def draw_proposals_on(frame: Frame, kind: str, item: str, *, import_id: int | None = None) -> None:
    """Draw what agents propose about one item, each with its evidence and the two ways to settle it."""
    for view in proposals.waiting(frame.work, frame.migration.id, kind, import_id=import_id, item=item):
        with st.container(border=True, key=f"proposal-{view.id}"):
            draw_evidence(view)
            with st.container(horizontal=True):
                if st.button("Accept", key=f"accept-{view.id}", icon=":material/check:"):
                    accept(frame, [view])
                if st.button("Put aside", key=f"put-aside-{view.id}", icon=":material/close:", type="tertiary"):
                    put_aside(frame, [view])
