"""Our own components: scripts and styles from files that the server itself hands out, so that the page's policy holds.

A script given inline would be run from a blob, which the content security policy refuses.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

FAMILY = "workbench"
FOLDER = "components"


def component(name: str) -> ComponentRenderer:
    """Return the component whose script and style lie in `components/<name>`; its root element has its name as class.

    Registering again is harmless, and needed: each server has a list of components of its own.
    """
    entry = ComponentConfig(name=name, asset_dir=f"{FOLDER}/{name}")
    manifest = ComponentManifest(name=FAMILY, version="1", components=[entry])
    get_bidi_component_manager().register_from_manifest(manifest, Path(__file__).parent)
    html = f'<div class="{name}"></div>'
    return st.components.v2.component(f"{FAMILY}.{name}", html=html, js=f"{name}.js", css=f"{name}.css")
