"""Who is at the keyboard, and the guard for whoever may not come in."""

from __future__ import annotations

import streamlit as st

from platform_core.domain.identity import Identity
from platform_core.settings import settings


def is_locked_out() -> bool:
    """Tell whether a login is required and nobody is logged in."""
    return settings().REQUIRE_LOGIN and not st.user.get("is_logged_in", False)


def show_sign_in() -> None:
    """Draw the guard: what this is, and the way in."""
    st.title(settings().PROJECT_NAME)
    st.write("Sign in to open the workbench.")
    if "is_logged_in" in st.user:
        st.button("Sign in", type="primary", icon=":material/login:", on_click=st.login)
    else:
        st.warning(
            "Signing in is required here, but no identity provider is set up. "
            "Ask whoever runs the workbench to add one, as docs/settings.md describes.",
            icon=":material/lock:",
        )


def current_identity() -> Identity:
    """Return the person at the keyboard: the account signed in, else the name from the settings."""
    if st.user.get("is_logged_in", False):
        email = str(st.user.get("email") or "")
        return Identity(name=str(st.user.get("name") or email or "signed-in analyst"), email=email)
    return Identity(name=settings().ANALYST_NAME)
