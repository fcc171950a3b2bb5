"""Scenarios as tabs, a new one from the shown, and two compared."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._plan_rules import plan_now
from pages._telling import tell, telling
from platform_core import charts
from platform_core.domain.cost import SpanCost
from platform_core.services import scenarios
from platform_core.services.differences import MovedGroup
from platform_core.services.plans import PlanView, PlanWish
from platform_core.services.scenarios import Comparison, Figures

SHOWN = 300
KEY = "scenario"


def choose_scenario(listed: Sequence[tuple[int, str]]) -> int:
    """Draw the scenarios as tabs where there are several and return the number of the chosen one."""
    numbers = {name: number for number, name in listed}
    if len(listed) == 1:
        return listed[0][0]
    if KEY in st.session_state and st.session_state[KEY] not in numbers:
        del st.session_state[KEY]
    chosen = st.segmented_control(
        "Scenario", list(numbers), default=listed[0][1], key=KEY, required=True, bind="query-params"
    )
    return numbers[chosen or listed[0][1]]


def draw_comparison(frame: Frame, plan: PlanView, listed: Sequence[tuple[int, str]]) -> None:
    """Draw making a scenario from this one, and this one beside another."""
    with st.expander("Scenarios", icon=":material/compare:", key="scenarios", on_change="rerun") as opened:
        if not opened.open:
            return
        draw_new(frame, plan, {name for _, name in listed})
        others = {name: number for number, name in listed if number != plan.id}
        if not others:
            st.caption("Two scenarios can be compared side by side; there is only this one.")
            return
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        other = left.selectbox(f"Compare {plan.name} with", list(others), key="compare-with")
        if right.button("Delete this scenario", type="tertiary", icon=":material/delete:", key="delete-scenario"):
            with telling():
                scenarios.remove(frame.work, plan.id, frame.by)
                tell(f"Deleted {plan.name}")
            st.rerun()
        draw_compared(scenarios.compare(frame.store, plan.id, others[other]))


def draw_new(frame: Frame, plan: PlanView, taken: set[str]) -> None:
    """Draw the name of a scenario that starts as this one, or by ready-made rules."""
    first, second, third = st.columns([3, 3, 1], vertical_alignment="bottom")
    name = first.text_input("New scenario", placeholder="Its name", key="new-scenario").strip()
    ready = second.selectbox("Rules", ["As in this one", "Eight ranked conditions", "As few waves as fit"], key="ready")
    if third.button("Plan it", key="plan-scenario", disabled=not name or name in taken):
        wish = PlanWish(
            starts_on=plan.starts_on,
            weeks_per_wave=plan.weeks_per_wave,
            rules=plan.rules,
            name=name,
            seed=plan.seed,
            based_on=plan.id,
            ranked=ready == "Eight ranked conditions",
            fewest=ready == "As few waves as fit",
        )
        plan_now(frame, wish)
    if name in taken:
        st.caption("There is a scenario of that name.")


def draw_compared(compared: Comparison) -> None:
    """Draw the figures of two scenarios, their risk by wave, and what moved."""
    both = (compared.one, compared.other)
    rows = [figures_of(each) for each in both]
    table = pd.DataFrame(rows, index=[each.plan.name for each in both]).T
    left, right = st.columns(2)
    with left:
        st.dataframe(table, key="compared", alt="Figures of two scenarios side by side")
        share, soon = words.percent(compared.moved_share), words.percent(compared.next_waves_share)
        st.caption(f"{share} of the assets stand in another wave, {soon} of the first two waves.")
    with right:
        st.plotly_chart(
            charts.risk_curves([(each.plan.name, each.risk_by_wave) for each in both]),
            key="risk-curves",
            config={"displayModeBar": False},
            alt="Mean risk by wave of two scenarios",
        )
    moved = pd.DataFrame(
        [(named(line), line.wave, line.other_wave, line.assets, line.reason) for line in compared.moved[:SHOWN]],
        columns=["Moved", f"Wave in {compared.one.plan.name}", f"in {compared.other.plan.name}", "Assets", "Why"],
    )
    st.dataframe(
        moved,
        hide_index=True,
        placeholder=words.DASH,
        key="moved",
        column_config={"Why": st.column_config.TextColumn(width="large")},
        alt="What stands in another wave, and the reason for each",
    )
    if len(compared.moved) > SHOWN:
        st.caption(f"and {len(compared.moved) - SHOWN:,} smaller ones")
    draw_cost_note(compared.one.cost)


def named(line: MovedGroup) -> str:
    """Return the applications of a moved group in a few words."""
    more = len(line.applications) - 1
    return line.applications[0] + (f" and {more:,} more" if more else "")


def draw_cost_note(cost: SpanCost | None) -> None:
    """Say what the cost covers, or why there is none."""
    if cost is None:
        st.caption("Cost is compared once prices of your own are there: 6R strategy, Cost.")
        return
    missing = cost.applications - cost.complete
    lacks = (
        f" Of {missing:,} of {cost.applications:,} applications something is unknown: it is at least this."
        if missing
        else ""
    )
    st.caption(
        f"Cost: running everything that moves from {cost.first} to {cost.last}, as today until its wave ends, and "
        f"moving it once; nine of ten draws of the prices lie in the range.{lacks}"
    )


def cost_range(cost: SpanCost | None) -> str:
    """Return a cost as its range, a dash where none is known."""
    if cost is None:
        return words.DASH
    return f"{words.short(cost.total.low)} to {words.short(cost.total.high)} {cost.currency}"


def figures_of(scenario: Figures) -> dict[str, str]:
    """Return the figures of a scenario in words."""
    plan, metrics = scenario.plan, scenario.plan.metrics
    return {
        "Severed": words.percent(metrics.cut_share if metrics else None),
        "Rules broken": words.number(len(plan.violations)),
        "Price of wishes not kept": words.number(round(scenario.unmet_cost, 1)),
        "Waves": words.number(len(plan.waves)),
        "Ends": words.day(plan.waves[-1].ends_on if plan.waves else None),
        "Highest load": words.number(round(scenario.highest_load, 1)),
        "Most critical assets": words.number(scenario.most_critical),
        "Cost until both are done": cost_range(scenario.cost),
    }
