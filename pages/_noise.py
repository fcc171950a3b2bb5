"""What counts as noise here: ports and processes, what a change would drop before it is applied."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._frame import Frame
from pages._tables import draw_pages
from pages._telling import tell, telling
from platform_core.domain.dependencies import NoiseChange
from platform_core.errors import WorkbenchError
from platform_core.services import noise
from platform_core.services.noise import NoiseLine, NoiseVersion

PAGE_SIZE, PAGE_KEY = 25, "noise_page"


def draw_noise(frame: Frame) -> None:
    """Draw ports and processes to switch, and applying what was switched."""
    now = noise.current(frame.work, frame.migration.id)
    st.caption(
        "Traffic that says nothing about an application: it is left out of the graph, the move groups and the plan, "
        f"and only tells hubs. {told(now)} A confirmed dependency counts over noise too."
    )
    key = f"noise-draft-{frame.migration.id}-{now.number}"
    draft: NoiseChange = st.session_state.setdefault(key, now.change)
    draw_lines(frame, now, draft, key)
    draw_more(draft, key)
    if draft != now.change:
        draw_effect(frame, now, draft, key)


def told(now: NoiseVersion) -> str:
    """Return which version counts, in words."""
    if not now.number:
        return "The shipped list counts."
    return f"Version {now.number} of {now.by} counts: {words.plain(now.reason)}."


def draw_lines(frame: Frame, now: NoiseVersion, draft: NoiseChange, key: str) -> None:
    """Draw one page of ports and processes, most frequent first, each with its switch."""
    only = st.text_input("Search", placeholder="Port, process or service", key="find_noise", bind="query-params")
    every = [line for line in noise.lines(frame.work, frame.migration.id, draft) if mentions(line, only or "")]
    start = min(
        (int(st.session_state.get(PAGE_KEY) or 1) - 1) * PAGE_SIZE, max(0, len(every) - 1) // PAGE_SIZE * PAGE_SIZE
    )
    shown = every[start : start + PAGE_SIZE]
    grid = f"noise-grid-{now.number}-{start}-{only}"

    def switch() -> None:
        changed = st.session_state[key]
        for row, cells in st.session_state[grid]["edited_rows"].items():
            line = shown[int(row)]
            if "Noise" in cells:
                changed = switched(changed, line, is_noise=cells["Noise"])
        st.session_state[key] = changed

    st.data_editor(
        pd.DataFrame(
            {
                "Noise": [line.is_noise for line in shown],
                "Port or process": [line.process or str(line.port) for line in shown],
                "Service": [line.service or words.DASH for line in shown],
                "Dependencies": [line.dependencies for line in shown],
                "Weight": [line.weight for line in shown],
                "Source": [line.source or words.DASH for line in shown],
            }
        ),
        hide_index=True,
        disabled=["Port or process", "Service", "Dependencies", "Weight", "Source"],
        key=grid,
        on_change=switch,
        column_config={
            "Noise": st.column_config.CheckboxColumn(width=80),
            "Port or process": st.column_config.TextColumn(width=190),
            "Service": st.column_config.TextColumn(width=150),
            "Dependencies": st.column_config.NumberColumn(format="localized", width=110),
            "Weight": st.column_config.NumberColumn(format="localized", width=90),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        draw_pages(len(every), PAGE_SIZE, PAGE_KEY)
        st.caption(f"{len(every):,} ports and processes", width="content")


def mentions(line: NoiseLine, text: str) -> bool:
    """Tell whether a line is one that was searched for."""
    return text.casefold() in f"{line.port or ''} {line.process or ''} {line.service}".casefold()


def switched(change: NoiseChange, line: NoiseLine, *, is_noise: bool) -> NoiseChange:
    """Return a change with one line switched."""
    if line.port is not None:
        return noise.with_port(change, line.port, is_noise=is_noise)
    return noise.with_process(change, line.process or "", is_noise=is_noise)


def draw_more(draft: NoiseChange, key: str) -> None:
    """Draw adding a port or process that no dependency shows yet."""

    def send() -> None:
        text = st.session_state["more-noise"].strip()
        if text:
            with telling():
                st.session_state[key] = (
                    noise.with_port(draft, int(text), is_noise=True)
                    if text.isdecimal()
                    else noise.with_process(draft, text, is_noise=True)
                )

    with (
        st.form("more-noise-form", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            "Another port or process", placeholder="9182 or windows_exporter", max_chars=200, key="more-noise"
        )
        st.form_submit_button("Count as noise", key="more-noise-send", on_click=send)


def draw_effect(frame: Frame, now: NoiseVersion, draft: NoiseChange, key: str) -> None:
    """Draw what a change would do, and applying or dropping it."""
    try:
        effect = noise.preview(frame.work, frame.migration.id, draft)
    except WorkbenchError as error:
        st.error(words.plain(str(error)), icon=":material/error:")
        return

    def apply() -> None:
        with telling():
            made = noise.apply(
                frame.work,
                frame.migration.id,
                draft,
                st.session_state["noise-reason"],
                frame.by,
                seen_number=now.number,
            )
            tell(f"Noise version {made.number} counts")

    def discard() -> None:
        st.session_state[key] = now.change

    with st.container(border=True, key="noise-effect"):
        parts = [f"{words.counted(effect.drop_out, 'dependency', 'dependencies')} would drop out"]
        if effect.come_back:
            parts.append(f"{effect.come_back:,} would come back")
        lost = f"weight {words.number(round(abs(effect.weight), 1))} {'less' if effect.weight >= 0 else 'more'}"
        st.markdown(f"**{' · '.join([*parts, lost])}**")
        with st.form("noise-apply", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Reason", max_chars=1_000, key="noise-reason")
            st.form_submit_button("Apply", key="apply-noise", type="primary", on_click=apply)
        st.button("Leave it as it was", key="discard-noise", type="tertiary", on_click=discard)
