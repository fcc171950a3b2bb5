"""The quality score with its parts, and the assets that fail one of them, each with why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._asset_detail import draw_asset
from pages._findings import ISSUE_WORDS
from pages._frame import Frame
from pages._tables import draw_pages, one_page
from platform_core.domain.inventory import IssueKind
from platform_core.domain.quality import Dimension, QualityPart
from platform_core.services import asset_edits, quality, quality_rows
from platform_core.services.quality import QualityView
from platform_core.services.quality_rows import FailingRow

PART_WORDS = {
    Dimension.COMPLETENESS: "Completeness",
    Dimension.VALIDITY: "Validity",
    Dimension.CONSISTENCY: "Consistency",
    Dimension.UNIQUENESS: "Uniqueness",
    Dimension.FRESHNESS: "Freshness",
}
REASON_WORDS = ISSUE_WORDS | {
    IssueKind.UNREADABLE: "Value could not be read",
    IssueKind.IMPLAUSIBLE: "Value is implausible",
    IssueKind.INCOMPLETE: "A part of the total could not be read",
}
FAILING = 20


def draw_score(view: QualityView) -> None:
    """Draw the score and its parts, each with what is counted and the way to the assets that fail it."""
    score = view.score
    with st.grid(6, key="quality-score", min_column_width=130):
        st.metric("Score", _points(score.score), border=True, help=quality.FORMULA, height="stretch")
        for part in score.parts:
            counted = f"{part.good:,} of {part.total:,} {part.text}" if part.total else "Nothing to look at"
            _draw_part(part, f"{counted}.", view.failing[Dimension(part.name)].count)
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


def _draw_part(part: QualityPart, counted: str, failing: int) -> None:
    """Draw one part of the score and the button that opens the assets which fail it."""
    dimension = Dimension(part.name)
    with st.container(gap="small"):
        st.metric(PART_WORDS[dimension], _points(part.score), border=True, help=counted)
        st.button(
            f"{failing:,} to look at" if part.total else "not known",
            key=f"open-{part.name}",
            type="tertiary",
            icon=":material/search:",
            disabled=not failing,
            help=f"List {words.counted(failing, 'asset')} that {'fails' if failing == 1 else 'fail'} this part",
            on_click=_open_part,
            args=(dimension,),
        )


def _open_part(part: Dimension) -> None:
    """Show the assets that fail a part of the score."""
    st.query_params["part"] = part.value
    st.session_state.pop("failing", None)


def draw_failing(frame: Frame, view: QualityView, part: Dimension) -> None:
    """Draw a page of the assets that fail a part of the score, each with why, and the asset of the selected row."""
    number = view.failing[part].count

    def fetch(offset: int) -> tuple[list[FailingRow], int]:
        rows = quality_rows.failing(frame.work, frame.migration.id, view, part, offset=offset, limit=FAILING)
        return rows, number

    rows, _ = one_page(fetch, FAILING, "failing")
    st.markdown(f"**{PART_WORDS[part]}: {words.counted(number, 'asset')} to look at**")
    table = pd.DataFrame(
        {
            "Asset": [row.name for row in rows],
            "Type": [row.kind.capitalize() for row in rows],
            "Why": ["; ".join(_reasons(row)) or "Another asset has its name" for row in rows],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        key=f"failing-{part}-{st.session_state.get('failing') or 1}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={"Why": st.column_config.TextColumn(width="large")},
        alt=f"Assets that fail in {PART_WORDS[part]}",
    )
    if number > FAILING:
        draw_pages(number, FAILING, "failing")
    st.caption("Select a row to see where each value came from.")
    for row in event.selection.rows[:1]:
        draw_asset(frame, rows[row].key)


def _reasons(row: FailingRow) -> list[str]:
    """Return why an asset fails, in words."""
    fields = ((REASON_WORDS[kind], asset_edits.label(field) if field else "") for kind, field in row.findings)
    return [*row.faults, *(f"{told}: {field}" if field else told for told, field in fields)]


def _points(score: float | None) -> str:
    return words.DASH if score is None else f"{score:.0f}"
