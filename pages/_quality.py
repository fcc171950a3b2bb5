"""The quality tab: the score with its parts, faults by what would mend them with their rows, and what holds by rule."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._findings import draw_import_findings
from pages._frame import Frame
from pages._linked import link, linked_choice, widget_key
from pages._quality_score import PART_WORDS, draw_failing, draw_score
from pages._repair import draw_fault, draw_standing
from platform_core.domain.asset_decisions import ChangeKind
from platform_core.domain.quality import Dimension, Fault
from platform_core.services import asset_edits, quality

ACTIONS = {
    "scale": "Scale a number",
    "swap": "Swap or move fields",
    "cut": "Cut or take off text",
    "spell": "One spelling",
    "set": "Set a value",
    "clear": "Empty a filler",
    "judge": "Look at it yourself",
    "fill": "Fill in what is missing",
}
"""What repairs faults, in the order of the list: rules first, then what only an analyst can tell."""

ACTION_OF = {
    ChangeKind.SCALE: "scale",
    ChangeKind.SWAP: "swap",
    ChangeKind.MOVE: "swap",
    ChangeKind.SHORTEN: "cut",
    ChangeKind.DROP: "cut",
    ChangeKind.REPLACE: "spell",
    ChangeKind.SET: "set",
    ChangeKind.CLEAR: "clear",
}


def draw_quality(frame: Frame) -> None:
    """Draw the score, then the faults with the chosen one's rows, then standing rules and findings of the imports."""
    view = quality.view(frame.store, frame.migration.id)
    draw_score(view)
    part = choose_part(view.faults)
    if part is not None and view.failing[part].count:
        draw_failing(frame, view, part)
    chosen = choose_fault(view.faults, part)
    if chosen is not None:
        draw_fault(frame, chosen)
    draw_standing(frame)
    draw_import_findings(frame)


def choose_part(faults: tuple[Fault, ...]) -> Dimension | None:
    """Draw the parts of the score and return the chosen one."""
    st.subheader("What is wrong and what would mend it", anchor=False)
    if not faults:
        st.caption("No check and no gap was found.")
    parts = [part.value for part in Dimension]
    part = linked_choice("part", parts)
    st.pills(
        "Part",
        parts,
        format_func=lambda name: PART_WORDS[Dimension(name)],
        key=widget_key("part"),
        on_change=partial(link, "part"),
    )
    return Dimension(part) if part else None


def choose_fault(faults: tuple[Fault, ...], part: Dimension | None) -> Fault | None:
    """Draw the faults by the action that would repair them, those that a rule mends first; return the chosen one."""
    of_part = [fault for fault in faults if part in {None, fault.dimension}]
    counts: dict[str, int] = {}
    for fault in of_part:
        counts[action_of(fault)] = counts.get(action_of(fault), 0) + 1
    if not counts:
        return None
    action = linked_choice("action", list(counts))
    st.pills(
        "Repair",
        [each for each in ACTIONS if each in counts],
        format_func=lambda each: f"{ACTIONS[each]} · {words.counted(counts[each], 'fault')}",
        key=widget_key("action"),
        on_change=partial(link, "action"),
    )
    order = list(ACTIONS)
    listed = [fault for fault in of_part if action in {None, action_of(fault)}]
    listed.sort(key=lambda fault: (order.index(action_of(fault)), -fault.count))
    table = pd.DataFrame(
        {
            "Fault": [fault.title for fault in listed],
            "Assets": [fault.count for fault in listed],
            "Repair": [repair_words(fault) or ACTIONS[action_of(fault)] for fault in listed],
            "For example": ["; ".join(fault.examples[:2]) or None for fault in listed],
            "Part": [PART_WORDS[fault.dimension] for fault in listed],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key=f"faults-{part or 'all'}" + (f"-{action}" if action else ""),
        on_select="rerun",
        selection_mode="single-row-required",
        height=min(9, len(listed) + 1) * 35 + 3,
        placeholder=words.DASH,
        column_config={"Assets": st.column_config.NumberColumn(format="localized")},
        alt="Faults with the number of assets and what would mend them",
    )
    st.caption("By the action that repairs them; what only you can tell comes last. Select one to see its rows.")
    chosen = [row for row in event.selection.rows if row < len(listed)]
    return listed[chosen[0] if chosen else 0]


def action_of(fault: Fault) -> str:
    """Return which action of `ACTIONS` repairs a fault."""
    if fault.change is not None:
        return ACTION_OF[fault.change.kind]
    return "fill" if fault.dimension is Dimension.COMPLETENESS else "judge"


def repair_words(fault: Fault) -> str | None:
    """Return in a few words what the rule does, None where nothing but an analyst can tell."""
    if fault.change is None:
        return None
    label = asset_edits.label(fault.change.field)
    other = asset_edits.label(fault.change.other) if fault.change.other else ""
    return {
        "set": f"Set {label} to {words.shown(fault.change.value)}",
        "clear": f"Empty {label}",
        "scale": f"{label} × {words.amount(fault.change.factor)}" if fault.change.factor >= 1 else f"{label} ÷ 1,024",
        "swap": f"Swap {label} and {other}",
        "move": f"Move {label} to {other}",
        "shorten": f"Cut {label} at the first dot",
        "drop": f"Take {words.shown(fault.change.value)} off {label}",
        "replace": f"One spelling of {label}",
    }[fault.change.kind]
