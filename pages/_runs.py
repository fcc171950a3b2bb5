"""Runs as pages start and follow them: begun with a click, one quiet line while they go on, opened when done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages import _words as words
from pages._address import go
from pages._outcomes import named, opens, tell_outcome
from pages._telling import tell, telling
from platform_core.domain.runs import RunStatus
from platform_core.errors import NotFound
from platform_core.services import activity, work
from platform_core.services.activity import RunView
from platform_core.services.requests import Request
from platform_core.services.work import Started

if TYPE_CHECKING:
    from pages._frame import Frame

POLL_SECONDS = 2
AWAITED = "awaited"
"""Session state: the runs this analyst waits for, each with the page on which it was asked for."""
BUSY = "busy"
"""Session state: whether a run went on at the last look."""
ACTIVITY = "agents"
"""The page that shows what goes on by itself."""
DONE = "done"
"""Session state: runs that ended while the analyst was on another page, to be offered there."""


def begin(frame: Frame, request: Request) -> None:
    """Start what is asked for: done with a bar while one looks on when it is small, else left to a worker."""
    bar = st.progress(0.0)
    with telling():
        watch = lambda share, text: bar.progress(share, text=words.plain(text))  # noqa: E731
        follow(frame, work.start(frame.store, request, frame.by, watch=watch))


def follow(frame: Frame, started: Started) -> None:
    """Tell what came of a request, now where it is done, else as soon as its run is over."""
    if started.outcome is not None:
        tell_outcome(frame, activity.run(frame.work, started.run_id))
        return
    st.session_state.setdefault(AWAITED, {})[started.run_id] = frame.url_path
    if started.joined:
        tell("This is under way already", icon=":material/hourglass_top:")


def settle(frame: Frame) -> None:
    """Tell of the runs this analyst waited for that are over by now."""
    for run in _ended(frame):
        page = st.session_state[AWAITED].pop(run.id)
        with telling():
            tell_outcome(frame, run)
        if page != frame.url_path and opens(run) is not None:
            st.session_state.setdefault(DONE, {})[run.id] = run


def draw_runs_line(frame: Frame) -> None:
    """Draw the runs of the migration that go on, each with its progress and the way to stop it; then what is done."""
    if frame.url_path != ACTIVITY and activity.active(frame.work, frame.migration.id):
        _draw_running(frame)
    for run in list(st.session_state.get(DONE, {}).values()):
        _draw_done(run)


def has_news(frame: Frame) -> bool:
    """Tell whether the whole page should be drawn anew: a run that is awaited ended, or the last one that went on."""
    going_on = bool(activity.active(frame.work, frame.migration.id))
    was_going_on = bool(st.session_state.get(BUSY))
    st.session_state[BUSY] = going_on
    return bool(_ended(frame)) or (was_going_on and not going_on)


def draw_progress(frame: Frame, run: RunView, *, place: int = 0) -> None:
    """Draw a run that goes on or waits (as number `place` of the queue) with the way to stop it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(run.progress, text=words.plain(f"{named(run)}: {_state(run, place)}"))
        if st.button("Cancel", key=f"cancel-{run.id}", type="tertiary", icon=":material/close:"):
            activity.cancel(frame.work, run.id, frame.by)
            st.rerun()


@st.fragment(run_every=POLL_SECONDS)
def _draw_running(frame: Frame) -> None:
    if has_news(frame):
        st.rerun()
    for run in activity.active(frame.work, frame.migration.id):
        draw_progress(frame, run)


def _state(run: RunView, place: int) -> str:
    if run.status is RunStatus.QUEUED:
        return f"number {place} in the queue" if place else "waits for its turn"
    if run.status is RunStatus.LOST:
        return "its worker went away; another one goes on from there"
    return run.text or "begun"


def _draw_done(run: RunView) -> None:
    target = opens(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/check: {words.plain(named(run))} is done.", width="content")
        if target is not None and st.button("Open", key=f"open-{run.id}", type="tertiary"):
            del st.session_state[DONE][run.id]
            go(target[0], **target[1])
        if st.button("Dismiss", key=f"dismiss-{run.id}", type="tertiary"):
            del st.session_state[DONE][run.id]
            st.rerun()


def _ended(frame: Frame) -> list[RunView]:
    """Return the awaited runs that are over; one whose migration was deleted meanwhile is awaited no more."""
    awaited = st.session_state.get(AWAITED, {})
    found = []
    for run_id in list(awaited):
        try:
            run = activity.run(frame.work, run_id)
        except NotFound:
            del awaited[run_id]
            continue
        if not run.is_open:
            found.append(run)
    return found
