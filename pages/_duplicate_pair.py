"""Two assets side by side: what differs, what speaks for and against their being one, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from pages import _words as words
from pages._frame import Frame
from pages._telling import tell, telling
from platform_core import charts
from platform_core.domain.asset_decisions import DuplicateAction
from platform_core.services import duplicates
from platform_core.services.duplicates import Choice, FieldView, PairDetail, PairView

DIFFERS, ALONE = "≠ differs", "only here"
DIFFERENT = "background-color: rgba(230, 159, 0, 0.28); font-weight: 600"
FIRST, SECOND = "First", "Second"


def draw_pair(frame: Frame, pair: PairView, *, on_next: Callable[[], None]) -> None:
    """Draw one pair with its evidence and its actions; what is settled shows what was decided."""
    seen = duplicates.detail(frame.work, frame.migration.id, pair.id)
    with st.container(border=True, key="pair"):
        first, second = words.plain(pair.first.name), words.plain(pair.second.name)
        st.subheader(f"{first} and {second}", anchor=False)
        missing = [side.name for side in (pair.first, pair.second) if not side.is_there]
        if missing:
            names = words.plain(" and ".join(missing))
            st.caption(f":material/info: {names} is not in the inventory any more; the rest is shown as it stands.")
        if not pair.settled and not missing:
            draw_actions(frame, seen, on_next)
        left, right = st.columns([3, 2])
        with left:
            draw_side_by_side(seen)
        with right:
            draw_reasons(seen)


def draw_side_by_side(seen: PairDetail) -> None:
    """Draw every field of both; cells that differ are marked by a sign, weight and colour."""
    only_different = st.toggle("Only what differs", key="only-different")
    fields = sorted((f for f in seen.fields if f.differs or not only_different), key=lambda f: not f.differs)
    table = pd.DataFrame(
        {
            "Field": [field.label for field in fields],
            FIRST: [words.shown(field.first) for field in fields],
            SECOND: [words.shown(field.second) for field in fields],
            "Compared": [_compared(field) for field in fields],
        }
    )
    st.dataframe(_marked(table), hide_index=True, height="content", alt="Both assets, field by field")


def _compared(field: FieldView) -> str:
    if field.differs:
        return DIFFERS
    if field.first is None:
        return f"{SECOND} {ALONE}"
    if field.second is None:
        return f"{FIRST} {ALONE}"
    return "same" if field.first == field.second else "same, spelled differently"


def _marked(table: pd.DataFrame) -> Styler:
    def style(row: pd.Series) -> list[str]:
        different = row["Compared"] == DIFFERS
        return [DIFFERENT if different and name in {FIRST, SECOND} else "" for name in row.index]

    return table.style.apply(style, axis=1)


def draw_reasons(seen: PairDetail) -> None:
    """Draw the evidence as a waterfall in words."""
    if not seen.reasons:
        return
    st.plotly_chart(
        charts.waterfall([(reason.text, reason.weight) for reason in seen.reasons], line_length=36),
        key="pair-evidence",
        config={"displayModeBar": False},
        alt="Evidence for and against both being one thing",
    )
    st.caption(
        f"To the right: one thing, to the left: two. Together {words.percent(seen.pair.probability)} sure that it is "
        "one. Weights are log odds."
    )


def draw_actions(frame: Frame, seen: PairDetail, on_next: Callable[[], None]) -> None:
    """Draw which of the two stays, and the four ways to settle the pair, each with its key."""
    pair = seen.pair
    names = {pair.first.key: f"{FIRST}: {pair.first.name}", pair.second.key: f"{SECOND}: {pair.second.name}"}
    stays = st.radio(
        "Stays",
        list(names),
        index=list(names).index(seen.suggested_key),
        format_func=lambda key: words.plain(names[key]),
        horizontal=True,
        key=f"stays-{pair.id}",
        help="Suggested is the one of which more is known.",
    )
    with st.container(horizontal=True, key="pair-actions"):
        for action, label, icon, key, tip in _WAYS:
            if st.button(label, icon=icon, key=f"{action}-{pair.id}", shortcut=key, help=tip):
                decide(frame, pair, Choice(action=action, stays=stays))
        if st.button("Merge by field…", icon=":material/merge:", key=f"merge-{pair.id}", shortcut="M"):
            merge_by_field(frame, seen, stays)
        if st.button("Both under a parent…", icon=":material/account_tree:", key=f"parent-{pair.id}", shortcut="U"):
            put_under(frame, pair, stays)
        st.button(
            "Next", icon=":material/skip_next:", key=f"next-{pair.id}", type="tertiary", shortcut="J", on_click=on_next
        )


_WAYS = (
    (
        DuplicateAction.KEEP,
        "Keep",
        ":material/check_box:",
        "K",
        "The chosen asset stays as it is, the other one goes. What depends on it follows.",
    ),
    (
        DuplicateAction.REPLACE,
        "Replace",
        ":material/swap_horiz:",
        "P",
        "The chosen asset stays in its place and takes all values of the other one.",
    ),
    (
        DuplicateAction.APART,
        "Not a duplicate",
        ":material/call_split:",
        "N",
        "Both stay, and nobody is asked again, also after new imports.",
    ),
)


def decide(frame: Frame, pair: PairView, choice: Choice) -> None:
    """Write a decision down and go on."""
    with telling():
        duplicates.decide(frame.work, frame.migration.id, pair.id, choice, frame.by)
        tell(_DONE[choice.action])
    st.rerun()


_DONE = {
    DuplicateAction.KEEP: "One is kept, the other goes with the next build",
    DuplicateAction.REPLACE: "Replaced with the next build",
    DuplicateAction.MERGE: "Merged with the next build",
    DuplicateAction.PARENT: "Both come under the parent with the next build",
    DuplicateAction.APART: "Not a duplicate; nobody is asked again",
}


@st.dialog("Merge by field", width="large")
def merge_by_field(frame: Frame, seen: PairDetail, stays: str) -> None:
    """Let the analyst choose for each field that differs from which asset it comes."""
    pair = seen.pair
    side_of = {FIRST: pair.first.key, SECOND: pair.second.key}
    default = next(side for side, key in side_of.items() if key == stays)
    differing = [field for field in seen.fields if field.differs]
    st.caption(
        f"{FIRST} is {words.plain(pair.first.name)}, {SECOND.lower()} is {words.plain(pair.second.name)}. "
        "Fields that only one of them has are taken from there."
    )
    taken: dict[str, str] = {}
    if differing:
        table = pd.DataFrame(
            {
                "Field": [field.label for field in differing],
                FIRST: [words.shown(field.first) for field in differing],
                SECOND: [words.shown(field.second) for field in differing],
                "Take": [default] * len(differing),
            }
        )
        edited = st.data_editor(
            table,
            hide_index=True,
            disabled=["Field", FIRST, SECOND],
            column_config={"Take": st.column_config.SelectboxColumn(options=[FIRST, SECOND], required=True)},
            key=f"merge-fields-{pair.id}",
            alt="Fields that differ, and which value is taken",
        )
        taken = {field.field: side_of[side] for field, side in zip(differing, edited["Take"], strict=True)}
    else:
        st.caption("No field differs.")
    if st.button("Merge", type="primary", key="merge-one"):
        decide(frame, pair, Choice(action=DuplicateAction.MERGE, stays=stays, taken=taken))


@st.dialog("Both under a parent")
def put_under(frame: Frame, pair: PairView, stays: str) -> None:
    """Ask for the name of the cluster or group that both belong to."""
    st.caption("Both assets stay and become parts of the parent, so that they are planned together.")
    name = st.text_input(
        "Name of the cluster or group", max_chars=duplicates.LONGEST_PARENT, key=f"parent-of-{pair.id}"
    )
    if st.button("Put under it", type="primary", key="put-under", disabled=not (name or "").strip()):
        decide(frame, pair, Choice(action=DuplicateAction.PARENT, stays=stays, parent=name or ""))
