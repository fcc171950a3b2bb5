"""The page at /overview: where the migration stands, the next thing to do, what happened lately."""

from __future__ import annotations

import streamlit as st

from pages import _words as words
from pages._address import go
from pages._frame import Frame, open_page
from pages._runs import begin
from platform_core.services import history, overview
from platform_core.services.overview import Figures, Overview, Step
from platform_core.services.requests import LoadSamples

STEP_WORDS = {
    Step.UPLOAD: "Upload",
    Step.MAPPING: "Mapping",
    Step.INVENTORY: "Inventory",
    Step.STRATEGY: "6R strategy",
    Step.DEPENDENCIES: "Dependencies",
    Step.WAVES: "Waves",
}


FIGURE_WORDS = {
    "Assets": "All in the inventory, applications among them.",
    "Applications": "Assets that are applications.",
    "Ready to plan": "Applications with a strategy, and machines with one that belong to no application.",
    "Severed dependencies": "Share of the weight of dependencies that the current plan cuts.",
}
"""What each figure counts."""


def draw_path(view: Overview, waiting: dict[str, int]) -> None:
    """Draw the steps with what is done at each and what waits."""
    facts = {
        Step.UPLOAD: words.counted(view.imports, "import"),
        Step.MAPPING: _mapping_words(view, waiting.get(Step.MAPPING, 0)),
        Step.INVENTORY: words.counted(view.figures.assets, "asset"),
        Step.STRATEGY: f"{view.needs_data:,} need data" if view.needs_data else "",
        Step.DEPENDENCIES: words.counted(view.dependencies, "dependency", "dependencies"),
        Step.WAVES: "plan is out of date" if view.stale_plan else "",
    }
    with st.grid(6, key="path", min_column_width=150):
        for step, label in STEP_WORDS.items():
            with st.container(border=True, height="stretch"):
                icon = ":material/check_circle:" if view.done[step] else ":material/radio_button_unchecked:"
                st.markdown(f"{icon} **{label}**")
                st.caption(facts[step] or ("done" if view.done[step] else "not yet"))


def _mapping_words(view: Overview, to_review: int) -> str:
    if to_review:
        return f"{words.counted(to_review, 'column')} to review"
    return f"{words.counted(view.to_apply, 'import')} to apply" if view.to_apply else ""


def draw_figures(now: Figures, before: Figures | None) -> None:
    """Draw the four figures, each with its change since the sitting began."""
    figures = [
        ("Assets", words.number(now.assets), _change(now.assets, before and before.assets)),
        ("Applications", words.number(now.applications), _change(now.applications, before and before.applications)),
        ("Ready to plan", words.number(now.ready), _change(now.ready, before and before.ready)),
        ("Severed dependencies", words.percent(now.severed), _points(now.severed, before and before.severed)),
    ]
    with st.grid(4, key="figures", min_column_width=170):
        for label, value, change in figures:
            told = f"{FIGURE_WORDS[label]} Below it the change since this sitting began, where there is one."
            st.metric(label, value, change, delta_color="off", border=True, height="stretch", help=told)


def _change(now: int, before: int | None) -> str | None:
    return f"{now - before:+,}" if before is not None and now != before else None


def _points(now: float | None, before: float | None) -> str | None:
    return f"{(now - before) * 100:+.0f} points" if now is not None and before is not None and now != before else None


def draw_trail(frame: Frame) -> None:
    """Draw what happened lately."""
    st.subheader("Recent activity")
    with st.container(gap=None):
        for change in history.recent(frame.work, frame.migration.id):
            st.caption(f"{words.clock(change.at)} · {words.plain(change.author)} · {words.plain(change.text)}")


def draw_empty(frame: Frame) -> None:
    """Say what this is and offer the two ways to begin."""
    with st.container(border=True, horizontal_alignment="center", key="empty-state"):
        st.space("small")
        st.markdown(
            "Turn inventory exports into a cloud-migration plan that survives questions: upload CSV or Excel files, "
            "review what each column means, and see strategies, risks and waves, each with its reasons.",
            text_alignment="center",
        )
        with st.container(horizontal=True, horizontal_alignment="center"):
            if st.button("Upload exports", type="primary", icon=":material/upload_file:"):
                go("upload")
            if st.button("Load the sample portfolio", icon=":material/science:", key="load-sample"):
                begin(frame, LoadSamples(migration_id=frame.migration.id))
                st.rerun()
        st.space("small")


frame = open_page("overview")
view = overview.overview(frame.work, frame.migration.id)
if not view.imports:
    draw_empty(frame)
else:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Next**")
        if st.button(words.plain(view.next.text), type="primary", key="next", icon=":material/arrow_forward:"):
            if view.next.only:
                st.session_state["only"] = view.next.only  # a bound widget takes its value from here, not from a link
            go(view.next.step, **{"import": view.next.import_id or ""})
    draw_figures(view.figures, view.before)
    draw_path(view, overview.waiting(frame.work, frame.migration.id))
    draw_trail(frame)
