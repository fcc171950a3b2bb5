"""Changing one field of all assets that pass the filter: previewed, with a reason, undone like any other change."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._repair import preview
from pages._runs import begin
from platform_core.domain.asset_decisions import Rule
from platform_core.domain.inventory import AssetFilter, AssetKind
from platform_core.errors import BadInput
from platform_core.services import bulk_edits, quality_rows
from platform_core.services.asset_edits import EDITABLE, KIND, label
from platform_core.services.requests import Repair

PREVIEWED = 8


def draw_bulk_edit(frame: Frame, wanted: AssetFilter, total: int) -> None:
    """Draw the form that changes a field of all listed assets, with the first of them before and after."""
    with st.expander(
        f"Change all {total:,}", icon=":material/edit_note:", key="bulk-edit", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            field = st.selectbox(
                "Field",
                EDITABLE,
                index=None,
                format_func=label,
                placeholder="Choose a field",
                key="bulk-field",
                width=220,
            )
            text = draw_value(field)
        if field is None or text is None:
            st.caption("Choose a field and its new value to see what would change.")
            return
        try:
            rule = bulk_edits.rule_for(frame.work, frame.migration.id, wanted, field, text)
        except BadInput as error:
            st.error(words.plain(str(error)), icon=":material/error:")
            return
        draw_preview(frame, rule, is_rule=bool(bulk_edits.conditions_of(wanted)))


def draw_value(field: str | None) -> str | None:
    """Draw what the field is to hold; None while nothing is said, empty where the field is to be emptied."""
    if field == KIND:
        chosen: AssetKind | None = st.selectbox(
            "New type", list(AssetKind), index=None, format_func=str.capitalize, key="bulk-kind", width=220
        )
        return chosen
    empties = st.checkbox("Empty it", key="bulk-empty")
    text = st.text_input("New value", key="bulk-value", disabled=empties, width=260)
    return "" if empties else text or None


def draw_preview(frame: Frame, rule: Rule, *, is_rule: bool) -> None:
    """Draw the first assets as they are and would be, and the button."""
    rows = quality_rows.rows(frame.work, frame.migration.id, rule.conditions, rule, offset=0, limit=PREVIEWED)
    st.dataframe(
        preview(list(rows.rows), rows.fields),
        hide_index=True,
        placeholder=words.DASH,
        alt="The first assets before and after the change",
    )
    with st.form("bulk-change", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.text_input("Reason (kept beside the values)", max_chars=500, key="bulk-why")
        sent = st.form_submit_button(f"Change {words.counted(rows.total, 'asset')}", key="bulk-send", type="primary")
    if is_rule:
        st.caption("This is kept as a rule: assets of later imports that pass the same filter are changed too.")
    else:
        st.caption("Only these assets are changed; others that later imports bring are not.")
    if sent:
        begin(frame, Repair(migration_id=frame.migration.id, rules=(rule,), reason=reason or ""))
        st.rerun()
