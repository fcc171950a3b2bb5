"""What every page begins with: the guard, the open migration, the head of the page; and the empty state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages import _words as words
from pages._address import chosen_migration, entry_of, go, names_no_migration, remember
from pages._guard import current_identity, current_organisation, is_locked_out, show_sign_in
from pages._runs import begin, draw_runs_line, settle
from pages._telling import show_told
from platform_core.domain.identity import Identity
from platform_core.domain.organisations import Organisation
from platform_core.services import history, imports, migrations, overview
from platform_core.services.bootstrap import store
from platform_core.services.migrations import MigrationView
from platform_core.services.requests import Undo
from platform_core.store import Store, UnitOfWork


@dataclass(frozen=True)
class Frame:
    """What a page works with: its address, the open migration, who works on it, for whom, and the way to the store."""

    url_path: str
    migration: MigrationView
    by: Identity
    organisation: Organisation
    store: Store
    work: UnitOfWork


def open_page(url_path: str) -> Frame:
    """Draw the head of the page at `url_path` and return what it works with.

    Stops here for whoever is locked out, even past the router.
    """
    if is_locked_out():
        show_sign_in()
        st.stop()
    entry = entry_of(url_path)
    by = current_identity()
    organisation = current_organisation()
    opened = store().of(organisation.id)
    work = opened.unit_of_work()
    wanted, is_broken = chosen_migration(), names_no_migration()
    migration = migrations.opened(work, wanted, by)
    remember(migration.id)
    frame = Frame(url_path=url_path, migration=migration, by=by, organisation=organisation, store=opened, work=work)
    st.title(entry.title)
    _head(frame)
    settle(frame)
    show_told()
    draw_runs_line(frame)
    if is_broken:
        not_here("This link names no migration. This is the one that you looked at or that was changed last.")
    elif wanted not in {None, migration.id}:
        not_here("The migration of this link is not here any more. This is the one that was changed last.")
    return frame


def not_here(text: str) -> None:
    """Say that what a link names is gone, and what is shown instead."""
    st.warning(text, icon=":material/link_off:")


def empty_state(text: str, *, action: str, to: str | Callable[[], None]) -> None:
    """Say why there is nothing here and offer the one next step: another page, or what is to be done here."""
    with st.container(border=True, horizontal_alignment="center", key="empty-state"):
        st.space("small")
        st.markdown(text, text_alignment="center")
        does = None if isinstance(to, str) else to
        if st.button(action, type="primary", key="empty-state-action", on_click=does) and isinstance(to, str):
            go(to)
        st.space("small")


def empty_inventory(frame: Frame, text: str) -> None:
    """Say why there is nothing here before an inventory is, and offer the step that comes before it."""
    if imports.listed(frame.work, frame.migration.id):
        empty_state(text, action="Review mappings", to="mapping")
    else:
        empty_state(text, action="Upload exports", to="upload")


def _head(frame: Frame) -> None:
    if st.session_state.get("sitting") != frame.migration.id:
        st.session_state["sitting"] = frame.migration.id
        overview.begin_sitting(frame.work, frame.migration.id, frame.by)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="head"):
        revision = frame.migration.inventory_revision
        built = f"inventory revision {revision}" if revision else "no inventory yet"
        saved = words.clock(history.last_change(frame.work, frame.migration.id) or frame.migration.changed_at)
        st.caption(f"{words.plain(frame.migration.name)} · {built} · saved {saved}", width="stretch")
        last = history.undoable(frame.work, frame.migration.id, frame.by)
        if last is not None:
            undo = st.button("Undo", icon=":material/undo:", type="tertiary", help=words.plain(last.text), key="undo")
            if undo:
                begin(frame, Undo(migration_id=frame.migration.id, entry=last.id))
                st.rerun()
