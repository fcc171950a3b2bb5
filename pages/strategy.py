"""The page at /strategy: one recommendation per application, its reasons, and what analysts make of them."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._bulk import draw_bulk
from pages._cost import draw_cost
from pages._frame import Frame, empty_inventory, open_page
from pages._pictures import draw_pictures
from pages._policy import draw_policy
from pages._proposals_here import draw_proposals_here
from pages._shared_questions import draw_shared_questions
from pages._strategy_argument import draw_argument
from pages._strategy_table import draw_filters, draw_table, only_strategy
from platform_core import charts
from platform_core.services import graphs, strategies
from platform_core.services.strategies import Distribution

SHOWN_CONTRADICTIONS = 20
TABS = ("Applications", "Questionnaire", "Policy", "Cost")


def draw_distribution(mix: Distribution) -> None:
    """Draw how the portfolio splits; a click on a part lists it."""
    st.plotly_chart(
        charts.strategy_bar(mix.applications),
        key="mix",
        config={"displayModeBar": False},
        on_select=only_strategy,
        selection_mode="points",
        alt="Applications by strategy",
    )
    st.caption(
        f"{mix.total:,} assessed: applications, and machines that belong to none. "
        f"{words.percent(mix.needs_data / mix.total)} need data, "
        f"{words.percent(mix.within_noise / mix.total)} are within the noise (lead over the runner-up below "
        f"{words.percent(strategies.NOISE_MARGIN)}), {mix.overridden:,} overridden. Click a part to list it."
    )


def draw_contradictions(frame: Frame) -> None:
    """Draw where strategies of applications that hang together cannot both stand."""
    found = graphs.contradictions(frame.store, frame.migration.id)
    if found:
        with st.expander(f"Contradictions ({len(found):,})", icon=":material/warning:"):
            for item in found[:SHOWN_CONTRADICTIONS]:
                st.caption(words.plain(item.text))
            if len(found) > SHOWN_CONTRADICTIONS:
                st.caption(f"and {len(found) - SHOWN_CONTRADICTIONS:,} more")


def draw_applications(frame: Frame, mix: Distribution) -> None:
    """Draw the pictures, the table that they filter, and what is selected in it."""
    caught = draw_pictures(frame, mix)
    draw_contradictions(frame)
    draw_proposals_here(frame, "strategy")
    st.subheader("Applications and machines")
    wanted = draw_filters(mix, caught)
    chosen = draw_table(frame, wanted)
    if len(chosen) > 1:
        draw_bulk(frame, chosen, wanted)
    elif chosen:
        draw_argument(frame, chosen[0])
    else:
        st.caption("Select a row to see the argument behind its strategy, several to decide them together.")


frame = open_page("strategy")
mix = strategies.distribution(frame.work, frame.migration.id)
if not mix.total:
    empty_inventory(frame, "No application was assessed yet: no mapping was applied.")
else:
    draw_distribution(mix)
    applications, questions, policy, cost = st.tabs(TABS, key="tab", on_change="rerun", bind="query-params")
    if applications.open:
        with applications:
            draw_applications(frame, mix)
    if questions.open:
        with questions:
            draw_shared_questions(frame)
    if policy.open:
        with policy:
            draw_policy(frame)
    if cost.open:
        with cost:
            draw_cost(frame)
