"""The quality tab: the score with its parts, faults by what would mend them with their rows, and what holds by rule."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._findings import draw_import_findings
from pages._frame import Frame
from pages._repair import draw_fault, draw_standing
from platform_core.domain.quality import Dimension, Fault, QualityScore
from platform_core.services import asset_edits, quality

PART_WORDS = {
    Dimension.COMPLETENESS: "Completeness",
    Dimension.VALIDITY: "Validity",
    Dimension.CONSISTENCY: "Consistency",
    Dimension.UNIQUENESS: "Uniqueness",
    Dimension.FRESHNESS: "Freshness",
}


def draw_quality(frame: Frame) -> None:
    """Draw the score, then the faults with the chosen one's rows, then standing rules and findings of the imports."""
    view = quality.view(frame.store, frame.migration.id)
    draw_score(view.score)
    chosen = choose_fault(view.faults)
    if chosen is not None:
        draw_fault(frame, chosen)
    draw_standing(frame)
    draw_import_findings(frame)


def draw_score(score: QualityScore) -> None:
    """Draw the score and its parts, each with what is counted."""
    with st.grid(6, key="quality-score", min_column_width=130):
        st.metric("Score", _points(score.score), border=True, help=quality.FORMULA, height="stretch")
        for part in score.parts:
            counted = f"{part.good:,} of {part.total:,} {part.text}" if part.total else "Nothing to look at"
            label = PART_WORDS[Dimension(part.name)]
            st.metric(label, _points(part.score), border=True, help=f"{counted}.", height="stretch")
    with st.expander("How the score comes about", icon=":material/functions:"):
        st.markdown(words.plain(quality.FORMULA))
        rows = [(PART_WORDS[Dimension(p.name)], p.good, p.total, p.text) for p in score.parts]
        st.dataframe(
            pd.DataFrame(rows, columns=["Part", "In order", "Looked at", "What is counted"]),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="localized") for name in ("In order", "Looked at")
            },
            alt="The parts of the quality score",
        )


def choose_fault(faults: tuple[Fault, ...]) -> Fault | None:
    """Draw the faults, those that a rule would mend first, and return the chosen one."""
    st.subheader("What is wrong and what would mend it", anchor=False)
    parts = [part for part in Dimension if any(fault.dimension is part for fault in faults)]
    if not parts:
        st.caption("No fault was found.")
        return None
    part = st.pills("Part", parts, format_func=PART_WORDS.__getitem__, key="part", bind="query-params")
    listed = [fault for fault in faults if part in {None, fault.dimension}]
    table = pd.DataFrame(
        {
            "Fault": [fault.title for fault in listed],
            "Assets": [fault.count for fault in listed],
            "Repair": [repair_words(fault) for fault in listed],
            "Part": [PART_WORDS[fault.dimension] for fault in listed],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key=f"faults-{part or 'all'}",
        on_select="rerun",
        selection_mode="single-row-required",
        height=min(9, len(listed) + 1) * 35 + 3,
        placeholder=words.DASH,
        column_config={"Assets": st.column_config.NumberColumn(format="localized")},
        alt="Faults with the number of assets and what would mend them",
    )
    st.caption("Those that a rule would mend come first. Select one to see its rows.")
    chosen = [row for row in event.selection.rows if row < len(listed)]
    return listed[chosen[0] if chosen else 0]


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


def _points(score: float | None) -> str:
    return words.DASH if score is None else f"{score:.0f}"
