"""The same export again: what changed since the last one, and its mapping with one click."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.imports import ImportState
from platform_core.services import saved_mappings
from platform_core.services.imports import ImportView
from platform_core.services.learning import label_of
from platform_core.services.saved_mappings import SavedMapping

NAMED = 6
"""So many new or missing columns are named; the others are counted."""


def draw_saved(frame: Frame, view: ImportView) -> None:
    """Draw what is different from the last import of this export, where there is one."""
    if view.state is ImportState.APPLIED:
        return
    saved = saved_mappings.saved_mapping(frame.work, view.id)
    if saved is None:
        return
    with st.container(border=True, key="saved-mapping"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(summary(saved), width="stretch")
            if saved.differences:
                st.button(
                    "Map as then", on_click=use, args=(frame, view, saved), key="use-saved", icon=":material/history:"
                )
        if saved.differences:
            with st.expander(f"{words.counted(len(saved.differences), 'column')} mapped otherwise", key="since-last"):
                draw_differences(saved)


def summary(saved: SavedMapping) -> str:
    """Return the comparison with the last import in a sentence or two."""
    told = [
        f"Same export as import {saved.number}, {words.plain(saved.title)}, applied {words.clock(saved.applied_at)}: "
        f"{words.counted(saved.same, 'column')} in both"
    ]
    told += [
        f"{len(found)} {what}: {names(found)}" for what, found in (("new", saved.new), ("gone", saved.gone)) if found
    ]
    return "; ".join(told) + "."


def names(headers: tuple[str, ...]) -> str:
    """Return the first headers by name and the others by count."""
    more = f" and {len(headers) - NAMED} more" if len(headers) > NAMED else ""
    return ", ".join(words.plain(header) or "unnamed" for header in headers[:NAMED]) + more


def use(frame: Frame, view: ImportView, saved: SavedMapping) -> None:
    """Settle the columns as they were settled then."""
    with telling():
        number = saved_mappings.use_saved(frame.work, view.id, saved.import_id, frame.by)
        tell(f"Settled {words.counted(number, 'column')} as in import {saved.number}")


def draw_differences(saved: SavedMapping) -> None:
    """Draw the columns that stand otherwise than they did then."""
    table = pd.DataFrame(
        {
            "Column": [each.header for each in saved.differences],
            "Then": [label_of(each.then) for each in saved.differences],
            "Now": [label_of(each.now) for each in saved.differences],
        }
    )
    st.dataframe(table, hide_index=True, alt="Columns mapped otherwise than in the last import of this export")
