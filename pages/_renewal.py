"""A newer export of a source beside the older one: what is new, changed, the same and gone, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from platform_core.domain.sessions import AssetDifferences
from platform_core.reference import catalogue
from platform_core.services.applying import TryOut

KEEP, DROP = "Keep and mark them", "Leave them out"


def draw_renewal(try_out: TryOut, import_id: int) -> dict[str, Any]:
    """Draw what a newer export says otherwise; return what the request to apply it says of the older one."""
    older, found = try_out.renews, try_out.differences
    if older is None or found is None:
        return {}
    st.markdown(f"This looks like a newer export of import {older.number}, {words.plain(older.title)}.")
    replaces = st.toggle(f"Replace import {older.number}", value=True, key=f"replace-{import_id}")
    if not replaces:
        st.caption("Both then count: the older one stands where they disagree.")
        return {}
    counts = {
        "Created": found.created,
        "Updated": found.updated,
        "Unchanged": found.unchanged,
        "Gone": found.removed,
    }
    for column, (label, number) in zip(st.columns(len(counts)), counts.items(), strict=True):
        column.metric(label, words.number(number))
    draw_examples(found)
    return {"replaces": older.import_id, "keeps_gone": _keeps_gone(found, import_id)}


def _keeps_gone(found: AssetDifferences, import_id: int) -> bool:
    if not found.removed:
        return True
    chosen = st.radio(
        f"{words.counted(found.removed, 'asset')} that it does not list any more",
        [KEEP, DROP],
        horizontal=True,
        key=f"gone-{import_id}",
    )
    return chosen == KEEP


def draw_examples(found: AssetDifferences) -> None:
    """Draw the first assets that changed, field by field, and the first that came or went."""
    changed = [
        (asset.name, _label(field), before or "", after or "")
        for asset in found.changed
        for field, before, after in asset.fields
    ]
    if changed:
        st.dataframe(
            pd.DataFrame(changed, columns=["Asset", "Field", "Before", "After"]),
            hide_index=True,
            height=min(220, 36 + 35 * len(changed)),
            alt="Values that differ between the two exports",
        )
        fields = ", ".join(f"{_label(field)} ({words.number(number)})" for field, number in found.by_field[:5])
        st.caption(f"Fields that change most: {words.plain(fields)}.")
    for title, assets, count in (("New", found.new, found.created), ("Gone", found.gone, found.removed)):
        if assets:
            names = ", ".join(name for _, name in assets[:5])
            more = f" and {words.number(count - 5)} more" if count > 5 else ""
            st.caption(f"{title}: {words.plain(names)}{more}.")


def _label(field: str) -> str:
    return catalogue()[field].label if field in catalogue() else field.replace("_", " ").capitalize()
