"""What the portfolio costs today and afterwards and what moving it costs, by the prices the analyst supplies."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._cost_application import draw_application_cost
from pages._finished_work import draw_finished_work
from pages._frame import Frame
from pages._telling import is_chosen, tell, tell_failure, telling
from platform_core import charts
from platform_core.domain.cost import CostForecast, CostRange
from platform_core.services import costs
from platform_core.services.costs import MigrationCost

MOST_MB = 5
SHOWN_PROBLEMS = 5


def draw_cost(frame: Frame) -> None:
    """Draw the forecast when there is a rate card, and the way to one."""
    found = costs.of_migration(frame.work, frame.migration.id)
    if found is None:
        st.caption("No cost is shown without prices of your own. Fill in the template and bring it back.")
        draw_card(frame, first=True)
        return
    draw_forecast(found)
    draw_application_cost(frame, found.card)
    draw_prices(frame, found)
    draw_finished_work(frame)


def draw_forecast(found: MigrationCost) -> None:
    """Draw the ranges of the whole portfolio and what they do not hold."""
    forecast, currency = found.forecast, found.forecast.currency
    with st.container(horizontal=True):
        st.metric(f"Running today, {currency} a year", _middle(forecast.today), _spread(forecast.today), **_plain())
        st.metric(f"Afterwards, {currency} a year", _middle(forecast.after), _spread(forecast.after), **_plain())
        st.metric(f"Moving it, {currency} once", _middle(forecast.migration), _spread(forecast.migration), **_plain())
        if forecast.saving is not None:
            label = f"Saving, {currency} a year"
            st.metric(label, _middle(forecast.saving), _spread(forecast.saving), **_plain())
    st.plotly_chart(
        charts.cost_ranges(_ranges(forecast), currency),
        key="cost-ranges",
        config={"displayModeBar": False},
        alt="Costs of the portfolio as ranges",
    )
    st.caption(
        f"The bar is the middle, the line holds nine of ten outcomes when each price lies between its low and high "
        f"end. Prices of {words.plain(found.card.name)} as of {forecast.as_of}. Of {forecast.applications:,} "
        f"applications and machines {forecast.complete:,} are known completely; the others are told too low, and only "
        "complete ones count as saving."
    )
    if found.missing:
        with st.expander(f"What is missing ({len(found.missing)})"):
            rows = [(name.replace("_", " "), count) for name, count in found.missing]
            st.dataframe(
                pd.DataFrame(rows, columns=["Missing", "Applications"]), hide_index=True, alt="What costs lack"
            )


def draw_prices(frame: Frame, found: MigrationCost) -> None:
    """Draw the prices in use with their sources, and the way to replace them."""
    with st.expander(f"Prices ({len(found.card.rates)})", icon=":material/payments:"):
        rows = [(r.item.replace("_", " "), r.low, r.base, r.high, r.source) for r in found.card.rates.values()]
        columns = ["Price of one", "Low", "Likely", "High", "Source"]
        st.dataframe(pd.DataFrame(rows, columns=columns), hide_index=True, key="rates", alt="Prices with sources")
        draw_card(frame, first=False)


def draw_card(frame: Frame, *, first: bool) -> None:
    """Draw template and upload of a rate card."""
    st.download_button(
        "Download rate-card.csv",
        costs.rate_card_template,
        file_name="rate-card.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="download-rates",
    )
    with st.form("supply-rates", clear_on_submit=True, border=False):
        file = st.file_uploader("Rate card", type="csv", max_upload_size=MOST_MB)
        kind = "primary" if first else "secondary"
        if st.form_submit_button("Use these prices", key="supply-rates-send", type=kind):
            if is_chosen(file):
                supply(frame, file.name, file.getvalue())
            st.rerun()


def supply(frame: Frame, name: str, content: bytes) -> None:
    """Take a rate card over and say which of its lines could not be."""
    with telling():
        problems = costs.supply_rates(frame.work, frame.migration.id, name, content, frame.by)
        tell(f"The prices of {name} count now")
        if problems:
            told = "; ".join(f"line {p.line}: {p.text}" for p in problems[:SHOWN_PROBLEMS])
            tell_failure(f"{words.counted(len(problems), 'line')} of {name} could not be taken. {told}")


def _ranges(forecast: CostForecast) -> list[tuple[str, float, float, float]]:
    named = {
        "Running today, a year": forecast.today,
        "Afterwards, a year": forecast.after,
        "Moving it, once": forecast.migration,
    }
    return [(what, one.low, one.middle, one.high) for what, one in named.items()]


def _middle(of: CostRange) -> str:
    return words.number(round(of.middle))


def _spread(of: CostRange) -> str:
    return f"{words.number(round(of.low))} to {words.number(round(of.high))}"


def _plain() -> dict[str, str]:
    return {"delta_color": "off", "delta_arrow": "off"}
