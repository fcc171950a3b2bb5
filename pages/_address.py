"""Where the analyst is: the open migration and the way to other pages."""

from __future__ import annotations

import streamlit as st

from pages._pages import PAGES, PageEntry


def entry_of(url_path: str) -> PageEntry:
    """Return the page at an address."""
    return next(entry for entry in PAGES if entry.url_path == url_path)


def chosen_migration() -> int | None:
    """Return the migration that the address names, else the one this browser worked on last."""
    named = st.query_params.get("migration", "")
    if named.isdecimal():
        return int(named)
    last: int | None = st.session_state.get("migration_id")
    return last


def names_no_migration() -> bool:
    """Tell whether the address names a migration by what cannot be the number of one."""
    named = st.query_params.get("migration", "")
    return bool(named) and not named.isdecimal()


def remember(migration_id: int) -> None:
    """Make `migration_id` the open migration, in the address too."""
    st.session_state["migration_id"] = migration_id
    if st.query_params.get("migration") != str(migration_id):
        st.query_params["migration"] = str(migration_id)


def go(url_path: str, **query: str | int | list[str]) -> None:
    """Open another page of the same migration."""
    told = {name: value if isinstance(value, list) else str(value) for name, value in query.items()}
    params = {"migration": str(st.session_state.get("migration_id", ""))} | told
    st.switch_page(entry_of(url_path).file, query_params={k: v for k, v in params.items() if v})
