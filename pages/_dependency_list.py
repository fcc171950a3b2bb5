"""All dependencies of a migration: found by name, port, process or state, and decided about together."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._dependency_table import STATES, draw_table
from pages._frame import Frame
from platform_core.domain.dependencies import HIGHEST_PORT, DependencyFilter, DependencyState
from platform_core.services import dependency_list

PAGE_KEY = "dependencies_page"


def draw_list(frame: Frame) -> None:
    """Draw the filters and the table they leave."""
    counts = dependency_list.tally(frame.work, frame.migration.id)
    first, second, third = st.columns([3, 1, 2])
    text = first.text_input("Search", placeholder="Name of either end", key="find_dependency", bind="query-params")
    port = second.number_input(
        "Port", 0, HIGHEST_PORT, value=None, step=1, placeholder="Any", key="port", bind="query-params"
    )
    process = third.text_input("Process", placeholder="Any", key="process", bind="query-params")
    state = st.pills(
        "State",
        list(DependencyState),
        format_func=lambda one: f"{STATES[one].capitalize()} {counts[one]:,}",
        key="state",
        bind="query-params",
        label_visibility="collapsed",
    )
    wanted = DependencyFilter(text=text or "", port=port, process=process or "", state=state)
    draw_table(frame, wanted, PAGE_KEY, of_what(wanted))


def of_what(wanted: DependencyFilter) -> str:
    """Return in words which dependencies a filter leaves."""
    parts = [f"on port {wanted.port}"] if wanted.port is not None else []
    parts += [f"of process {words.plain(wanted.process)}"] if wanted.process else []
    parts += [f"named like “{words.plain(wanted.text)}”"] if wanted.text else []
    parts += [f"that are {STATES[wanted.state]}"] if wanted.state else []
    return " ".join(parts) or "of this migration"
