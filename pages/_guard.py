"""Who is at the keyboard, and the guard for whoever may not come in."""

from __future__ import annotations

import streamlit as st

from platform_core.domain.identity import Identity
from platform_core.domain.organisations import Organisation
from platform_core.errors import Forbidden
from platform_core.services import organisations
from platform_core.services.bootstrap import store
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
    """Return the person at the keyboard: the account signed in, else the name from the settings.

    An address that the provider has not verified tells nothing of where somebody belongs, so it is left out.
    """
    if st.user.get("is_logged_in", False):
        email = str(st.user.get("email") or "")
        name = str(st.user.get("name") or email or "signed-in analyst")
        claimed = st.user.get(settings().ORGANISATION_CLAIM) if settings().ORGANISATION_CLAIM else None
        is_verified = st.user.get("email_verified", True) not in {False, "false"}
        return Identity(name=name, email=email if is_verified else "", organisation=str(claimed or ""))
    return Identity(name=settings().ANALYST_NAME)


def current_organisation() -> Organisation:
    """Return whose rows the person at the keyboard sees; who belongs nowhere is told, and nothing more is drawn."""
    try:
        return organisations.of_person(store(), current_identity())
    except Forbidden as error:
        st.title(settings().PROJECT_NAME)
        st.warning(str(error), icon=":material/lock:")
        if st.user.get("is_logged_in", False):
            st.button("Sign out", icon=":material/logout:", on_click=st.logout)
        st.stop()
