"""The rules of a plan that are fields: its waves, the pilot, what is made of dependencies, and what else is wanted."""

from __future__ import annotations

from datetime import date

import streamlit as st

from platform_core.domain.waves import FoundationRule
from platform_core.services import rule_tables
from platform_core.services.plans import PlanView
from platform_core.services.rule_tables import Shape

MOST_WAVES = 100
FOUNDATION = {
    FoundationRule.OUTSIDE: "is outside the cut",
    FoundationRule.FIRST: "is outside, and moves early",
    FoundationRule.COUNTED: "counts like the rest",
}
HARD = "hard"
WISH = "Empty: hard. A price: a wish that may cost so much dependency weight for each application."


def draw_shape(plan: PlanView) -> tuple[date, int, Shape]:
    """Draw the fields and return start, weeks a wave and what the fields say."""
    shape = rule_tables.shape_of(plan.rules)
    first, second, third, fourth, fifth = st.columns(5)
    starts_on = first.date_input("First wave starts on", plan.starts_on)
    weeks = int(second.number_input("Weeks a wave", 1, 52, plan.weeks_per_wave))
    count = int(third.number_input("Waves", 1, MOST_WAVES, plan.rules.waves))
    critical = fourth.number_input(
        "Critical assets a wave, at most", 0, None, shape.max_critical, placeholder="no limit"
    )
    smallest = fifth.number_input("Effort points a wave, at least", 0.0, None, shape.smallest_wave)
    fields = {"waves": count, "max_critical": critical, "smallest_wave": float(smallest or 0.0)}
    fields |= draw_pilot(shape)
    fields |= draw_dependency_rules(shape)
    fields |= draw_objective(shape)
    return starts_on, weeks, Shape.model_validate(fields)


def draw_pilot(shape: Shape) -> dict[str, object]:
    """Draw what may move first, and whether tests move before production."""
    st.markdown("**What moves first**")
    first, second, third, fourth, fifth = st.columns(5, vertical_alignment="bottom")
    sixth, seventh, _ = st.columns([2, 1, 2], vertical_alignment="bottom")
    return {
        "pilot_waves": int(first.number_input("Pilot waves at the start", 0, 5, shape.pilot_waves)),
        "pilot_risk": second.number_input("Pilot: highest risk (0 to 1)", 0.0, 1.0, shape.pilot_risk, step=0.05),
        "pilot_effort": third.number_input(
            "Pilot: most effort points", 0.0, None, shape.pilot_effort, placeholder="any"
        ),
        "pilot_price": fourth.number_input("Pilot: price", 0.0, None, shape.pilot_price, placeholder=HARD, help=WISH),
        "pilot_critical": fifth.toggle("Pilot: critical assets allowed", shape.pilot_critical),
        "staging": sixth.toggle("Non-production moves in earlier waves than production", shape.staging),
        "staging_price": seventh.number_input(
            "Its price", 0.0, None, shape.staging_price, placeholder=HARD, help=WISH, key="staging-price"
        ),
    }


def draw_dependency_rules(shape: Shape) -> dict[str, object]:
    """Draw the switches that make rules of dependencies."""
    st.markdown("**From dependencies**")
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    return {
        "foundation": fourth.selectbox(
            "What serves everybody",
            list(FOUNDATION),
            list(FOUNDATION).index(shape.foundation),
            format_func=FOUNDATION.__getitem__,
            help="Name service, directory, monitoring and hubs: whether their dependencies count as severed.",
        ),
        "two_way": first.number_input(
            "Together if needed both ways with weight",
            0.0,
            None,
            shape.two_way,
            placeholder="off",
            help="Applications that need each other with at least this weight travel as one, while they fit a wave.",
        )
        or None,
        "dependencies_first": second.number_input(
            "Needed moves first from weight",
            0.0,
            None,
            shape.dependencies_first,
            placeholder="off",
            help="What is needed with at least this weight should move in the same or an earlier wave.",
        )
        or None,
        "shared_databases": third.toggle("Users of a database travel with it", shape.shared_databases),
    }


def draw_objective(shape: Shape) -> dict[str, object]:
    """Draw what else is wanted of a plan, as sliders."""
    st.markdown("**Besides severing little**")
    first, second, third = st.columns(3)
    return {
        "distance": first.slider(
            "Severed dependencies in near waves", 0.0, 1.0, min(shape.distance, 1.0), 0.05, help="0: does not matter"
        ),
        "early_risk": second.slider(
            "Little risk early", 0.0, 5.0, min(shape.early_risk, 5.0), 0.25, help="0: does not matter"
        ),
        "stability": third.slider(
            "Stay close to the former plan", 0.0, 10.0, min(shape.stability, 10.0), 0.5, help="0: move freely"
        ),
    }
