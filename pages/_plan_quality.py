"""How good a plan is: the honest quality line, wishes it does not keep, and conflicts with their ways out."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._plan_rules import plan_again
from platform_core.domain.waves import RuleConflict, Split, WayOut
from platform_core.services import plan_edits
from platform_core.services.plans import PlanView

LINE_WORDS = (
    "Severed is the share of the weight of dependencies whose two ends move in different waves. First-fit by hand is "
    "what filling one wave after the other would sever, and below what is said at the end no plan under these rules "
    "can go."
)
SHOWN = 10
WAYS_SHOWN = 4
BUTTON_LENGTH = 90
NAMED, MOST_SERVING = 8, 300


def draw_quality(frame: Frame, plan: PlanView) -> None:
    """Draw the quality line, what is broken or unmet, what cannot hold together, and whether the plan is old."""
    if plan.stale:
        st.warning(
            "The inventory, a dependency or a strategy (an override, an answer or the policy) changed since this plan "
            "was made. Plan again to take that in.",
            icon=":material/update:",
        )
    for number, conflict in enumerate(plan.conflicts):
        draw_conflict(frame, plan, number, conflict)
    if plan.metrics is None:
        return
    metrics = plan.metrics
    line = [f"{words.counted(len(plan.violations), 'rule')} broken"]
    line.append(f"severs {words.percent(metrics.cut_share)} of dependency weight")
    if metrics.first_fit_cut_share is not None:
        line.append(f"first-fit by hand {words.percent(metrics.first_fit_cut_share)}")
    if metrics.proven_optimal:
        line.append("proved: no plan under these rules severs less")
    elif metrics.lower_bound_share is not None:
        line.append(f"at least {words.percent(metrics.lower_bound_share)} whatever the plan")
    if plan.unmet:
        line.append(f"{words.counted(len(plan.unmet), 'wish', 'wishes')} not kept")
    st.markdown(f"**{' · '.join(line)}**", help=LINE_WORDS)
    for violation in plan.violations[:SHOWN]:
        st.caption(f":material/warning: {words.plain(violation.text)}")
    for wish in plan.unmet[:SHOWN]:
        times = words.counted(len(wish.broken), "time")
        st.caption(f":material/heart_broken: {words.plain(wish.rule)} Not kept {times}, price {wish.cost:,.1f}.")


def draw_conflict(frame: Frame, plan: PlanView, number: int, conflict: RuleConflict) -> None:
    """Draw rules that cannot all hold, and what to give up, the least binding first, as buttons."""
    minimal = "" if conflict.proven_minimal else " (this set may not be the smallest)"
    rules = "".join(f"\n- {words.plain(rule)}" for rule in conflict.rules)
    reason = f"\n\n{words.plain(conflict.reason)}" if conflict.reason else ""
    st.error(f"These rules cannot all hold{minimal}:{rules}{reason}", icon=":material/rule:")
    for split in conflict.splits:
        st.caption(f":material/content_cut: {words.plain(split_sentence(split))}")
    with st.container(horizontal=True, key=f"ways-out-{number}"):
        st.caption("Make one of them a wish and plan again:", width="content")
        for place, way in enumerate(conflict.ways_out[:WAYS_SHOWN]):
            draw_way_out(frame, plan, f"{number}-{place}", way)


def split_sentence(split: Split) -> str:
    """Return how a move group too large for every wave would be cut best, in words."""
    size = f"{split.group} and what travels with it take {split.effort:,.1f} points, a wave holds {split.room:,.1f}."
    why = f" They travel as one by {'; '.join(split.reasons)}." if split.reasons else ""
    if not split.parts:
        return f"{size}{why} No cut of it fits: one application is too large already."
    parts = " | ".join(", ".join(part[:NAMED]) + (" …" if len(part) > NAMED else "") for part in split.parts)
    return f"{size}{why} The best cut severs {split.severed:,.1f}: {parts}."


def draw_foundation(plan: PlanView) -> None:
    """Draw what serves everybody and so is outside the cut, each with the reason."""
    if not plan.foundation:
        return
    title = f"Foundation outside the cut: {len(plan.foundation):,}"
    with st.expander(title, icon=":material/foundation:", key="foundation", on_change="rerun") as opened:
        if not opened.open:
            return
        st.caption(
            "They serve everybody: who needs them is no reason to share their wave. The rules say what becomes of them."
        )
        rows = [(member.name, member.reason) for member in plan.foundation[:MOST_SERVING]]
        st.dataframe(pd.DataFrame(rows, columns=["Asset", "Why"]), hide_index=True, alt="The foundation with reasons")


def draw_way_out(frame: Frame, plan: PlanView, key: str, way: WayOut) -> None:
    """Draw giving up one rule as a button."""
    label = way.rule if len(way.rule) <= BUTTON_LENGTH else f"{way.rule[:BUTTON_LENGTH]}…"
    help_text = f"Binds {way.reach:,.1f} effort points." + ("" if way.enough else " Another conflict remains.")
    if st.button(words.plain(label), help=help_text, key=f"way-out-{key}"):
        plan_again(frame, plan, plan_edits.relaxed(plan.rules, way.kind, way.place))
