"""Two states of a migration beside each other: what differs, and which recorded change led to it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from platform_core.charts import strategy_label
from platform_core.domain.sessions import AssetDifferences, Because, Difference, Part
from platform_core.domain.strategy import Strategy
from platform_core.reference import catalogue
from platform_core.services.session_differences import SessionComparison

SHOWN = 500
TITLES = {
    Part.IMPORTS: "Imports",
    Part.MAPPINGS: "Mappings",
    Part.INVENTORY: "Assets",
    Part.STRATEGIES: "Strategies",
    Part.POLICY: "Policy",
    Part.PLAN: "Plan",
}


def draw_comparison(compared: SessionComparison) -> None:
    """Draw how much differs of each part, and the differences of the chosen one with their causes."""
    later = f"{words.plain(compared.other.name)} ({words.clock(compared.other.at)})" if compared.other else "now"
    st.markdown(f"**{words.plain(compared.one.name)}** ({words.clock(compared.one.at)}) beside **{later}**")
    counts = compared.counts
    if not any(counts.values()):
        st.caption("Nothing differs.")
        return
    parts = [part for part in Part if counts[part]]
    part = st.segmented_control(
        "What differs",
        parts,
        default=parts[0],
        format_func=lambda each: f"{TITLES[each]} {counts[each]:,}",
        key=f"differs-{compared.one.id}-{compared.other.id if compared.other else 0}",
        required=True,
        label_visibility="collapsed",
    )
    if part is Part.INVENTORY:
        draw_assets(compared.assets)
    else:
        draw_differences([each for each in compared.differences if each.part is part])


def draw_differences(found: Sequence[Difference]) -> None:
    """Draw the differences of one part as a table."""
    table = pd.DataFrame(
        {
            "What": [each.subject for each in found[:SHOWN]],
            "Before": [_label(each.part, each.before) for each in found[:SHOWN]],
            "After": [_label(each.part, each.after) for each in found[:SHOWN]],
            "Because": [because(each.because) for each in found[:SHOWN]],
        }
    )
    st.dataframe(table, hide_index=True, placeholder=words.DASH, key="differences", alt="What differs, and why")
    if len(found) > SHOWN:
        st.caption(f"The first {SHOWN:,} of {len(found):,} are shown.")


def because(changes: Sequence[Because]) -> str | None:
    """Return in words the latest change behind a difference, and how many came before it."""
    if not changes:
        return None
    last = changes[-1]
    more = f" (and {len(changes) - 1:,} before)" if len(changes) > 1 else ""
    why = f": {last.why}" if last.why else ""
    return f"{last.text}{why}, {last.by}, {words.clock(last.at)}{more}"


def draw_assets(found: AssetDifferences) -> None:
    """Draw the differences of two inventories: counts, the fields that differ, and the first assets of each sort."""
    with st.grid(4, min_column_width=130):
        for label, value in (
            ("Created", found.created),
            ("Gone", found.removed),
            ("Changed", found.updated),
            ("Unchanged", found.unchanged),
        ):
            st.metric(label, words.number(value), border=True)
    rows = [("Created", name, "", None, None) for _, name in found.new]
    rows += [("Gone", name, "", None, None) for _, name in found.gone]
    rows += [
        ("Changed", asset.name, _field(field), before, after)
        for asset in found.changed
        for field, before, after in asset.fields
    ]
    table = pd.DataFrame(rows[:SHOWN], columns=["", "Asset", "Field", "Before", "After"])
    st.dataframe(table, hide_index=True, placeholder=words.DASH, key="asset-differences", alt="Assets that differ")
    if found.by_field:
        fields = ", ".join(f"{_field(field)} {number:,}" for field, number in found.by_field[:10])
        st.caption(f"Fields that differ most: {words.plain(fields)}.")


def _field(key: str) -> str:
    return catalogue()[key].label if key in catalogue() else key


def _label(part: Part, text: str) -> str | None:
    if part is Part.STRATEGIES and text in set(Strategy):
        return strategy_label(Strategy(text))
    return text or None
