"""The workbench's own launcher, drawing one page with every kind of widget instead of the workbench's pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app import lifespan, protection, show_script_error

app = st.App(
    Path(__file__).parent / "page.py", lifespan=lifespan, middleware=protection, on_script_error=show_script_error
)
