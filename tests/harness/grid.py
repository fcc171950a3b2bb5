"""Driving Streamlit's table, which is painted on a canvas: by keyboard, through the accessibility table inside it."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator

from tests.harness.browser import PATIENCE_MS, BrowserPage

Position = tuple[int, int]
"""Column and row of a cell, from 0."""

MOVE_LOOKS, MOVE_LOOK_MS = 20, 25
KEY_MS = 60  # a number's editor takes its value a moment after the key; no person presses Enter in the same one
SELECTED = "[data-testid^=glide-cell-][aria-selected=true]"
CELL = re.compile(r"glide-cell-(\d+)-(\d+)")


class Grid:
    """The data editor or data frame with the Streamlit key `key`.

    Columns and rows count from 0 as drawn (a row's check box is a column of its own). Never assert the state of a
    check box here: the accessibility table does not follow it. Assert on what the page says instead.
    """

    def __init__(self, tab: BrowserPage, key: str) -> None:
        self._tab = tab
        self.frame: Locator = tab.widget(key)
        self._canvas = self.frame.locator("canvas[data-testid=data-grid-canvas]")

    def headers(self) -> list[str]:
        """Return the words over the columns."""
        headers = self.frame.locator("[role=columnheader]")
        headers.first.wait_for(state="attached")
        return headers.all_text_contents()

    def column(self, header: str) -> int:
        """Return the position of the column called `header`."""
        return self.headers().index(header)

    def cell(self, column: int, row: int) -> Locator:
        """Return the accessibility cell: its text follows edits, `aria-readonly` tells whether it can be edited."""
        return self.frame.get_by_test_id(f"glide-cell-{column}-{row}")

    def go_to(self, column: int, row: int) -> None:
        """Move the selection to a cell with the arrow keys.

        Each step looks where the selection is: a grid that is drawn anew while the page settles loses keys.
        """
        deadline = time.monotonic() + PATIENCE_MS / 1000
        while (at := self._selected()) != (column, row):
            assert time.monotonic() < deadline, f"The grid stays at {at} instead of going to {(column, row)}."
            self._canvas.focus()
            self._tab.page.keyboard.press(_key_towards(at, (column, row)))
            self._wait_for_move(at)

    def _wait_for_move(self, at: Position | None) -> None:
        for _ in range(MOVE_LOOKS):
            if self._selected() != at:
                return
            self._tab.page.wait_for_timeout(MOVE_LOOK_MS)

    def type_into(self, column: int, row: int, text: str) -> None:
        """Replace the content of a cell; in a column with choices, pick the first one that matches `text`."""
        self.go_to(column, row)
        page = self._tab.page
        page.keyboard.press("Enter")
        entry = page.locator(".gdg-style").locator("input, textarea").first
        entry.wait_for()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text, delay=KEY_MS)
        page.keyboard.press("Enter")
        entry.wait_for(state="detached")

    def toggle(self, column: int, row: int) -> None:
        """Tick or clear a check box."""
        self.go_to(column, row)
        self._tab.page.keyboard.press("Space")

    def select_row(self, row: int) -> None:
        """Select a row of a data frame that allows it, by the box before the row."""
        self.go_to(1, row)
        self._tab.page.keyboard.press("Shift+Space")

    def _selected(self) -> Position | None:
        selected = self.frame.locator(SELECTED)
        if selected.count() == 0:
            return None
        found = CELL.fullmatch(selected.first.get_attribute("data-testid") or "")
        assert found is not None
        return int(found[1]), int(found[2])


def _key_towards(at: Position | None, target: Position) -> str:
    """Return the arrow key that leads nearer to `target`; the first one pressed makes a selection."""
    if at is None or at[1] < target[1]:
        return "ArrowDown"
    if at[1] > target[1]:
        return "ArrowUp"
    return "ArrowRight" if at[0] < target[0] else "ArrowLeft"
