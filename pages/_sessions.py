"""The sessions tab: keep the state under a name, look at a kept one, compare two, take its mappings over."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._session_comparison import draw_comparison
from pages._telling import tell, telling
from platform_core.charts import strategy_label
from platform_core.domain.sessions import KeptState
from platform_core.domain.strategy import Strategy
from platform_core.reference import catalogue
from platform_core.services import session_differences, session_merge, sessions
from platform_core.services.sessions import SessionView

SHOWN = 1_000
TWO = 2


def draw_sessions(frame: Frame) -> None:
    """Draw keeping a session, the list of those kept, and what is chosen of it."""
    draw_keeping(frame)
    kept = sessions.listed(frame.work, frame.migration.id)
    if not kept:
        st.caption(
            "No session is kept yet. Keep one before a review or a meeting: later it shows what changed and why."
        )
        return
    chosen = choose(kept)
    if not chosen:
        st.caption("Select a session to open it and compare it with now; select two to compare them.")
    elif len(chosen) == 1:
        draw_one(frame, chosen[0])
    else:
        compared = session_differences.compare(frame.work, chosen[0].id, chosen[1].id)
        draw_comparison(compared)


def draw_keeping(frame: Frame) -> None:
    """Draw the form that keeps the present state."""

    def send() -> None:
        name, note = st.session_state["session-name"], st.session_state["session-note"]
        with telling():
            tell(f"Kept {sessions.keep(frame.store, frame.migration.id, name, note, frame.by).name}")
            st.session_state["session-name"] = st.session_state["session-note"] = ""

    with st.form("keep-session", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Name of the session", max_chars=sessions.NAME_LENGTH, key="session-name", width=260)
        st.text_input("Note", max_chars=1_000, key="session-note", placeholder="What was done or decided")
        st.form_submit_button("Keep this state", icon=":material/bookmark_add:", key="session-keep", on_click=send)


def choose(kept: Sequence[SessionView]) -> list[SessionView]:
    """Draw the list and return what is selected, at most two."""
    table = pd.DataFrame(
        {
            "Session": [each.name for each in kept],
            "Kept": [words.clock(each.at) for each in kept],
            "By": [each.by for each in kept],
            "Assets": [each.figures.assets for each in kept],
            "Applications": [each.figures.applications for each in kept],
            "Ready to plan": [each.figures.ready for each in kept],
            "Severed (%)": [words.points(each.figures.severed) for each in kept],
            "Note": [each.note for each in kept],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="sessions",
        on_select="rerun",
        selection_mode="multi-row",
        placeholder=words.DASH,
        alt="Kept sessions, newest first",
    )
    rows = [row for row in event.selection.rows if row < len(kept)]
    if len(rows) > TWO:
        st.caption("More than two are selected; the first two are compared.")
    return [kept[row] for row in rows[:TWO]]


def draw_one(frame: Frame, session: SessionView) -> None:
    """Draw one session: what changed since, what it held, what can be taken over."""
    since, held, mappings = st.tabs(
        ["Changed since", "As it was", "Take mappings over"], key="session-tab", on_change="rerun"
    )
    if since.open:
        with since:
            draw_comparison(session_differences.compare(frame.work, session.id))
    if held.open:
        with held:
            draw_state(sessions.opened(frame.work, session.id))
            draw_removal(frame, session)
    if mappings.open:
        with mappings:
            draw_merge(frame, session)


def draw_state(state: KeptState) -> None:
    """Draw what a session held, as it was."""
    plan = f"plan {words.plain(state.plan.name)}" if state.plan else "no plan"
    st.caption(
        f"Read-only: {words.counted(state.assets, 'asset')} (revision {state.inventory_revision}), policy "
        f"{f'version {state.policy}' if state.policy else 'as shipped'}, {plan}."
    )
    waves = state.plan.wave_of if state.plan else {}
    strategies = pd.DataFrame(
        [
            (
                kept.name,
                _strategy(kept.decided),
                words.points(kept.confidence),
                _strategy(kept.override),
                waves.get(kept.name),
            )
            for kept in list(state.strategies.values())[:SHOWN]
        ],
        columns=["Application", "Strategy", "Confidence (%)", "Analyst's strategy", "Wave"],
    )
    st.dataframe(strategies, hide_index=True, placeholder=words.DASH, alt="Strategies and waves as they were kept")
    columns = pd.DataFrame(
        [
            (each.file_name, column.header, _field(column.field), column.unit, column.state, column.by)
            for each in state.imports
            for column in each.columns.values()
        ][:SHOWN],
        columns=["File", "Column", "Field", "Unit", "State", "By"],
    )
    st.dataframe(columns, hide_index=True, placeholder=words.DASH, alt="Mappings as they were kept")
    if max(len(state.strategies), sum(len(each.columns) for each in state.imports)) > SHOWN:
        st.caption(f"Of each, the first {SHOWN:,} are shown.")


def _strategy(value: str | None) -> str | None:
    return strategy_label(Strategy(value)) if value else None


def _field(key: str | None) -> str | None:
    return catalogue()[key].label if key and key in catalogue() else key


def draw_removal(frame: Frame, session: SessionView) -> None:
    """Draw taking a session off the list, asked once."""
    with st.popover("Remove this session", icon=":material/delete:", type="tertiary"):
        st.markdown(f"{words.plain(session.name)} and what it held would be lost; the migration itself stays as it is.")

        def remove() -> None:
            with telling():
                sessions.remove(frame.work, session.id, frame.by)
                tell(f"Removed {session.name}")

        st.button("Remove it", key="session-remove", on_click=remove)


def draw_merge(frame: Frame, session: SessionView) -> None:
    """Draw the columns in review that the session maps otherwise, and taking the chosen ones over."""
    lines = session_merge.offered(frame.work, session.id, frame.migration.id)
    if not lines:
        st.caption("No column that is in review now was mapped otherwise in this session.")
        return
    table = pd.DataFrame(
        {
            "Column": [line.header for line in lines],
            "File": [line.file_name for line in lines],
            "Now": [" ".join(filter(None, (_field(line.field), line.unit))) or None for line in lines],
            "In the session": [" ".join(filter(None, (_field(line.kept_field), line.kept_unit))) for line in lines],
            "By": [line.kept_by or None for line in lines],
            "Decided since": ["no" if line.open else "yes" for line in lines],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="merge",
        on_select="rerun",
        selection_mode="multi-row",
        placeholder=words.DASH,
        alt="Columns in review that the session maps otherwise",
    )
    chosen = [lines[row] for row in event.selection.rows if row < len(lines)]
    undecided = [line for line in lines if line.open]

    def take(wanted: Sequence[session_merge.MergeLine]) -> None:
        with telling():
            number = session_merge.take_over(frame.work, wanted, frame.by)
            tell(f"Decided {words.counted(number, 'column')} as in {session.name}")

    with st.container(horizontal=True):
        st.button(
            f"Take {len(chosen):,} selected over",
            key="merge-chosen",
            on_click=take,
            args=(chosen,),
            disabled=not chosen,
        )
        st.button(
            f"Take all {len(undecided):,} undecided over",
            key="merge-undecided",
            on_click=take,
            args=(undecided,),
            disabled=not undecided,
        )
    st.caption("Nothing reaches the inventory before the mapping is applied on the mapping review page.")
