"""The duplicates tab: where the search stands, the pairs by how sure they are, and many decided at once."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._duplicate_pair import draw_pair
from pages._frame import Frame
from pages._runs import begin, follow
from pages._tables import draw_pages, one_page, share_bar
from pages._telling import telling
from platform_core.domain.asset_decisions import DuplicateAction
from platform_core.domain.duplicates import LIMITS, Likeness
from platform_core.services import duplicates, work
from platform_core.services.duplicates import PairView, State
from platform_core.services.requests import FindDuplicates, MergeDuplicates, SettleDuplicates

PAGE_SIZE = 10
SETTLED = "settled"
BAND = "band"
BANDS = {
    Likeness.CERTAIN: f"Certain (from {LIMITS[Likeness.CERTAIN]:.0%})",
    Likeness.LIKELY: f"Likely (from {LIMITS[Likeness.LIKELY]:.0%})",
    Likeness.POSSIBLE: "Possible",
    SETTLED: "Settled",
}
BULK_LIMITS = (0.999, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5)
ACTION_WORDS = {
    DuplicateAction.KEEP: "One kept",
    DuplicateAction.REPLACE: "Replaced",
    DuplicateAction.MERGE: "Merged",
    DuplicateAction.PARENT: "Under a parent",
    DuplicateAction.APART: "Not a duplicate",
}
PLACE, TURN = "duplicate-place", "duplicate-turn"
"""Session state: the row to look at next, and how often it was set (a table begins anew with each)."""


def draw_duplicates(frame: Frame) -> None:
    """Draw the tab."""
    state = duplicates.state(frame.work, frame.migration.id)
    if not state.searched:
        draw_first_search(frame)
        return
    draw_state(frame, state)
    band = choose_band(state)
    pair = choose_pair(frame, band)
    if pair is not None:
        draw_pair(frame, pair, on_next=show_next)


def draw_first_search(frame: Frame) -> None:
    """Say what a search does and offer it."""
    with st.container(border=True, horizontal_alignment="center", key="no-search"):
        st.space("small")
        st.markdown(
            "Nobody looked for duplicates yet. Assets are compared by names, addresses, serial numbers and other "
            "marks; nothing is changed by that.",
            text_alignment="center",
        )
        if st.button("Look for duplicates", type="primary", icon=":material/search:", key="find-duplicates"):
            look(frame)
        st.space("small")


def draw_state(frame: Frame, state: State) -> None:
    """Draw how far the analyst is, what waits for the next build, and the actions on everything."""
    still_open = sum(state.still_open.values())
    if still_open or state.settled:
        done = state.settled / (still_open + state.settled)
        st.progress(done, text=f"{state.settled:,} of {words.counted(still_open + state.settled, 'pair')} settled")
    with st.container(horizontal=True, vertical_alignment="center", key="duplicate-actions"):
        if state.waiting:
            label = f"Carry out {words.counted(state.waiting, 'decision')}"
            if st.button(label, type="primary", icon=":material/play_arrow:", key="carry-out"):
                begin(frame, SettleDuplicates(migration_id=frame.migration.id))
                st.rerun()
        if st.button("Merge many…", icon=":material/done_all:", key="merge-many", disabled=not still_open):
            merge_many(frame)
        if st.button("Look again", icon=":material/refresh:", type="tertiary", key="find-duplicates"):
            look(frame)
        st.caption(_told(state), width="content")


def _told(state: State) -> str:
    compared = f"{words.counted(state.compared, 'pair')} compared"
    if state.waiting:
        return f"{compared}. Decisions are kept; the inventory follows when they are carried out."
    if state.is_current:
        return f"{compared} in revision {state.searched}, the inventory as it is now."
    return f"{compared} in revision {state.searched}; the inventory is at {state.revision}. Look again to compare it."


def look(frame: Frame) -> None:
    """Look for duplicates, here or in a worker."""
    begin(frame, FindDuplicates(migration_id=frame.migration.id))
    st.rerun()


def choose_band(state: State) -> Likeness | None:
    """Draw the bands with their counts; None = what is settled."""
    counts = {**state.still_open, SETTLED: state.settled}
    asked = st.query_params.get(BAND)
    fullest = next((band for band in Likeness if state.still_open[band]), Likeness.CERTAIN)
    chosen = st.segmented_control(
        "How sure",
        list(BANDS),
        default=next((band for band in BANDS if band == asked), fullest),
        format_func=lambda band: f"{BANDS[band]} · {counts[band]:,}",
        key=BAND,
        required=True,
        on_change=_show_band,
        label_visibility="collapsed",
    )
    return Likeness(chosen) if chosen in set(Likeness) else None


def _show_band() -> None:
    """Begin the chosen band at its first pair, and name it in the address."""
    st.query_params[BAND] = st.session_state[BAND]
    st.session_state[PLACE] = 0
    st.session_state.pop("pairs", None)


def choose_pair(frame: Frame, band: Likeness | None) -> PairView | None:
    """Draw a page of pairs and return the selected one."""

    def fetch(offset: int) -> tuple[list[PairView], int]:
        return duplicates.listed(frame.work, frame.migration.id, band, offset=offset, limit=PAGE_SIZE)

    pairs, total = one_page(fetch, PAGE_SIZE, "pairs")
    if not pairs:
        st.caption("Nothing is settled yet." if band is None else "No pair of this kind is open.")
        return None
    place = min(int(st.session_state.get(PLACE, 0)), len(pairs) - 1)
    event = st.dataframe(
        _table(pairs),
        hide_index=True,
        key=f"pairs-{band}-{st.session_state.get('pairs', 1)}-{st.session_state.get(TURN, 0)}",
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [place]}},
        column_config={"Same": share_bar(help_text="How sure it is that both are one thing")},
        alt="Pairs of assets that may be one thing",
    )
    if total > PAGE_SIZE:
        draw_pages(total, PAGE_SIZE, "pairs")
    rows = [row for row in event.selection.rows if row < len(pairs)]
    st.session_state[PLACE] = rows[0] if rows else place
    return pairs[rows[0] if rows else place]


def _table(pairs: list[PairView]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Same": [words.points(pair.probability) for pair in pairs],
            "First": [pair.first.name for pair in pairs],
            "Second": [pair.second.name for pair in pairs],
            "Kind": [(pair.first.kind or pair.second.kind or words.DASH).capitalize() for pair in pairs],
            "First is from": [", ".join(pair.first.files) or words.DASH for pair in pairs],
            "Second is from": [", ".join(pair.second.files) or words.DASH for pair in pairs],
            **({"Decided": [_action(pair) for pair in pairs]} if any(pair.settled for pair in pairs) else {}),
        }
    )


def _action(pair: PairView) -> str:
    return ACTION_WORDS[DuplicateAction(pair.settled)] if pair.settled else words.DASH


def show_next() -> None:
    """Move on to the next pair of the page."""
    st.session_state[PLACE] = int(st.session_state.get(PLACE, 0)) + 1
    st.session_state[TURN] = int(st.session_state.get(TURN, 0)) + 1


@st.dialog("Merge many pairs", width="medium")
def merge_many(frame: Frame) -> None:
    """Say what merging everything above a limit does, then do it."""
    least = st.select_slider(
        "Merge groups whose pairs are at least this sure",
        BULK_LIMITS[::-1],
        value=LIMITS[Likeness.CERTAIN],
        format_func=lambda share: f"{share:.1%}".replace(".0%", "%"),
        key="merge-limit",
    )
    preview = duplicates.preview_all(frame.work, frame.migration.id, least)
    first, second = st.columns(2)
    first.metric("Assets that go", words.number(preview.going))
    second.metric("Assets they go into", words.number(preview.staying))
    st.caption(
        "Of each group the asset stays of which most is known; the others fill what it lacks. Dependencies, findings "
        "and memberships follow. It is one step for undo."
    )
    if preview.examples:
        table = pd.DataFrame(preview.examples, columns=["Stays", "Goes into it"])
        st.dataframe(table, hide_index=True, height=220, alt="The first assets that would be merged")
    label = f"Merge {words.counted(preview.going, 'asset')}"
    nothing = not preview.going
    if st.button(label, type="primary", key="merge-now", disabled=nothing, on_click=_merge_now, args=(frame, least)):
        st.rerun()


def _merge_now(frame: Frame, least: float) -> None:
    with telling():
        follow(frame, work.start(frame.store, MergeDuplicates(migration_id=frame.migration.id, least=least), frame.by))
