"""The page at /agents: what runs, how far it is and what came of it, polled while something goes on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame, open_page
from pages._tables import share_bar
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.services import activity
from platform_core.services.activity import RunView

POLL_SECONDS = 2
MIRROR = "activity"
"""Session state: the events of the chosen run seen so far, as {"run": id, "last": event id, "events": [...]}."""


def draw_runs(frame: Frame) -> None:
    """Draw the filters and the live part."""
    first, second = st.columns(2)
    kind = first.selectbox(
        "What", ["", *RunKind], format_func=lambda k: k.capitalize() or "Any", key="what", bind="query-params"
    )
    status = second.selectbox(
        "State", ["", *RunStatus], format_func=lambda s: s.capitalize() or "Any", key="state", bind="query-params"
    )
    busy = bool(activity.active(frame.work, frame.migration.id))
    live = st.fragment(draw_live, run_every=POLL_SECONDS if busy else None)
    live(frame, kind or "", status or "")


def draw_live(frame: Frame, kind: str, status: str) -> None:
    """Draw the list of runs and the chosen one; polls its new events into session state."""
    runs = activity.runs(frame.work, frame.migration.id, status=status, kind=kind)
    if not runs:
        st.caption("No run yet. Reading a file, building the inventory and planning waves are listed here as they run.")
        return
    left, right = st.columns([3, 2])
    with left:
        chosen = draw_list(runs)
    with right:
        draw_run(frame, chosen)


def draw_list(runs: list[RunView]) -> RunView:
    """Draw one line a run and return the chosen one."""
    table = pd.DataFrame(
        {
            "Run": [run.id for run in runs],
            "What": [run.kind.capitalize() for run in runs],
            "Object": [run.object for run in runs],
            "By": [run.actor.capitalize() for run in runs],
            "State": [run.status.capitalize() for run in runs],
            "Progress": [words.points(run.progress) for run in runs],
            "Seconds": [run.seconds for run in runs],
            "Started": [words.clock(run.started_at) for run in runs],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="runs",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            "Progress": share_bar(85),
            "Run": st.column_config.NumberColumn(width=50),
            "Seconds": st.column_config.NumberColumn(format="%.1f"),
        },
        alt="Runs with state, progress and duration",
    )
    rows = [row for row in event.selection.rows if row < len(runs)]
    return runs[rows[0] if rows else 0]


def draw_run(frame: Frame, run: RunView) -> None:
    """Draw one run: what it is about, its events, and the way to stop it."""
    st.subheader(f"Run {run.id}: {run.kind}")
    st.caption(
        f"{words.plain(run.object)} · {run.status} · {run.seconds:,.1f} s · started by {words.plain(run.started_by)}"
    )
    if run.error:
        st.error(words.plain(run.error), icon=":material/error:")
    if not run.status.is_over and st.button("Cancel", key=f"stop-{run.id}", icon=":material/close:"):
        activity.cancel(frame.work, run.id, frame.by)
    with st.container(gap=None):
        for event in mirrored(frame, run.id):
            st.caption(f"{event.at:%H:%M:%S} · {words.percent(event.progress)} · {words.plain(event.text)}")


def mirrored(frame: Frame, run_id: int) -> list[activity.RunEvent]:
    """Fetch what happened since the last look into session state and return all of it."""
    mirror = st.session_state.get(MIRROR)
    if mirror is None or mirror["run"] != run_id:
        mirror = st.session_state[MIRROR] = {"run": run_id, "last": 0, "events": []}
    fresh = activity.events(frame.work, run_id, after=mirror["last"])
    mirror["events"].extend(fresh)
    mirror["last"] = fresh[-1].id if fresh else mirror["last"]
    return list(mirror["events"])


frame = open_page("agents")
draw_runs(frame)
