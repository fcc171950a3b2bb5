"""What was learned: the timeline with the effect of each word and its undo, and what people disagree on."""

from __future__ import annotations

from itertools import groupby

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.learning import Disagreement, Scope
from platform_core.services import learning
from platform_core.services.learning import LearnedView
from platform_core.services.teaching import Changed

NAMED = 3
"""So many changed suggestions are named in passing; the others are counted."""


def draw_timeline(frame: Frame) -> None:
    """Draw everything that was taught, newest first; a row chosen shows what it changed and can be undone."""
    entries = learning.timeline(frame.work, frame.migration.id)
    if not entries:
        st.caption("Nothing yet. Decisions count as learned once a mapping is applied, or a comment confirmed.")
        return
    table = pd.DataFrame(
        {
            "When": [words.clock(entry.at) for entry in entries],
            "From": [entry.author for entry in entries],
            "About": [entry.subject for entry in entries],
            "Before": [entry.before or words.DASH for entry in entries],
            "Now": [entry.after for entry in entries],
            "Counts for": [state(entry) for entry in entries],
            "Said of": [entry.where or words.DASH for entry in entries],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="learned",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"When": st.column_config.TextColumn(width=64), "From": st.column_config.TextColumn(width=96)},
        alt="What the workbench was taught, newest first",
    )
    chosen = next((entries[row] for row in event.selection.rows if row < len(entries)), None)
    if chosen is None:
        st.caption("Choose a line to see what it changed, and to undo it.")
    else:
        draw_entry(frame, chosen)


def state(entry: LearnedView) -> str:
    """Return whether and how far an entry counts."""
    if entry.undone_by is not None:
        return f"undone by {entry.undone_by}"
    if entry.would_lose:
        return "own export only"
    return "whole organisation" if entry.scope is Scope.ORGANISATION else "this migration"


def draw_entry(frame: Frame, entry: LearnedView) -> None:
    """Draw one word: why, what it changed, what it would cost elsewhere, and its undo."""
    with st.container(border=True, key=f"learned-{entry.id}"):
        st.markdown(f"**{words.plain(entry.subject)}**: {words.plain(entry.after)}, says {words.plain(entry.author)}")
        if entry.reason:
            st.caption(words.plain(entry.reason))
        if entry.can_be_undone:
            changed = learning.effect(frame.work, frame.migration.id, entry.id)
            st.caption(effect_words(changed))
            draw_changes(changed)
        for loss in entry.would_lose:
            right, wrong = (words.plain(learning.label_of(field)) for field in (loss.field, loss.instead))
            column = f"{words.plain(loss.header)} of {words.plain(loss.where)}"
            st.caption(f"Counts for its own export only: it would take {column} from {right} to {wrong}.")
        if entry.can_be_undone:
            st.button("Undo", on_click=undo, args=(frame, entry), key=f"undo-{entry.id}", icon=":material/undo:")


def effect_words(changed: list[Changed]) -> str:
    """Return what a word changes as a sentence."""
    if not changed:
        return "Changes no suggestion in the files of this migration: the mapper says the same without it."
    files = words.counted(len({each.import_id for each in changed}), "file")
    return f"Changed {words.counted(len(changed), 'suggestion')} in {files}."


def draw_changes(changed: list[Changed]) -> None:
    """Draw the suggestions that a word changed."""
    for each in changed:
        was, now = (words.plain(learning.label_of(field)) for field in (each.before, each.after))
        st.markdown(f"- {words.plain(each.header)} in {words.plain(each.file_name)}: {was} → **{now}**")


def undo(frame: Frame, entry: LearnedView) -> None:
    """Undo a word and say what is suggested otherwise now."""
    with telling():
        changed = learning.undo(frame.work, entry.id, frame.by)
        tell(f"Undid {entry.subject}: {changes_in_words(changed)}", icon=":material/undo:")


def draw_conflicts(frame: Frame) -> None:
    """Draw the headers on which people say different things, each with a button a word to settle it."""
    for conflict in learning.disagreements(frame.work, frame.migration.id):
        with st.container(border=True, key=f"conflict-{conflict.words[0].number}"):
            st.markdown(f":material/call_split: **{words.plain(conflict.header)}** means different things to people")
            for said, group in groupby(sorted(conflict.words, key=learning.in_words), key=learning.in_words):
                same = list(group)
                with st.container(horizontal=True, vertical_alignment="center"):
                    people = " and ".join(dict.fromkeys(word.author or "somebody" for word in same))
                    st.markdown(f"{words.plain(said)}, according to {words.plain(people)}", width="stretch")
                    key = f"keep-{same[0].number}"
                    st.button("Keep", on_click=keep, args=(frame, conflict, same[0].number), key=key)


def keep(frame: Frame, conflict: Disagreement, kept: int) -> None:
    """Settle a disagreement for one word."""
    with telling():
        changed = learning.settle(frame.work, conflict, kept, frame.by)
        tell(f"Settled {conflict.header}: {changes_in_words(changed)}")


def changes_in_words(changed: list[Changed]) -> str:
    """Return which suggestions in review changed, the first few by name."""
    if not changed:
        return "no suggestion in review changed"
    named = [f"{each.header} of {each.file_name} is {learning.label_of(each.after)} now" for each in changed[:NAMED]]
    more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
    return ", ".join(named) + more
