"""The rules of a plan as a form: change them, plan again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._rule_fields import draw_shape
from pages._runs import begin
from pages._telling import telling
from platform_core.domain.waves import Rules
from platform_core.services import rule_tables, scenarios
from platform_core.services.plans import PlanView, PlanWish
from platform_core.services.requests import MakePlan

LOCKED = "These waves stay exactly as they are: nothing leaves them and nothing enters."
SHOWN_PRICES = 20
NOTHING = 0.0005
"""Below this share a price is no more than the noise of the search."""


def plan_now(frame: Frame, wish: PlanWish | None) -> None:
    """Plan the waves and show the outcome."""
    begin(frame, MakePlan(migration_id=frame.migration.id, wish=wish or PlanWish(starts_on=next_monday())))
    st.rerun()


def next_monday() -> date:
    """Return the Monday after today."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())


def plan_again(frame: Frame, plan: PlanView, rules: Rules) -> None:
    """Plan a scenario anew under other rules, near to where everything stands."""
    wish = PlanWish(
        starts_on=plan.starts_on, weeks_per_wave=plan.weeks_per_wave, rules=rules, name=plan.name, seed=plan.seed
    )
    plan_now(frame, wish)


def draw_rules(frame: Frame, plan: PlanView) -> None:
    """Draw what the rules cost, and the rules as a form of fields and small tables; sending it plans again."""
    with st.expander("Rules", icon=":material/rule:", key="rules", on_change="rerun") as rules:
        if not rules.open:
            return
        draw_prices(frame, plan)
        with st.form(f"rules-{plan.id}-{plan.version}", border=False):
            starts_on, weeks, shape = draw_shape(plan)
            tables = draw_tables(plan)
            left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
            afresh = left.toggle("Plan afresh instead of staying close to this plan")
            keep = middle.toggle("Keep what was moved by hand where it is", value=True)
            locked = int(right.number_input("First waves locked", 0, plan.rules.waves, 0, help=LOCKED))
            sent = st.form_submit_button("Plan again", type="primary", key="plan-again")
    if sent:
        with telling():
            wish = PlanWish(
                starts_on=starts_on,
                weeks_per_wave=weeks,
                rules=rule_tables.rules_of(tables, shape),
                name=plan.name,
                seed=plan.seed,
                afresh=afresh,
                keep_by_hand=keep,
                locked=locked,
            )
            plan_now(frame, wish)
        st.rerun()


def draw_prices(frame: Frame, plan: PlanView) -> None:
    """Draw each rule as a sentence with what it costs, or the button to find out."""
    for price in plan.prices[:SHOWN_PRICES]:
        cost = f"costs {100 * price.points:.1f} points" if price.points >= NOTHING else "costs nothing"
        st.caption(f"{words.plain(price.rules.rstrip('.'))}: **{cost}**")
    if plan.waves and not plan.prices and st.button("What does each rule cost?", key="price-rules"):
        bar = st.progress(0.0)
        with telling():
            watch = lambda share, text: bar.progress(share, text=words.plain(text))  # noqa: E731
            scenarios.price(frame.work, plan.id, watch)
        st.rerun()


def draw_tables(plan: PlanView) -> dict[str, list[dict[str, Any]]]:
    """Draw one small table for each kind of rule and return their rows."""
    shown = rule_tables.tables_of(plan.rules)
    tabs = st.tabs([rule_tables.TITLES[kind] for kind in shown])
    edited = {}
    for tab, (kind, rows) in zip(tabs, shown.items(), strict=True):
        with tab:
            st.caption(rule_tables.SENTENCES[kind])
            frame = pd.DataFrame(rows, columns=list(rule_tables.COLUMNS[kind]))
            result = st.data_editor(
                frame.astype("object"),
                key=f"rule-{kind}-{plan.id}-{plan.version}",
                num_rows="fixed" if kind == "capacity" else "dynamic",
                hide_index=True,
                column_config={name: _column(name, kind) for name in rule_tables.COLUMNS[kind]},
                alt=rule_tables.SENTENCES[kind],
            )
            edited[kind] = result.to_dict("records")
    return edited


def _column(name: str, kind: str) -> Any:
    if name == "Strict":
        return st.column_config.CheckboxColumn(help="In an earlier wave, not the same one")
    if name == rule_tables.PRICE:
        return st.column_config.NumberColumn(min_value=0.0, help="Empty: hard. A price: a wish.")
    if name in {"From", "To"}:
        return st.column_config.DateColumn()
    if name in {"Wave", "Points"}:
        fixed = kind == "capacity" and name == "Wave"
        return st.column_config.NumberColumn(min_value=0 if name == "Points" else 1, disabled=fixed)
    return st.column_config.TextColumn()
