"""The page at /settings."""

from __future__ import annotations

from pages._frame import open_page

open_page("settings")
