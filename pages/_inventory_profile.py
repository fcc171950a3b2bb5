"""The profile tab: what each field holds under the filter, and the assets in groups."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._inventory_filter import draw_facets, draw_nothing_passes, label, read_filter, value_label
from pages._linked import link, linked_one, widget_key
from pages._tables import share_bar
from platform_core import charts
from platform_core.domain.inventory import NO_VALUE, AssetFilter
from platform_core.reference import shown_fields
from platform_core.services import profiles
from platform_core.store.snapshots import Group, Profile

QUANTILES = ("Smallest", "5%", "25%", "Median", "75%", "95%", "Largest")
BARS = 20
"""So many groups are drawn; the others are added up in one."""
SPLITS = 6
OTHERS = "all others"
NO_CHART_MENU = {"displayModeBar": False}
FIELD, BY, SPLIT, AMOUNT = "environment", "environment", "", ""


def draw_profiles(frame: Frame) -> None:
    """Draw the facets, the fields with their fill, the profile of one of them, and a chart of groups."""
    wanted = read_filter()
    facets, main = st.columns((1, 4))
    with facets:
        draw_facets(frame, wanted)
    with main:
        if not _draw_groups(frame, wanted):
            draw_nothing_passes(wanted)
            return
        st.subheader("Fields", anchor=False)
        fields, chosen = st.columns((2, 3))
        with fields:
            field = _choose_field(frame, wanted)
        with chosen:
            _draw_profile(frame, field, wanted)


def _choose_field(frame: Frame, wanted: AssetFilter) -> str:
    fills = profiles.fills(frame.work, frame.migration.id, wanted)
    names = tuple(fill.field for fill in fills)
    field = linked_one("field", names, FIELD)
    st.selectbox("Field", names, format_func=label, key=widget_key("field"), on_change=partial(link, "field", FIELD))
    table = pd.DataFrame(
        {
            "Field": [fill.label for fill in fills],
            "Filled": [words.points(fill.filled / fill.total if fill.total else None) for fill in fills],
            "Assets": [fill.filled for fill in fills],
        }
    )
    config = {"Filled": share_bar(), "Assets": st.column_config.NumberColumn(format="localized")}
    st.dataframe(table, hide_index=True, column_config=config, height=420, alt="How many assets have a value, by field")
    return field


def _draw_profile(frame: Frame, field: str, wanted: AssetFilter) -> None:
    found = profiles.field_profile(frame.work, frame.migration.id, field, wanted)
    st.markdown(f"**{words.plain(shown_fields()[field].label)}**")
    about = "about " if found.is_estimate else ""
    share = words.percent(found.filled / found.total if found.total else None)
    st.caption(
        f"{words.counted(found.filled, 'asset')} of {found.total:,} have a value ({share}); "
        f"{about}{words.counted(found.distinct, 'different value')}."
    )
    if not found.filled:
        return
    if found.bars:
        unit = shown_fields()[field].unit
        title = shown_fields()[field].label + (f" ({unit})" if unit and unit not in shown_fields()[field].label else "")
        chart = charts.histogram(found.bars, title)
        st.plotly_chart(chart, key="histogram", config=NO_CHART_MENU, alt=f"Distribution of {title}")
        st.caption("The bars at both ends hold the smallest and the largest twentieth, however far out.")
    else:
        bars = [(_told(value), number) for value, number in found.top]
        st.plotly_chart(charts.value_bars(bars), key="frequent", config=NO_CHART_MENU, alt="The most frequent values")
        st.caption(
            "The most frequent values." + (" Which they are is estimated, their numbers are exact." * bool(about))
        )
    st.dataframe(_facts(found), hide_index=True, alt=f"Figures of {shown_fields()[field].label}")


def _facts(found: Profile) -> pd.DataFrame:
    rows: list[tuple[str, str]] = []
    if found.quantiles:
        rows += [(name, words.shown(value)) for name, value in zip(QUANTILES, found.quantiles, strict=True)]
        rows += [("Mean", words.shown(found.mean))] * (found.mean is not None)
        rows += [("Most frequent", f"{words.shown(value)}: {number:,}") for value, number in found.top[:3]]
    if found.lengths:
        rows += [("Length in characters", f"{found.lengths[0]:,} to {found.lengths[1]:,}")]
        rows += [("Longest", _told(found.longest or "")[:300])]
    rows += [("For example", _told(value)[:300]) for value in found.examples]
    return pd.DataFrame(rows, columns=["Figure", "Value"])


def _told(value: Any) -> str:
    """Return a value on one line; the entries of a list stand as lines of one text."""
    return ", ".join(" ".join(line.split()) for line in words.shown(value).splitlines())


def _draw_groups(frame: Frame, wanted: AssetFilter) -> bool:
    """Draw the assets in groups; False where there are none."""
    fields, amounts = profiles.group_fields(), profiles.amount_fields()
    by = linked_one("by", fields, BY)
    split = linked_one("split", ("", *fields), SPLIT)
    amount = linked_one("amount", ("", *amounts), AMOUNT)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, title, options, empty in (
            ("by", "Group by", fields, ""),
            ("split", "Split by", ("", *fields), "Nothing"),
            ("amount", "Length of the bars", ("", *amounts), "Number of assets"),
        ):
            st.selectbox(
                title,
                options,
                format_func=partial(_choice, empty),
                key=widget_key(name),
                on_change=partial(link, name, BY if name == "by" else ""),
                width=220,
            )
    found = profiles.grouped(frame.work, frame.migration.id, by, wanted, split=split, amount=amount)
    if not found:
        return False
    bars, splits = _bars(found, by, split)
    measure = f"{label(amount)}, added up" if amount else "Assets"
    st.plotly_chart(
        charts.grouped_bars(bars, splits, measure), key="groups", config=NO_CHART_MENU, alt=f"Assets by {label(by)}"
    )
    st.caption(f"{measure} by {label(by).lower()}, of the assets that pass the filter; the largest groups first.")
    return True


def _choice(empty: str, field: str) -> str:
    return label(field) if field else empty


def _bars(found: list[Group], by: str, split: str) -> tuple[list[tuple[str, str, float]], list[str]]:
    """Return (value, split, length) of the largest groups, the others in one, and the splits."""
    sizes: dict[Any, int] = {}
    parts: dict[Any, int] = {}
    for group in found:
        sizes[group.value] = sizes.get(group.value, 0) + group.count
        parts[group.split] = parts.get(group.split, 0) + group.count
    shown = dict(zip(sorted(sizes, key=lambda v: -sizes[v])[:BARS], range(BARS), strict=False))
    kept = sorted(parts, key=lambda v: -parts[v])[:SPLITS]
    lengths: dict[tuple[str, str], float] = {}
    for group in sorted(found, key=lambda g: shown.get(g.value, BARS)):
        value = _name(by, group.value) if group.value in shown else OTHERS
        of = "" if not split else _name(split, group.split) if group.split in kept else OTHERS
        length = group.count if group.amount is None else group.amount
        lengths[value, of] = lengths.get((value, of), 0) + length
    splits = list(dict.fromkeys(of for _, of in lengths)) if split else []
    return [(value, of, length) for (value, of), length in lengths.items()], splits


def _name(field: str, value: Any) -> str:
    return value_label(field, NO_VALUE) if value is None else value_label(field, words.shown(value))
