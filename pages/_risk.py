"""The risk tab: inherent and residual risk side by side, the register, the drivers of one application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._proposals_here import draw_proposals_here
from pages._risk_detail import draw_risk_detail
from platform_core import charts
from platform_core.domain.register import RegisterEntry, RegisterStatus
from platform_core.services import risks
from platform_core.services.risks import ApplicationRisk

INHERENT, RESIDUAL = "risk-matrix", "residual-matrix"
CLICKED = "clicked-matrix"
"""Session state: which matrix was clicked last; its cell is the one that is listed."""


def draw_risk(frame: Frame) -> None:
    """Draw both matrices above the register; a click on a cell of either lists it."""
    draw_proposals_here(frame, "risk")
    left, right = st.columns(2)
    with left:
        inherent = draw_matrix(frame, INHERENT, "Inherent")
    with right:
        residual = draw_matrix(frame, RESIDUAL, "Residual: with the mitigations chosen")
    st.caption("How many have which likelihood and impact; colour is their product. Click a cell to list it.")
    status = st.pills("Status", list(RegisterStatus), format_func=str.capitalize, key="status", bind="query-params")
    lines, where = listed(frame, inherent, residual, status)
    chosen = draw_register(frame, lines, where)
    if chosen is not None:
        draw_risk_detail(frame, risks.of_application(frame.work, frame.migration.id, chosen))


def draw_matrix(frame: Frame, key: str, title: str) -> dict[str, int]:
    """Draw a matrix and return likelihood and impact of the cell that was clicked; nothing for none."""
    st.markdown(f"**{title}**")
    event = st.plotly_chart(
        charts.risk_matrix(risks.matrix(frame.work, frame.migration.id, residual=key == RESIDUAL)),
        key=key,
        on_select=lambda: st.session_state.update({CLICKED: key}),
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"Applications by likelihood and impact, {title.lower()}",
    )
    return chosen_cell(event["selection"]["points"])


def chosen_cell(points: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return likelihood and impact of the cell that was clicked; nothing for none."""
    return {"likelihood": int(points[0]["x"]), "impact": int(points[0]["y"])} if points else {}


def listed(
    frame: Frame, inherent: dict[str, int], residual: dict[str, int], status: RegisterStatus | None
) -> tuple[list[ApplicationRisk], str]:
    """Return the applications to list, and in words which they are: a status goes before a cell."""
    if status is not None:
        return risks.of_status(frame.work, frame.migration.id, status), f"{status.capitalize()} in the register"
    last = st.session_state.get(CLICKED) == RESIDUAL
    cell, what = (residual, "Residual likelihood") if last else (inherent, "Likelihood")
    lines = risks.register(frame.work, frame.migration.id, **cell, residual=last and bool(residual))
    total = sum(count for *_, count in risks.matrix(frame.work, frame.migration.id))
    highest = f"The highest of {total:,} risks" if total > len(lines) else "All, the highest risks first"
    return lines, f"{what} {cell['likelihood']}, impact {cell['impact']}" if cell else highest


def draw_register(frame: Frame, lines: list[ApplicationRisk], where: str) -> str | None:
    """Draw the applications listed with what the register says of them, and return the chosen one."""
    st.caption(f"{where}: {words.counted(len(lines), 'application or machine', 'applications and machines')}.")
    if not lines:
        return None
    entries = {entry.subject_key: entry for entry in risks.entries(frame.work, frame.migration.id)}
    event = st.dataframe(
        table_of(lines, entries),
        hide_index=True,
        key="risk-register",
        on_select="rerun",
        selection_mode="single-row-required",
        column_config={
            "Application or machine": st.column_config.TextColumn(width=160),
            "Effort points": st.column_config.NumberColumn(format="%.1f"),
        },
        alt="Applications and machines with likelihood, impact, risk and effort",
    )
    rows = [row for row in event.selection.rows if row < len(lines)]
    return lines[rows[0] if rows else 0].subject_key


def table_of(lines: list[ApplicationRisk], entries: Mapping[str, RegisterEntry]) -> pd.DataFrame:
    """Return the register's rows; a dash where nothing was decided."""
    said = [entries.get(line.subject_key) for line in lines]
    return pd.DataFrame(
        {
            "Application or machine": [line.name for line in lines],
            "Likelihood": [line.likelihood for line in lines],
            "Impact": [line.impact for line in lines],
            "Risk": [line.score for line in lines],
            "Residual": [line.residual for line in lines],
            "Band": [line.band.capitalize() for line in lines],
            "Status": [entry.status.capitalize() if entry else words.DASH for entry in said],
            "Owner": [(entry.owner if entry else "") or words.DASH for entry in said],
            "Due": [words.day(entry.due) if entry else words.DASH for entry in said],
            "Mitigations": [len(entry.chosen) if entry else 0 for entry in said],
            "Effort points": [line.effort_points for line in lines],
            "Size": [line.effort_tier for line in lines],
            "Not known": [len(line.unknown) for line in lines],
        }
    )
