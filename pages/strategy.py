"""The page at /strategy."""

from __future__ import annotations

from pages._frame import open_page

open_page("strategy")
