"""What one application costs, line by line: quantity with its source, times price with its source."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from platform_core.domain.cost import CostLine, CostPhase, RateCard
from platform_core.services import costs, graphs

PHASES = {CostPhase.TODAY: "Today, a year", CostPhase.AFTER: "Afterwards, a year", CostPhase.MIGRATION: "Moving, once"}


def draw_application_cost(frame: Frame, card: RateCard) -> None:
    """Draw the lines of a chosen application."""
    names = graphs.applications(frame.store, frame.migration.id)
    key = st.selectbox(
        "Application or machine",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="Choose one to see its lines",
        key="cost-application",
    )
    found = costs.of_application(frame.work, frame.migration.id, key) if key else None
    if found is None:
        return
    cost, _ = found
    st.dataframe(
        pd.DataFrame([_row(line, card) for line in cost.lines]),
        hide_index=True,
        key="cost-lines",
        column_config={
            "Quantity": st.column_config.NumberColumn(format="localized"),
            f"Likely, {card.currency}": st.column_config.NumberColumn(format="localized"),
        },
        alt="Lines of cost with quantities, prices and sources",
    )
    if cost.unknown:
        missing = ", ".join(name.replace("_", " ") for name in cost.unknown)
        st.caption(f"Not known, and so left out: {words.plain(missing)}.")


def _row(line: CostLine, card: RateCard) -> dict[str, object]:
    rates = [card.rates[item] for item in line.items]
    likely = line.quantity
    for rate in rates:
        likely *= rate.base
    return {
        "When": PHASES[line.phase],
        "What": line.text,
        "Quantity": line.quantity,
        "From": line.source or words.DASH,
        "Price": " × ".join(f"{rate.item.replace('_', ' ')} {rate.base:g}" for rate in rates),
        f"Likely, {card.currency}": round(likely, 2),
        "Price from": "; ".join(rate.source for rate in rates),
    }
