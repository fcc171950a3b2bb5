"""Choices that live in the address under stable words, whatever the labels on screen say (a label may hold a count)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

NONE = "-"
"""In the address: nothing is chosen, where something is by default."""


def linked(name: str, default: Sequence[str] = ()) -> list[str]:
    """Return what the address says of `name`, and let the widget with the key `name` show it."""
    said = st.query_params.get_all(name) if name in st.query_params else list(default)
    values = [value for value in said if value != NONE]
    key = widget_key(name)
    if st.session_state.get(key) != values:
        st.session_state[key] = values
    return values


def linked_one(name: str, options: Sequence[str], default: str) -> str:
    """Return the one of `options` that the address names, and let the widget with the key `name` show it."""
    said = st.query_params.get(name, default)
    value = said if said in options else default
    key = widget_key(name)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    return value


def linked_choice(name: str, options: Sequence[str]) -> str | None:
    """Return the one of `options` that the address names, None = none, and let the widget of `name` show it."""
    said = st.query_params.get(name, "").lower()
    value = said if said in options else None
    if st.session_state.get(widget_key(name)) != value:
        st.session_state[widget_key(name)] = value
    return value


def linked_text(name: str) -> str:
    """Return the text that the address says of `name`, and let the widget with the key `name` show it."""
    value = st.query_params.get(name, "")
    if st.session_state.get(widget_key(name)) != value:
        st.session_state[widget_key(name)] = value
    return value


def widget_key(name: str) -> str:
    """Return the key of the widget that shows `name` of the address."""
    return f"chosen-{name}"


def link(name: str, default: str | Sequence[str] = "", then: Callable[[], None] | None = None) -> None:
    """Write what the widget of `name` shows into the address: the callback of that widget."""
    shown = st.session_state[widget_key(name)]
    if shown in (default, list(default)) or shown is None:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = shown or [NONE]
    if then is not None:
        then()
