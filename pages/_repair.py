"""One fault with its rows, before and after the repair; the rules that hold, and decisions that wait."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._runs import begin
from pages._tables import draw_pages, one_page
from platform_core.domain.quality import Fault
from platform_core.services import asset_edits, quality_rows, repairs
from platform_core.services.quality_rows import FaultyRow, FaultyRows
from platform_core.services.repairs import StandingRule
from platform_core.services.requests import Repair, TakeBack

ROWS = 20


def draw_fault(frame: Frame, fault: Fault) -> None:
    """Draw why rows are faulty, a page of them as they are and would be, and the button that repairs them all."""
    with st.container(border=True, key="fault"):
        st.markdown(f"**{words.plain(fault.title)}**")
        st.caption(words.plain(fault.why))
        if fault.examples:
            st.caption("For example " + words.plain("; ".join(fault.examples)))
        page = f"rows-{fault.key}"[:60]
        shown = draw_rows(frame, fault, page)
        draw_pages(shown.total, ROWS, page)
        if fault.change is not None:
            draw_repair(frame, fault, shown.total)
        else:
            st.caption("No rule can tell what is right here: edit the rows on the Assets tab.")


def draw_rows(frame: Frame, fault: Fault, page: str) -> FaultyRows:
    """Draw a page of the faulty rows."""
    found: list[FaultyRows] = []

    def fetch(offset: int) -> tuple[list[FaultyRow], int]:
        asked = fault.conditions, fault.rule
        found.append(quality_rows.rows(frame.work, frame.migration.id, *asked, offset=offset, limit=ROWS))
        return list(found[-1].rows), found[-1].total

    rows, _ = one_page(fetch, ROWS, page)
    st.dataframe(
        preview(rows, found[-1].fields),
        hide_index=True,
        placeholder=words.DASH,
        alt=f"Assets with the fault {fault.title}",
    )
    return found[-1]


def preview(rows: list[FaultyRow], fields: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows with each field as it is and, where the repair changes it, as it would be."""
    table: dict[str, list[Any]] = {"Asset": [row.name for row in rows], "Type": [row.kind.capitalize() for row in rows]}
    for at, field in enumerate(fields):
        if field == "kind" and not any(row.after and row.after[at] != row.before[at] for row in rows):
            continue
        label = asset_edits.label(field)
        table[label] = [_cell(field, row.before[at]) for row in rows]
        if any(row.after is not None and row.after[at] != row.before[at] for row in rows):
            table[f"{label} → after"] = [_cell(field, row.after[at]) if row.after else None for row in rows]
    return pd.DataFrame(table)


def _cell(field: str, value: Any) -> str | None:
    if value is None:
        return None
    return str(value).capitalize() if field == asset_edits.KIND else words.shown(value)


def draw_repair(frame: Frame, fault: Fault, total: int) -> None:
    """Draw the form that decides the rule."""
    with st.form(f"repair-{fault.key}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Reason (kept beside the values)", max_chars=500, key=f"why-{fault.key}")
        sent = st.form_submit_button(f"Repair {words.counted(total, 'asset')}", type="primary", key="repair-send")
    st.caption("The rule also mends what later imports bring, keeps the raw values, and can be taken back.")
    if sent and fault.rule is not None:
        begin(frame, Repair(migration_id=frame.migration.id, rules=(fault.rule,), reason=reason or ""))
        st.rerun()


def draw_standing(frame: Frame) -> None:
    """Draw the rules that hold but readings of texts, and decisions about assets that are not there."""
    rules = [each for each in repairs.standing(frame.work, frame.migration.id) if repairs.read_by(each.rule) is None]
    waiting = asset_edits.waiting(frame.work, frame.migration.id)
    if rules:
        st.subheader("Rules that hold", anchor=False)
        for rule in rules:
            draw_rule(frame, rule)
    if waiting:
        st.caption(
            f":material/hourglass: {words.counted(len(waiting), 'value')} set by hand "
            f"{'waits' if len(waiting) == 1 else 'wait'} for assets that no import brings now: "
            + words.plain(", ".join(sorted({str(each.asset_key) for each in waiting})[:5]))
        )


def draw_rule(frame: Frame, rule: StandingRule) -> None:
    """Draw one rule."""
    with st.container(horizontal=True, vertical_alignment="center"):
        why = f": {rule.reason}" if rule.reason else ""
        told = f"{rule.author}, {words.here(rule.at):%Y-%m-%d}, {words.counted(rule.changed_at_first, 'asset')}{why}"
        st.markdown(f"{words.plain(rule.rule.title)} · :small[{words.plain(told)}]", width="stretch")
        if st.button("Take back", key=f"withdraw-{rule.id}", type="tertiary", icon=":material/undo:"):
            begin(frame, TakeBack(migration_id=frame.migration.id, rule=rule.id))
            st.rerun()
