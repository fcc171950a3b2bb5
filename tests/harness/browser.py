"""A tab in headless Chromium that knows when the workbench has finished drawing, and keeps what the browser says."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

CHROMIUM = Path(shutil.which("chromium") or "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
)
FINISHED = "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
UNDRAWN = "[data-testid=stSkeleton]"  # stands for a widget or chart whose code the browser is still fetching
# On a deep link Streamlit's front end asks under the page's own address for its server first, and goes on at the root.
PROBE = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")
PATIENCE_MS = 30_000
REPAINT_MS = 800  # tables and charts paint what has come into sight a moment later
DESK = (1440, 900)
PHONE = (420, 900)


class BrowserPage:
    """One tab. `page` is Playwright's own page; `complaints` are console errors, CSP violations and script crashes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script crashed: {error}"))

    def open(self, address: str) -> BrowserPage:
        """Open `address` and wait until the workbench has drawn it."""
        self.page.goto(address)
        return self.settle()

    def settle(self) -> BrowserPage:
        """Wait until no script runs, nothing on the page is left from the run before, and all in sight is drawn.

        After an action, wait for what it should show first: the page may not have begun to answer yet.
        """
        self.page.locator(FINISHED).wait_for()
        expect(self.page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE_MS)
        expect(self.page.locator(UNDRAWN).filter(visible=True)).to_have_count(0, timeout=PATIENCE_MS)
        return self

    def widget(self, key: str) -> Locator:
        """Return the widget or container with the Streamlit key `key`."""
        return self.page.locator(f".st-key-{key}")

    def text(self) -> str:
        """Return the text of the page without the side bar."""
        return self.page.get_by_test_id("stMain").inner_text()

    def sidebar_links(self) -> Locator:
        """Return the words of the links in the side bar, from top to bottom (a link with help is there twice)."""
        links = self.page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink")
        return links.filter(visible=True).locator("p")

    def screenshot(self, path: Path) -> None:
        """Write what is to be seen, the whole length of the page, to `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        height = self.page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        width = self.page.viewport_size["width"] if self.page.viewport_size else DESK[0]
        self.page.set_viewport_size({"width": width, "height": max(DESK[1], int(height))})
        self.page.wait_for_timeout(REPAINT_MS)
        self.settle()
        self.page.screenshot(path=path)

    def _on_console(self, message: ConsoleMessage) -> None:
        if PROBE.search(message.location.get("url", "")):
            return
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without a window, and end it afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def new_page(
    browser: Browser, *, size: tuple[int, int] = DESK, theme: Literal["light", "dark"] = "light", **options: Any
) -> Iterator[BrowserPage]:
    """Open a tab with its own cookies, `size` in pixels, as a person with that colour `theme` sees it."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, accept_downloads=True, **options
    )
    try:
        yield BrowserPage(context.new_page())
    finally:
        context.close()
