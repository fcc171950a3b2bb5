"""The page at /report."""

from __future__ import annotations

from pages._frame import open_page

open_page("report")
