"""The page at /settings: the migration's own facts, and how this workbench is set up."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages import _words as words
from pages._address import go, remember
from pages._agent_policy import draw_agent_policy
from pages._frame import Frame, open_page
from pages._telling import tell, telling
from platform_core.domain.migration import MigrationPhase, MigrationStatus
from platform_core.errors import Conflict
from platform_core.services import migrations, setup

FACTS = ("name", "description", "status", "phase")
WRITTEN = "facts-written"
"""Session state: what somebody wrote into the form that a colleague's change kept from being saved."""


def _said(word: str) -> str:
    return word.replace("_", " ").capitalize()


def draw_facts(frame: Frame) -> None:
    """Draw the form of the migration's name, description, status and phase, and the way to delete it."""
    opened = frame.migration
    key = f"{opened.id}-{opened.version}"

    def save() -> None:
        facts = {name: st.session_state[f"{name}-{key}"] for name in FACTS}
        with telling():
            try:
                migrations.change(frame.work, opened.id, frame.by, seen_version=opened.version, **facts)
            except Conflict as error:
                st.session_state[WRITTEN] = facts
                raise Conflict(
                    "Somebody else changed this migration meanwhile, so yours was not saved; the form still holds it.",
                    hint="Compare it with what stands now, told below it, and save again to put yours in its place.",
                ) from error
            tell("Saved")

    stands = {name: getattr(opened, name) for name in FACTS}
    written = st.session_state.pop(WRITTEN, None)
    shown = written or stands

    st.subheader("This migration")
    with st.form(f"migration-{key}"):
        st.text_input("Name", shown["name"], max_chars=migrations.NAME_LENGTH, key=f"name-{key}")
        st.text_area("Description", shown["description"], max_chars=4_000, key=f"description-{key}")
        left, right = st.columns(2)
        statuses, phases = list(MigrationStatus), list(MigrationPhase)
        left.selectbox("Status", statuses, statuses.index(shown["status"]), format_func=_said, key=f"status-{key}")
        right.selectbox("Phase", phases, phases.index(shown["phase"]), format_func=_said, key=f"phase-{key}")
        st.form_submit_button("Save", type="primary", key="save-migration", on_click=save)
    for name in FACTS if written else ():
        if written[name] != stands[name]:
            st.caption(f"{name.capitalize()} stands now: {words.plain(str(stands[name])) or words.DASH}")
    if st.button("Delete this migration", key="delete-migration", icon=":material/delete:", type="tertiary"):
        confirm_deletion(frame)


def draw_others(frame: Frame) -> None:
    """Draw the way to start another migration."""
    st.subheader("Another migration")
    with st.form("new-migration", clear_on_submit=True):
        name = st.text_input("Name of the new migration", max_chars=migrations.NAME_LENGTH)
        if st.form_submit_button("Start a migration", key="start-migration"):
            with telling():
                remember(migrations.create(frame.work, name, frame.by).id)
            st.rerun()


@st.dialog("Delete this migration")
def confirm_deletion(frame: Frame) -> None:
    """Ask once, in words that say what is lost."""
    st.write(
        f"{words.plain(frame.migration.name)} with all its imports, mappings, inventory, strategies and plans is "
        "deleted for good. The trail of who changed what stays."
    )
    typed = st.text_input("Type the name of the migration to confirm")
    if st.button("Delete", type="primary", disabled=typed != frame.migration.name):
        with telling():
            migrations.delete(frame.work, frame.migration.id, frame.by)
            tell(f"Deleted {frame.migration.name}")
        st.session_state.pop("migration_id", None)
        st.query_params.clear()
        go("overview")


frame = open_page("settings")
draw_facts(frame)
draw_agent_policy(frame)
draw_others(frame)
st.subheader("This workbench")
if setup.is_shared(frame.store):
    st.write(f"You work for {words.plain(frame.organisation.name)}. Other organisations see nothing of it.")
    st.caption("What holds for you here, set by whoever runs the workbench; docs/settings.md describes each.")
else:
    st.caption("Set from the environment or the file .env; docs/settings.md describes each.")
st.dataframe(
    pd.DataFrame(setup.shown(frame.store), columns=["Setting", "Value"]),
    hide_index=True,
    alt="Settings of this workbench",
)
