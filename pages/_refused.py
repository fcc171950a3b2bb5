"""The tab of refused values: texts that became no value, what they probably mean, and one click that reads them so."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._repair import draw_rule
from pages._runs import begin
from platform_core.domain.asset_decisions import Rule
from platform_core.errors import BadInput
from platform_core.reference import catalogue
from platform_core.services import refused
from platform_core.services.asset_edits import label
from platform_core.services.refused import RefusedText, Sort
from platform_core.services.requests import Repair

SETTLED_SHOWN = 50
LEAVE = "Leave as it is"
EMPTY = "says nothing"
HINTS = {
    Sort.REFUSED: "The rule fills the field where it is empty; where another row tells a value, that one stands.",
    Sort.PART: "It is a part of a total, which stays unknown: no rule can add up what one part means. Set the totals "
    "of its assets by hand, or leave them unknown.",
    Sort.WORD: "The rule puts the known word in its place wherever it stands.",
}


def draw_refused(frame: Frame) -> None:
    """Draw the texts with their counts, the chosen one with its reading, then what is proposed and what is settled."""
    found = refused.view(frame.store, frame.migration.id)
    if found.texts:
        listed = choose_field(found.texts, more=found.more)
        draw_text(frame, choose_text(listed))
        draw_proposals(frame, refused.proposed(listed))
    else:
        st.caption(":material/check_circle: Every text of the imports could be read, or a rule reads it.")
    draw_settled(frame)


def choose_field(texts: Sequence[RefusedText], *, more: bool) -> list[RefusedText]:
    """Draw how much there is and the choice of a field, and return the texts of it."""
    cells = sum(each.cells for each in texts)
    some = f"The {len(texts):,} most frequent texts" if more else words.counted(len(texts), "text")
    st.caption(
        f"{some} in {words.counted(cells, 'cell')} became no value of their field. Say once what a text means, and it "
        "is read so everywhere, in later imports too; the text itself is kept."
    )
    counts: dict[str, int] = {}
    for each in texts:
        counts[each.field] = counts.get(each.field, 0) + 1
    if len(counts) < 2:
        return list(texts)
    chosen = st.pills(
        "Field",
        list(counts),
        format_func=lambda field: f"{words.plain(label_of(field))} ({counts[field]:,})",
        key="refused-field",
        bind="query-params",
    )
    return [each for each in texts if chosen in {None, each.field}]


def choose_text(listed: Sequence[RefusedText]) -> RefusedText:
    """Draw the texts and return the chosen one."""
    table = pd.DataFrame(
        {
            "Text": [each.text for each in listed],
            "Field": [label_of(each.field) for each in listed],
            "Cells": [each.cells for each in listed],
            "Assets": [each.assets for each in listed],
            "Probably": [probably(each) for each in listed],
            "Because": [each.proposal.why.capitalize() if each.proposal else None for each in listed],
            "What is wrong": [each.why for each in listed],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key="refused-texts",
        on_select="rerun",
        selection_mode="single-row-required",
        height=min(9, len(listed) + 1) * 35 + 3,
        placeholder=words.DASH,
        column_config={
            name: st.column_config.NumberColumn(format="localized", width="small") for name in ("Cells", "Assets")
        },
        alt="Texts that could not be read, with the number of cells and what they probably mean",
    )
    rows = [row for row in event.selection.rows if row < len(listed)]
    return listed[rows[0] if rows else 0]


def probably(item: RefusedText) -> str | None:
    """Return in a cell what a text probably means."""
    if item.proposal is None:
        return None
    return words.shown(item.proposal.value) if item.proposal.value is not None else "nothing is known"


def draw_text(frame: Frame, item: RefusedText) -> None:
    """Draw one text: why it was refused, what it is to be read as, its assets before and after, and the button."""
    with st.container(border=True, key="refused"):
        st.markdown(f"**{words.plain(item.text)}** in {words.plain(label_of(item.field))}")
        st.caption(f"{words.plain(item.why)}. {HINTS[item.sort]}")
        said = draw_reading(item) if item.can_be_read else ""
        rule = None
        try:
            rule = refused.reading(item, said)
        except BadInput as error:
            st.error(words.plain(str(error)), icon=":material/error:")
        draw_examples(frame, item, rule)
        if rule is not None:
            draw_button(frame, item, rule, said)


def draw_reading(item: RefusedText) -> str:
    """Draw what a text is to be read as, with the proposal already there; empty where it is to be left."""
    expected = refused.as_said(item.proposal.value) if item.proposal is not None else ""
    known = refused.words_for(item.field)
    if known:
        place = known.index(expected) if expected in known else None
        chosen = st.selectbox("Read as", known, index=place, placeholder=EMPTY, key=f"as-{item.key}", width=260)
        return chosen or ""
    unit = catalogue()[item.field].unit
    said = st.text_input(
        f"Read as ({unit})" if unit else "Read as",
        value=expected,
        placeholder=EMPTY,
        key=f"as-{item.key}",
        max_chars=200,
        width=260,
        help="Written as a cell of an import would be; a unit in the text counts." if unit else None,
    )
    return said or ""


def draw_examples(frame: Frame, item: RefusedText, rule: Rule | None) -> None:
    """Draw the first assets with the text, before and after."""
    found = refused.examples(frame.work, frame.migration.id, item, rule)
    if not found:
        st.caption("These cells belong to no asset: they are of rows that tell dependencies.")
        return
    name = label_of(item.field)
    table = {
        "Asset": [each.name for each in found],
        "Type": [each.kind.capitalize() for each in found],
        name: [None if each.before is None else words.shown(each.before) for each in found],
        f"{name} → after": [None if each.after is None else words.shown(each.after) for each in found],
        "File": [each.file_name for each in found],
        "Line": [each.line for each in found],
    }
    st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        height=min(6, len(found) + 1) * 35 + 3,
        placeholder=words.DASH,
        alt=f"Assets with the text {item.text}, before and after",
    )
    if item.assets > len(found):
        st.caption(f"The first {len(found)} of {words.counted(item.assets, 'asset')}.")


def draw_button(frame: Frame, item: RefusedText, rule: Rule, said: str) -> None:
    """Draw the form that decides the reading."""
    number = refused.count(frame.work, frame.migration.id, rule)
    does = f"Read as {words.plain(said)} in {words.counted(number, 'asset')}" if said else LEAVE
    with st.form(f"read-{item.key}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Reason (kept beside the values)", max_chars=500, key=f"why-{item.key}")
        sent = st.form_submit_button(does, type="primary", key="refused-send")
        left = bool(said) and st.form_submit_button(LEAVE, key="refused-leave")
    if said and not number:
        st.caption("Other rows tell the values of all its assets now; the rule reads what later imports bring.")
    if sent or left:
        chosen = refused.reading(item, "") if left else rule
        begin(frame, Repair(migration_id=frame.migration.id, rules=(chosen,), reason=reason or ""))
        st.rerun()


def draw_proposals(frame: Frame, proposed: Sequence[tuple[RefusedText, str]]) -> None:
    """Draw all proposed readings with the button that takes them together."""
    if len(proposed) < 2:
        return
    with st.expander(f"Take all {len(proposed):,} proposed readings", icon=":material/done_all:", key="proposals"):
        rows = [
            (e.text, label_of(e.field), said, e.proposal.why if e.proposal else "", e.assets) for e, said in proposed
        ]
        st.dataframe(
            pd.DataFrame(rows, columns=["Text", "Field", "Read as", "Because", "Assets"]),
            hide_index=True,
            alt="All proposed readings",
        )
        if st.button(f"Read {words.counted(len(proposed), 'text')} as proposed", key="proposals-send"):
            rules = tuple(refused.reading(item, said) for item, said in proposed)
            begin(frame, Repair(migration_id=frame.migration.id, rules=rules, reason="As proposed"))
            st.rerun()
        st.caption("They are one decision, taken back with Undo, or one by one below.")


def draw_settled(frame: Frame) -> None:
    """Draw what texts are read as, each with the way to take it back."""
    rules = list(refused.settled(frame.work, frame.migration.id).values())
    if not rules:
        return
    with st.expander(f"{words.counted(len(rules), 'text')} settled", icon=":material/rule:", key="settled"):
        for rule in rules[:SETTLED_SHOWN]:
            draw_rule(frame, rule)
        if len(rules) > SETTLED_SHOWN:
            st.caption(f"The latest {SETTLED_SHOWN} of {len(rules):,}.")


def label_of(field: str) -> str:
    """Return the name of any field, those of dependencies too."""
    return catalogue()[field].label if field in catalogue() else label(field)
