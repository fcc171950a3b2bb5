"""The entry of the risk register: who answers for a risk, what is done about it, and what then remains."""

from __future__ import annotations

import streamlit as st

from pages._frame import Frame
from pages._telling import tell, telling
from platform_core.domain.register import RegisterEntry, RegisterStatus
from platform_core.services import risks
from platform_core.services.risks import ApplicationRisk


def draw_register_entry(frame: Frame, risk: ApplicationRisk) -> None:
    """Draw the form of one entry; what is sent is measured against the version that was drawn."""
    entry, version = risks.entry(frame.work, frame.migration.id, risk.subject_key)
    key = f"{risk.subject_key}-{version}"
    texts = {mitigation.name: mitigation.text for mitigation in risk.mitigations}
    offered = [*texts, *(name for name in entry.chosen if name not in texts)]

    def send() -> None:
        said = st.session_state
        wanted = RegisterEntry(
            subject_key=risk.subject_key,
            owner=said[f"owner-{key}"],
            status=RegisterStatus(said[f"status-{key}"]),
            chosen=tuple(said[f"chosen-{key}"]),
            note=said[f"note-{key}"],
            due=said[f"due-{key}"],
        )
        with telling():
            found = risks.settle(frame.work, frame.migration.id, wanted, frame.by, seen_version=version)
            tell(f"{risk.name}: {found.score} of 25 before, {found.residual} with what was chosen")

    with st.form(f"register-{key}", border=False):
        st.markdown(f"**Register**: risk {risk.score} of 25, {risk.residual} with what was chosen")
        st.multiselect(
            "Mitigations chosen",
            offered,
            list(entry.chosen),
            format_func=lambda n: texts.get(n, n),
            key=f"chosen-{key}",
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            states = list(RegisterStatus)
            st.selectbox(
                "Status", states, states.index(entry.status), format_func=str.capitalize, key=f"status-{key}", width=160
            )
            st.text_input("Owner", entry.owner, max_chars=200, key=f"owner-{key}", width=200)
            st.date_input("Due", entry.due, key=f"due-{key}", width=160)
            st.text_input("Note", entry.note, max_chars=risks.NOTE_LENGTH, key=f"note-{key}")
            st.form_submit_button("Save entry", key="register", on_click=send)
