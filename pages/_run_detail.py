"""One run: what it is about, how far it is, its events as they happen, and what can be done about it."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._address import go
from pages._frame import Frame
from pages._outcomes import opens
from pages._runs import follow
from pages._telling import telling
from platform_core.domain.agents import AgentEventKind
from platform_core.domain.runs import EventKind, RunStatus
from platform_core.monitor import Event
from platform_core.services import activity, agent_activity, work
from platform_core.services.activity import RunView

MIRROR = "activity"
"""Session state: the events of the chosen run seen so far, as {"run": id, "events": [...]}."""
SHOWN_EVENTS = 100
FEW_EVENTS, EVENTS_HEIGHT = 14, 320
"""More events than this scroll in a box of so many pixels, so that what follows stays in sight."""


def draw_run(frame: Frame, run: RunView) -> list[Event]:
    """Draw one run, its events, and the ways to open, repeat and take away what it came to; returns the events."""
    st.subheader(f"Run {run.id}: {run.kind}")
    st.caption(words.plain(run.object) + f" · {run.status} · {_timing(run)} · started by {words.plain(run.started_by)}")
    if run.error:
        named = run.reference and run.reference not in run.error
        st.error(words.plain(run.error) + (f" Reference {run.reference}." if named else ""), icon=":material/error:")
    elif run.status is RunStatus.LOST:
        st.warning(_lost(run), icon=":material/heart_broken:")
    draw_actions(frame, run)
    events = mirrored(frame, run.id)
    told = [event for event in events if event.data.get("kind") != AgentEventKind.CREW]
    if len(told) > SHOWN_EVENTS:
        st.caption(f"The last {SHOWN_EVENTS} of {len(told):,} events; all of them are in the file.")
    with st.container(gap=None, height=EVENTS_HEIGHT if len(told) > FEW_EVENTS else "content", border=False):
        for event in told[-SHOWN_EVENTS:]:
            icon = ":material/flag: " if event.kind is EventKind.STATE else ""
            moment = f"{words.here(event.at):%H:%M:%S}"
            st.caption(f"{moment} · {words.percent(event.progress)} · {icon}{words.plain(event.text)}")
    return events


def draw_actions(frame: Frame, run: RunView) -> None:
    """Draw what can be done about a run that is over."""
    with st.container(horizontal=True):
        target = opens(run)
        if target is not None and st.button("Open", key=f"open-run-{run.id}", icon=":material/open_in_new:"):
            go(target[0], **target[1])
        if run.can_be_repeated and st.button("Begin again", key=f"retry-{run.id}", icon=":material/replay:"):
            with telling():
                follow(frame, work.retry(frame.store, run.id, frame.by))
            st.rerun()
        st.download_button(
            "Download",
            lambda: agent_activity.as_json(frame.store, run.id),
            file_name=f"run-{run.id}.json",
            mime="application/json",
            on_click="ignore",
            key=f"export-{run.id}",
            type="tertiary",
            icon=":material/download:",
            help="All that is kept of this run, as JSON.",
        )


def mirrored(frame: Frame, run_id: int) -> list[Event]:
    """Fetch what happened since the last look into session state and return all of it."""
    mirror = st.session_state.get(MIRROR)
    if mirror is None or mirror["run"] != run_id:
        mirror = st.session_state[MIRROR] = {"run": run_id, "events": []}
    seen: list[Event] = mirror["events"]
    seen.extend(activity.events(frame.store, run_id, after=seen[-1].id if seen else 0))
    return list(seen)


def _timing(run: RunView) -> str:
    if run.status is RunStatus.QUEUED:
        return f"waits for {run.waited:,.0f} s"
    waited = f" after {run.waited:,.1f} s of waiting" if run.waited >= 1 else ""
    again = f", attempt {run.attempt}" if run.attempt > 1 else ""
    return f"{run.seconds:,.1f} s{waited}{again}"


def _lost(run: RunView) -> str:
    if run.is_open:
        return "Its worker gives no sign of life. Another one goes on after the last finished step."
    return "Whoever carried this out gives no sign of life; what was not finished is not kept. Begin it again."
