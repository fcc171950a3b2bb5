"""The panel beside the grid: one column's values, ranked candidates and evidence."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._column_questions import draw_question
from pages._feedback import rate
from pages._frame import Frame
from pages._tables import share_bar
from pages._telling import telling
from platform_core import charts
from platform_core.domain.imports import ImportState
from platform_core.reference import catalogue
from platform_core.services import mappings
from platform_core.services.column_questions import ColumnQuestion
from platform_core.services.imports import ImportView
from platform_core.services.mappings import Action, ColumnArgument, ColumnView, Decision


def draw_column(
    frame: Frame, view: ImportView, columns: list[ColumnView], asked: Sequence[ColumnQuestion] = ()
) -> None:
    """Draw the chosen column's argument and what is `asked` about its cells; the first that needs a decision is chosen.

    Alt with the arrow keys, A and I moves through the columns, accepts and leaves out: letters alone type into cells.
    """
    by_position = {column.position: column for column in columns}
    position = st.selectbox(
        "Look at column",
        list(by_position),
        format_func=lambda p: by_position[p].header or f"(unnamed column {p + 1})",
        key=f"look-{view.id}",
    )
    draw_keys(frame, view, columns, by_position[position])
    argument = mappings.argument(frame.work, view.id, position)
    draw_candidates(frame, view, argument)
    draw_search(frame, view, argument.column)
    draw_profile(argument)
    for question in asked:
        if question.position == position and not question.is_open:
            draw_question(frame, view, question, place="beside")
    if argument.evidence:
        st.plotly_chart(
            charts.waterfall([(reason.text, reason.weight) for reason in argument.evidence], line_length=40),
            key=f"why-{view.id}-{position}",
            config={"displayModeBar": False},
            alt="Signed reasons for the suggestion and their sum",
        )
        st.caption("Why: each bar is a reason for (blue) or against (red) the field; the last is their sum.")
    if argument.column.duplicate_of:
        st.caption(f"Says the same as {words.plain(argument.column.duplicate_of)}; used where that one is empty.")
    if argument.column.asks_unit:
        st.warning(f"Is the unit {argument.column.unit}? Nothing in the file says so.", icon=":material/straighten:")
    if argument.rivals:
        st.caption(f"Also mapped to this field: {words.plain(', '.join(argument.rivals))}.")
    rate(frame, "mapping", f"{view.file_name}: {argument.column.header}")


def draw_keys(frame: Frame, view: ImportView, columns: list[ColumnView], column: ColumnView) -> None:
    """Draw the buttons that move through the columns and settle one, each with its key."""
    order = [each.position for each in columns]
    place = order.index(column.position)
    open_ones = [each.position for each in columns if each.needs_decision and each.position != column.position]
    following = (open_ones or order[place + 1 :] or [column.position])[0]

    def look_at(position: int) -> None:
        st.session_state[f"look-{view.id}"] = position

    def settle(action: Action) -> None:
        decision = Decision(position=column.position, action=action, seen_version=column.version)
        with telling():
            mappings.decide(frame.work, view.id, [decision], frame.by)
            look_at(following)

    closed = view.state is ImportState.APPLIED
    with st.container(horizontal=True, gap="small", key="column-keys"):
        for label, key, step in (("Previous", "Alt+Up", -1), ("Next", "Alt+Down", 1)):
            target = order[max(0, min(len(order) - 1, place + step))]
            st.button(label, on_click=look_at, args=(target,), key=f"look-{label.lower()}", shortcut=key)
        accept, leave = closed or not column.suggested_field, closed
        st.button("Accept", on_click=settle, args=(Action.ACCEPT,), key="accept-one", shortcut="Alt+A", disabled=accept)
        st.button(
            "Leave out", on_click=settle, args=(Action.IGNORE,), key="leave-out", shortcut="Alt+I", disabled=leave
        )


def draw_search(frame: Frame, view: ImportView, column: ColumnView) -> None:
    """Draw the search over all fields by name and description; choosing one settles the column."""
    key = f"any-field-{view.id}-{column.position}-{column.version}"

    def use() -> None:
        chosen = st.session_state[key]
        decision = Decision(position=column.position, action=Action.CHANGE, field=chosen, seen_version=column.version)
        with telling():
            mappings.decide(frame.work, view.id, [decision], frame.by)

    st.selectbox(
        "Any field",
        list(catalogue().keys),
        index=None,
        format_func=lambda field: f"{catalogue()[field].label}: {catalogue()[field].description}",
        placeholder="Search names and descriptions",
        key=key,
        on_change=use,
        disabled=view.state is ImportState.APPLIED,
    )


def draw_candidates(frame: Frame, view: ImportView, argument: ColumnArgument) -> None:
    """Draw the ranked candidates; choosing one and pressing the button settles the column."""
    if not argument.candidates:
        st.caption("No field comes close.")
        return
    table = pd.DataFrame(
        {
            "Field": [catalogue()[c.field].label for c in argument.candidates],
            "Probability": [words.points(c.confidence) for c in argument.candidates],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key=f"candidates-{view.id}-{argument.column.position}",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={"Probability": share_bar()},
        alt="Candidate fields for this column by probability",
    )
    chosen = argument.candidates[(event.selection.rows or [0])[0]].field
    st.caption(words.plain(catalogue()[chosen].description))

    def use() -> None:
        column = argument.column
        decision = Decision(position=column.position, action=Action.CHANGE, field=chosen, seen_version=column.version)
        with telling():
            mappings.decide(frame.work, view.id, [decision], frame.by)

    st.button(
        f"Use {catalogue()[chosen].label}",
        on_click=use,
        key="use-candidate",
        disabled=view.state is ImportState.APPLIED,
        icon=":material/check:",
    )


def draw_profile(argument: ColumnArgument) -> None:
    """Draw what the values of the column look like, in a line."""
    profile = argument.profile
    facts = [f"{profile['filled']:,} of {profile['looked_at']:,} rows filled", f"{profile['distinct']:,} distinct"]
    if profile["minimum"] is not None:
        facts.append(f"{words.number(profile['minimum'])} to {words.number(profile['maximum'])}")
    facts += [f"{share:.0%} {label}" for label, share in profile["kinds"]]
    st.caption(words.plain(" · ".join(facts)))
