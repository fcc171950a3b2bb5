"""The numbers of the policy as tables to edit: weights of signals, thresholds, and the engine's own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from platform_core.charts import strategy_label
from platform_core.domain.strategy import PolicyChange, Strategy
from platform_core.services import policy_editor
from platform_core.services.policy_editor import EditedBound, EditedPolicy

WEIGHTS = "weights"
"""What the key of the table of weights begins with."""

LABELS = {strategy_label(strategy): strategy for strategy in Strategy}


def draw_weights(wanted: PolicyChange, edited: EditedPolicy, draft: str) -> PolicyChange:
    """Draw the weight of every signal for every strategy and return the change with what was edited."""
    with st.expander(f"Weights ({len(edited.signals)} signals)", icon=":material/balance:"):
        st.caption("What a signal adds to the score of each strategy when it is observed, in log odds.")
        rows = [
            {"Signal": s.text, **{label: s.weights[one] for label, one in LABELS.items()}, "Source": s.source}
            for s in edited.signals
        ]
        frame = pd.DataFrame(rows)
        after = st.data_editor(
            frame,
            hide_index=True,
            key=f"{WEIGHTS}-{draft}",
            disabled=["Signal", "Source"],
            column_config={
                "Signal": st.column_config.TextColumn(width=280, pinned=True),
                **{label: st.column_config.NumberColumn(format="%.2f", width=105) for label in LABELS},
            },
            height=420,
        )
    edits = [
        (edited.signals[row].name, LABELS[label], float(after[label].iat[row]))
        for label in LABELS
        for row in changed_rows(frame[label], after[label])
    ]
    return policy_editor.with_weights(wanted, edits) if edits else wanted


def draw_bounds(wanted: PolicyChange, edited: EditedPolicy, draft: str) -> PolicyChange:
    """Draw thresholds and the engine's numbers and return the change with what was edited."""
    with st.expander("Thresholds and confidence", icon=":material/straighten:"):
        st.caption("From which value on a fact counts as observed.")
        bounds = _draw_numbers(edited.thresholds, f"thresholds-{draft}")
        st.caption("When an answer is given at all, and how sure it may be.")
        numbers = _draw_numbers(edited.settings, f"settings-{draft}")
    if bounds:
        wanted = policy_editor.with_thresholds(wanted, [(b.name, b.part, value) for b, value in bounds])
    if numbers:
        wanted = policy_editor.with_settings(wanted, {b.name: value for b, value in numbers})
    return wanted


def changed_rows(before: pd.Series, after: pd.Series) -> list[int]:
    """Return the positions at which a column was edited; an emptied cell is no edit."""
    return [row for row in range(len(before)) if pd.notna(after.iat[row]) and after.iat[row] != before.iat[row]]


def _draw_numbers(bounds: Sequence[EditedBound], key: str) -> list[tuple[EditedBound, float]]:
    """Draw a table of numbers and return those that were edited with their new value."""
    frame = pd.DataFrame(
        {
            "What": [bound.text for bound in bounds],
            "Value": [bound.value for bound in bounds],
            "Shipped": [bound.shipped for bound in bounds],
        }
    )
    after = st.data_editor(
        frame,
        hide_index=True,
        key=key,
        disabled=["What", "Shipped"],
        column_config={"What": st.column_config.TextColumn(width=520)},
    )
    return [(bounds[row], float(after["Value"].iat[row])) for row in changed_rows(frame["Value"], after["Value"])]
