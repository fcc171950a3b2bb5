"""The software of one asset, product by product, with the ends of its support and the day they were taken."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from platform_core.domain.lifecycle import Milestone, SupportStatus
from platform_core.reference import catalogue
from platform_core.services.products_of_assets import ProductHere

STATUSES = {
    SupportStatus.ACTIVE: "supported",
    SupportStatus.MAINTENANCE: "security fixes only",
    SupportStatus.EXTENDED: "extended support only",
    SupportStatus.ENDED: "support has ended",
    SupportStatus.UNKNOWN: words.DASH,
}


def draw_products(products: Sequence[ProductHere], *, stale: bool) -> None:
    """Draw what software an asset names; `stale` = the dates of support ought to be taken anew."""
    if not products:
        return
    st.markdown("**Software and support**")
    table = pd.DataFrame(
        {
            "As written": [each.text for each in products],
            "Product": [each.product or words.DASH for each in products],
            "Version": [each.version or words.DASH for each in products],
            "Edition": [each.edition or words.DASH for each in products],
            "Vendor": [each.vendor or words.DASH for each in products],
            "Category": [each.category or words.DASH for each in products],
            "Support": [STATUSES[each.status] for each in products],
            "Active until": [_day(each.active_end) for each in products],
            "Support until": [_day(each.end) for each in products],
            "Extended until": [_day(each.extended_end) for each in products],
            "Field": [catalogue()[each.field].label for each in products],
        }
    )
    st.dataframe(table, hide_index=True, alt="Software of the asset with its support dates")
    as_of = next((each.as_of for each in products if each.as_of), None)
    if as_of is None:
        return
    st.badge(f"Support dates as of {words.day(as_of)}", icon=":material/event:", color="orange" if stale else "gray")
    if stale:
        st.caption("These dates are more than 180 days old. Take newer ones with `lifecycle refresh FILE`.")


def _day(milestone: Milestone) -> str:
    if milestone is None:
        return words.DASH
    if isinstance(milestone, bool):
        return "over" if milestone else "no end published"
    return words.day(milestone)
