"""The plan as a board: cards are dragged, or moved by keys, and each wave says before what it would come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages import _words as words
from pages._components import component
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core import charts
from platform_core.errors import NotFound
from platform_core.services import board, plans
from platform_core.services.board import Card, Column, Drop
from platform_core.services.plans import PlanView

HOW = (
    "Drag a card, or choose it and go through the waves with the arrow keys: each wave shows what it would come to. "
    "Enter moves, Escape lets go."
)
WORDS = {"how": HOW, "empty": "Nothing here", "former": "Former page", "next": "Next page"}


@st.fragment
def draw_board(frame: Frame, plan: PlanView) -> None:
    """Draw the board with its search; picking a card up runs only this part of the page again."""
    state = _State(plan)
    text = st.text_input("Search", placeholder="Application or machine", key="find_card", bind="query-params")
    columns = board.columns(frame.work, plan, text=text or "", pages=state.pages)
    picked = picked_up(frame, plan, state)
    key = f"board-{plan.id}"

    def pick() -> None:
        state.picked = str(st.session_state[key].picked or "")

    def turn() -> None:
        asked = st.session_state[key].paged
        state.pages = {**state.pages, int(asked["wave"]): int(asked["page"])}

    def drop() -> None:
        asked = st.session_state[key].dropped
        group, wave = str(asked["group"]), int(asked["wave"])
        with telling():
            plans.move(frame.work, plan.id, group, wave, frame.by, seen_version=plan.version)
            tell(f"Moved {group} to wave {wave}")
        state.picked, state.moved = "", True

    component("board")(
        key=key,
        data={"columns": [column_of(one) for one in columns], "picked": picked, "words": WORDS},
        on_picked_change=pick,
        on_paged_change=turn,
        on_dropped_change=drop,
    )
    st.caption(
        f"{words.counted(sum(one.found for one in columns), 'move group')} in {words.counted(len(columns), 'wave')}, "
        "most effort first; the bar shows load against capacity, a card's edge its risk."
    )
    if state.moved:
        state.moved = False
        st.rerun()


class _State:
    """What the board remembers of one plan in this session."""

    def __init__(self, plan: PlanView) -> None:
        self._kept: dict[str, Any] = st.session_state.setdefault(f"board-state-{plan.id}", {})

    @property
    def picked(self) -> str:
        """The group that is picked up, "" for none."""
        return str(self._kept.get("picked", ""))

    @picked.setter
    def picked(self, group: str) -> None:
        self._kept["picked"] = group

    @property
    def pages(self) -> dict[int, int]:
        """The page of each wave that was turned."""
        pages: dict[int, int] = self._kept.get("pages", {})
        return pages

    @pages.setter
    def pages(self, pages: dict[int, int]) -> None:
        self._kept["pages"] = pages

    @property
    def moved(self) -> bool:
        """Whether a card was dropped and the whole page is to be drawn anew."""
        return bool(self._kept.get("moved"))

    @moved.setter
    def moved(self, moved: bool) -> None:
        self._kept["moved"] = moved


def picked_up(frame: Frame, plan: PlanView, state: _State) -> dict[str, Any] | None:
    """Return the card that is picked up with what each wave would come to, None where none is."""
    if not state.picked:
        return None
    try:
        found = board.drops(frame.work, plan.id, state.picked)
    except NotFound:
        state.picked = ""
        return None
    here = next((drop.wave for drop in found if drop.is_here), 0)
    return {
        "group": state.picked,
        "wave": here,
        "said": f"{state.picked} is picked up from wave {here}.",
        "drops": [drop_of(drop) for drop in found],
    }


def column_of(column: Column) -> dict[str, Any]:
    """Return a wave as the component takes it."""
    wave = column.wave
    capacity = f" of {words.number(round(wave.capacity, 1))}" if wave.capacity is not None else ""
    risk = f" · risk {words.percent(wave.risk)}" if wave.risk is not None else ""
    return {
        "wave": wave.number,
        "title": f"Wave {wave.number}",
        "dates": f"{words.day(wave.starts_on)} to {words.day(wave.ends_on)}",
        "facts": f"{words.number(round(wave.load, 1))}{capacity} points · {wave.critical:,} critical{risk}",
        "full": 100 * wave.load / wave.capacity if wave.capacity else 0.0,
        "cards": [card_of(card) for card in column.cards],
        "page": column.page,
        "pages": column.pages,
    }


def card_of(card: Card) -> dict[str, Any]:
    """Return a move group as the component takes it."""
    more = f" and {card.applications - 1:,} more" if card.applications > 1 else ""
    facts = [words.counted(card.assets, "asset"), f"{words.number(round(card.effort, 1))} points"]
    facts += [f"{card.critical:,} critical"] if card.critical else []
    marks = [*(["pinned"] if card.pinned else []), *(["moved by hand"] if card.by_hand else [])]
    return {
        "group": card.group,
        "title": f"{card.group}{more}",
        "facts": " · ".join([*facts, f"risk {words.percent(card.risk)}"]),
        "marks": " · ".join(marks),
        "colour": charts.risk_colour(card.risk),
    }


def drop_of(drop: Drop) -> dict[str, Any]:
    """Return what a wave would come to as the component takes it."""
    capacity = f" of {words.number(round(drop.capacity, 1))}" if drop.capacity is not None else ""
    load = f"{words.number(round(drop.load, 1))}{capacity} points, {drop.critical:,} critical"
    lines = [severed(drop.cut_change), f"{load}, risk {words.percent(drop.risk)}"]
    return {
        "wave": drop.wave,
        "title": f"Move to wave {drop.wave}",
        "breaks": bool(drop.forbidden_by),
        "lines": [*verdict(drop.forbidden_by), *lines],
    }


def verdict(broken: Sequence[str]) -> list[str]:
    """Return the lines that name every rule a drop breaks."""
    if not broken:
        return ["Breaks no rule."]
    return [f"Breaks: {broken[0]}"] if len(broken) == 1 else [f"Breaks {len(broken)} rules:", *broken]


def severed(change: float) -> str:
    """Return the change of the severed weight in words."""
    if abs(change) < 0.05:
        return "Severs as much as now"
    return f"Severs {words.number(round(abs(change), 1))} {'more' if change > 0 else 'less'}"
