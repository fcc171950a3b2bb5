"""What the inventory is narrowed down by: facets on the left, with the number each choice would leave."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages import _words as words
from pages._asset_products import STATUSES
from pages._frame import Frame, empty_state
from pages._linked import link, linked, linked_one, linked_text, widget_key
from platform_core.domain.inventory import NO_VALUE, AssetFilter
from platform_core.domain.lifecycle import SupportStatus
from platform_core.domain.software import SUPPORT
from platform_core.reference import shown_fields
from platform_core.services import inventories
from platform_core.services.inventories import FACETS

OPEN_AT_FIRST = ("kind", "environment", "business_criticality")
"""The facets that are counted without being asked for; each of the others costs a look through the inventory."""

TYPED = "application_name"
"""The facet with more values than anybody scrolls through: those that are not offered can be typed."""

NOTHING = {"findings": "nothing found"} | dict.fromkeys(
    ("support", "technology", "software_vendor", "software_category"), "no software known"
)
LABELS = {
    "kind": "Type",
    "findings": "Finding",
    "business_criticality": "Criticality",
    "application_name": "Application",
    "os_name": "OS as Written",
}
SUPPORT_WORDS = STATUSES | {SupportStatus.UNKNOWN: "no dates known"}
ORDERS = ("ascending", "descending")
SORTED_BY = "name"


def label(field: str) -> str:
    """Return the name of a field, or of what stands beside the fields, as a heading."""
    return LABELS.get(field) or ("Asset" if field == SORTED_BY else shown_fields()[field].label)


def read_filter() -> AssetFilter:
    """Return the filter that the address asks for."""
    sortable = (SORTED_BY, "kind", *shown_fields().keys)
    return AssetFilter(
        text=linked_text("find"),
        only=tuple((field, tuple(chosen)) for field in FACETS if (chosen := linked(field))),
        missing=linked_one("missing", ("", *shown_fields().keys), ""),
        sort=linked_one("sort", sortable, SORTED_BY),
        descending=linked_one("direction", ORDERS, ORDERS[0]) == ORDERS[1],
    )


def first_page() -> None:
    """Go back to the first page: what was on this one is elsewhere now."""
    st.session_state["page"] = 1


def draw_facets(frame: Frame, wanted: AssetFilter) -> None:
    """Draw every facet with its choices; a closed one is not counted."""
    for field in FACETS:
        chosen = dict(wanted.only).get(field, ())
        title = label(field) + (f" · {len(chosen)}" if chosen else "")
        is_open = bool(chosen) or field in OPEN_AT_FIRST
        with st.expander(title, expanded=is_open, key=f"facet-{field}", on_change="rerun", type="compact") as facet:
            if facet.open:
                _draw_facet(frame, field, wanted)
    if not wanted.is_open:
        st.button("Show all assets", icon=":material/filter_alt_off:", type="tertiary", on_click=clear)


def clear() -> None:
    """Take every restriction away."""
    for name in (*FACETS, "missing", "find"):
        st.query_params.pop(name, None)
    first_page()


def draw_nothing_passes(wanted: AssetFilter) -> None:
    """Say which restrictions together let no asset pass, and offer to lift them."""
    told = "; ".join(words.plain(each) for each in restrictions(wanted))
    empty_state(f"No asset passes this filter.  \n:small[{told}]", action="Clear the filters", to=clear)


def restrictions(wanted: AssetFilter) -> list[str]:
    """Return what narrows the inventory down, one restriction an entry: "Type: server or database"."""
    told = [f"Search: {wanted.text.strip()}"] if wanted.text.strip() else []
    told += [f"{label(field)}: {' or '.join(value_label(field, v) for v in values)}" for field, values in wanted.only]
    return told + ([f"{label(wanted.missing)}: not known"] if wanted.missing else [])


def _draw_facet(frame: Frame, field: str, wanted: AssetFilter) -> None:
    found = inventories.facet(frame.work, frame.migration.id, field, wanted)
    counts = dict(found.values)
    chosen = dict(wanted.only).get(field, ())
    options = [*counts, *(value for value in chosen if value not in counts)]
    if not options:
        st.caption("Nothing to choose from.")
        return
    told = partial(_told, field, counts)
    common = {
        "key": widget_key(field),
        "label_visibility": "collapsed",
        "on_change": partial(link, field, then=first_page),
    }
    if field == TYPED or found.more:
        hint = "Choose, or type any other"
        st.multiselect(label(field), options, accept_new_options=True, placeholder=hint, format_func=told, **common)
    else:
        st.pills(label(field), options, selection_mode="multi", format_func=lambda v: words.plain(told(v)), **common)


def _told(field: str, counts: dict[str, int], value: str) -> str:
    return f"{value_label(field, value)} · {counts.get(value, 0):,}"


def value_label(field: str, value: str) -> str:
    """Return a value of a facet as people read it."""
    if value == NO_VALUE:
        return NOTHING.get(field, "no value")
    if field == "kind":
        return value.capitalize()
    if field == SUPPORT:
        return SUPPORT_WORDS[SupportStatus(value)] if value in SUPPORT_WORDS else value
    return value.replace("_", " ") if field == "findings" else value
