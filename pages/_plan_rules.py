"""The rules of a plan as a form: change them, plan again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages._frame import Frame
from pages._runs import begin
from pages._telling import telling
from platform_core.services import rule_tables
from platform_core.services.plans import PlanView, PlanWish
from platform_core.services.requests import MakePlan

MOST_WAVES = 100


def plan_now(frame: Frame, wish: PlanWish | None) -> None:
    """Plan the waves and show the outcome."""
    begin(frame, MakePlan(migration_id=frame.migration.id, wish=wish or PlanWish(starts_on=next_monday())))
    st.rerun()


def next_monday() -> date:
    """Return the Monday after today."""
    today = datetime.now(UTC).date()
    return today + timedelta(days=7 - today.weekday())


def draw_rules(frame: Frame, plan: PlanView) -> None:
    """Draw the rules as a form of a few fields and small tables; sending it plans again."""
    with st.expander("Rules", icon=":material/rule:", key="rules", on_change="rerun") as rules:
        if not rules.open:
            return
        with st.form(f"rules-{plan.id}-{plan.version}", border=False):
            shape = draw_shape(plan)
            tables = draw_tables(plan)
            left, right = st.columns(2)
            afresh = left.toggle("Plan afresh instead of staying close to this plan")
            keep = right.toggle("Keep what was moved by hand where it is", value=True)
            sent = st.form_submit_button("Plan again", type="primary", key="plan-again")
    if sent:
        with telling():
            wish = PlanWish(
                starts_on=shape.pop("starts_on"),
                weeks_per_wave=shape.pop("weeks_per_wave"),
                rules=rule_tables.rules_of(tables, **shape),
                name=plan.name,
                seed=plan.seed,
                afresh=afresh,
                keep_by_hand=keep,
            )
            plan_now(frame, wish)
        st.rerun()


def draw_shape(plan: PlanView) -> dict[str, Any]:
    """Draw number, dates and caps of the waves."""
    first, second, third, fourth = st.columns(4)
    fifth, sixth, seventh = st.columns([1, 1, 2], vertical_alignment="center")
    pilot = plan.rules.pilot
    return {
        "starts_on": first.date_input("First wave starts on", plan.starts_on),
        "weeks_per_wave": int(second.number_input("Weeks a wave", 1, 52, plan.weeks_per_wave)),
        "waves": int(third.number_input("Waves", 1, MOST_WAVES, plan.rules.waves)),
        "max_critical": fourth.number_input(
            "Critical assets a wave, at most", 0, None, plan.rules.max_critical_per_wave, placeholder="no limit"
        ),
        "pilot_waves": int(fifth.number_input("Pilot waves at the start", 0, 5, len(pilot.waves) if pilot else 0)),
        "pilot_risk": sixth.number_input(
            "Pilot: highest risk (0 to 1)", 0.0, 1.0, pilot.max_risk if pilot else 0.4, step=0.05
        ),
        "pilot_critical": seventh.toggle("Pilot: critical assets allowed", pilot.critical_allowed if pilot else False),
    }


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
    if name in {"Wave", "Points"}:
        fixed = kind == "capacity" and name == "Wave"
        return st.column_config.NumberColumn(min_value=0 if name == "Points" else 1, disabled=fixed)
    return st.column_config.TextColumn()
