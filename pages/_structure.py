"""The whole dependency graph: connected groups, cycles, and hubs with the reason why each is one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from platform_core.services.graphs import HubView, Structure

SHOWN, NAMED = 100, 12


def draw_structure(structure: Structure) -> None:
    """Draw what hangs together, what needs each other, and shared infrastructure."""
    known = structure.dependencies - structure.unresolved
    st.caption(
        f"{words.counted(structure.dependencies, 'dependency', 'dependencies')} that nobody rejected; both ends of "
        f"{known:,} are in the inventory."
    )
    st.subheader("Hubs", anchor=False)
    st.caption("Shared infrastructure that belongs to no application's move.")
    draw_hubs(structure.hubs[:SHOWN])
    left, right = st.columns(2)
    with left:
        st.subheader("Cycles", anchor=False)
        st.caption("Applications that all need each other, directly or through others: they have no order to move in.")
        draw_parts(structure.cycles, "Cycles of applications")
    with right:
        st.subheader("Connected groups", anchor=False)
        st.caption("What dependencies connect, whatever their direction; nothing crosses from one to another.")
        draw_parts(structure.components, "Connected groups of applications")


def draw_hubs(hubs: Sequence[HubView]) -> None:
    """Draw what very many need, with why it counts as shared."""
    if not hubs:
        st.caption("None.")
        return
    st.dataframe(
        pd.DataFrame([(hub.name, hub.fan_in, hub.text) for hub in hubs], columns=["Asset", "Needed by", "Why"]),
        hide_index=True,
        column_config={
            "Asset": st.column_config.TextColumn(width=200),
            "Needed by": st.column_config.NumberColumn(width=90),
        },
        alt="Hubs with the reason for each",
    )


def draw_parts(parts: Sequence[Sequence[str]], alt: str) -> None:
    """Draw groups of names, the largest first."""
    rows = [(len(part), ", ".join(part[:NAMED]) + (" …" if len(part) > NAMED else "")) for part in parts[:SHOWN]]
    if not rows:
        st.caption("None.")
        return
    st.dataframe(
        pd.DataFrame(rows, columns=["Members", "Names"]),
        hide_index=True,
        column_config={"Members": st.column_config.NumberColumn(width=80)},
        alt=alt,
    )
    if len(parts) > SHOWN:
        st.caption(f"and {len(parts) - SHOWN:,} smaller ones")
