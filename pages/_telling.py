"""Telling the analyst what happened: errors as sentences that stay, successes in passing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages import _words as words
from platform_core.errors import WorkbenchError

TOLD = "told"
"""Session state: what to tell on the next run, as (icon or "error", text)."""


def tell(text: str, *, icon: str = ":material/check:") -> None:
    """Say `text` on the next run, briefly."""
    st.session_state.setdefault(TOLD, []).append((icon, text))


def tell_error(error: WorkbenchError) -> None:
    """Say on the next run what went wrong and what to do."""
    tell_failure(str(error))


def tell_failure(text: str) -> None:
    """Say on the next run, until it is run again, that something did not work."""
    st.session_state.setdefault(TOLD, []).append(("error", text))


@contextmanager
def telling() -> Iterator[None]:
    """Turn an error of the workbench inside the block into a sentence on the page."""
    try:
        yield
    except WorkbenchError as error:
        tell_error(error)


def is_chosen(file: object | None) -> bool:
    """Tell whether a form was sent with a file; without one, say so on the next run."""
    if file is None:
        tell_failure("No file is chosen, so nothing was taken. Choose one first.")
    return file is not None


def show_told() -> None:
    """Draw what was to be told."""
    for icon, text in st.session_state.pop(TOLD, []):
        if icon == "error":
            st.error(words.plain(text), icon=":material/error:")
        else:
            st.toast(words.plain(text), icon=icon)
