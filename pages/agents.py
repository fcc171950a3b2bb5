"""The page at /agents: what runs, who carries it out, and what came of it; polled while something goes on."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._agent_mode import draw_mode
from pages._agent_work import draw_agent_work
from pages._ask import draw_ask
from pages._frame import Frame, open_page
from pages._proposals import draw_proposals
from pages._run_detail import draw_run
from pages._run_figures import draw_figures
from pages._runs import POLL_SECONDS, draw_progress, has_news
from pages._tables import draw_pages, one_page, share_bar
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.services import activity, agent_activity, setup, workers
from platform_core.services.activity import RunView

PAGE_SIZE = 25


def draw_runs(frame: Frame) -> None:
    """Draw what goes on now and the history with its filters; both are live while something goes on."""
    busy = bool(activity.active(frame.work, frame.migration.id))
    st.fragment(draw_now, run_every=POLL_SECONDS if busy else None)(frame)
    first, second = st.columns(2)
    kind = first.selectbox(
        "What", ["", *RunKind], format_func=lambda k: k.capitalize() or "Any", key="what", bind="query-params"
    )
    status = second.selectbox(
        "State", ["", *RunStatus], format_func=lambda s: s.capitalize() or "Any", key="state", bind="query-params"
    )
    st.fragment(draw_history, run_every=POLL_SECONDS if busy else None)(frame, kind or "", status or "")


def draw_now(frame: Frame) -> None:
    """Draw the runs that go on or wait, with progress and the way to stop them, and the workers."""
    if has_news(frame):
        st.rerun()
    active = activity.active(frame.work, frame.migration.id)
    at_work = workers.listed(frame.work)
    waiting = [run for run in active if run.status is RunStatus.QUEUED]
    for run in active:
        if run.status is not RunStatus.QUEUED:
            draw_progress(frame, run)
    if waiting:
        st.markdown(f"**{words.counted(len(waiting), 'run')} waiting**")
        for place, run in enumerate(waiting, 1):
            draw_progress(frame, run, place=place)
    held_up = [run for run in active if run.status in {RunStatus.QUEUED, RunStatus.LOST}]
    draw_workers(at_work, waits=bool(held_up), shared=setup.is_shared(frame.store))


def draw_workers(at_work: list[workers.WorkerView], *, waits: bool, shared: bool) -> None:
    """Say who carries out runs, and since when whoever is silent has been silent.

    Where several organisations share them, on which hosts they run is the operator's matter.
    """
    living = [worker for worker in at_work if worker.is_alive]
    if not living and waits:
        st.warning(
            "No worker is alive: what waits or was lost goes on as soon as one is started.", icon=":material/dns:"
        )
    elif not living:
        st.caption("No worker is alive: whatever is begun now is done by the page itself.")
    for number, worker in enumerate(at_work, 1):
        named = str(number) if shared else f"{words.plain(worker.host)}, process {worker.pid}"
        idle = "carries out none of your runs" if shared else "has nothing to do"
        holds = f"carries out {words.counted(len(worker.runs), 'run')}" if worker.runs else idle
        seen = f"sign of life {worker.silent_seconds:,.0f} s ago"
        state = f"{holds} · {seen}" if worker.is_alive else f"lost: no {seen}; its runs go to another worker"
        icon = ":material/favorite:" if worker.is_alive else ":material/heart_broken:"
        st.caption(f"{icon} Worker {named} · {state}")


def draw_history(frame: Frame, kind: str, status: str) -> None:
    """Draw one page of the runs and the chosen one."""
    runs, total = one_page(
        lambda offset: activity.runs(
            frame.work, frame.migration.id, status=status, kind=kind, offset=offset, limit=PAGE_SIZE
        ),
        PAGE_SIZE,
        "runs-page",
    )
    if not runs:
        none = "No run is like this." if kind or status else "No run yet."
        st.caption(f"{none} Reading a file, building the inventory and planning waves are listed here as they run.")
        return
    left, right = st.columns([7, 3])
    with left:
        chosen = draw_list(frame, runs)
        draw_pages(total, PAGE_SIZE, "runs-page")
    with right:
        events = draw_run(frame, chosen)
    draw_agent_work(frame, chosen, events)


def draw_list(frame: Frame, runs: list[RunView]) -> RunView:
    """Draw one line a run and return the chosen one."""
    spent = agent_activity.spent(frame.work, [run.id for run in runs])
    table = pd.DataFrame(
        {
            "Run": [run.id for run in runs],
            "What": [run.kind.capitalize() for run in runs],
            "Object": [run.object for run in runs],
            "State": [run.status.capitalize() for run in runs],
            "Progress": [words.points(run.progress) for run in runs],
            "Started": [words.clock(run.started_at) for run in runs],
            "Seconds": [run.seconds for run in runs],
            "By": [words.agent(run.actor) for run in runs],
            "Tokens": [spent[run.id].tokens if run.id in spent else None for run in runs],
            "Cost": [spent[run.id].cost if run.id in spent else None for run in runs],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="runs",
        on_select="rerun",
        selection_mode="single-row-required",
        placeholder=words.DASH,
        column_config={
            "Progress": share_bar(70),
            "Tokens": st.column_config.NumberColumn(format="localized", width=60),
            "Cost": st.column_config.NumberColumn(format="%.4f", width=60),
            "Run": st.column_config.NumberColumn(width=45),
            "What": st.column_config.TextColumn(width=60),
            "Object": st.column_config.TextColumn(width=105),
            "By": st.column_config.TextColumn(width=80),
            "State": st.column_config.TextColumn(width=80),
            "Started": st.column_config.TextColumn(width=60),
            "Seconds": st.column_config.NumberColumn(format="%.1f", width=62),
        },
        alt="Runs with state, progress and duration",
    )
    rows = [row for row in event.selection.rows if row < len(runs)]
    return runs[rows[0] if rows else 0]


frame = open_page("agents")
draw_mode(frame)
draw_ask(frame)
draw_proposals(frame)
draw_runs(frame)
draw_figures(frame)
