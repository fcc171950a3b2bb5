"""Pictures of every page with the sample portfolio, for docs/screenshots: `python -m tests.harness.screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from pages._pages import PAGES
from tests.harness.browser import BrowserPage, chromium, new_page
from tests.harness.grid import Grid
from tests.harness.portfolio import make_portfolio
from tests.harness.server import PROJECT_ROOT, Workbench, running_workbench

FOLDER = PROJECT_ROOT / "docs" / "screenshots"
ANSWER_MS = 1_500  # what a selection draws comes a moment after it


def take(tab: BrowserPage, workbench: Workbench, url_path: str, picture: Path) -> None:
    """Open a page as an analyst would work on it and write its picture."""
    tab.open(workbench.address(url_path, migration=1))
    if url_path == "strategy":
        Grid(tab, "applications").select_row(0)
        tab.page.wait_for_timeout(ANSWER_MS)
    tab.settle().screenshot(picture)


def main(folder: Path = FOLDER) -> None:
    """Load and plan the samples in a workbench of their own, and write one picture a page into `folder`."""
    with tempfile.TemporaryDirectory() as home:
        make_portfolio(Path(home) / "var")
        with running_workbench(Path(home), {"EMBEDDED_WORKER": "true"}) as workbench, chromium() as browser:
            for entry in PAGES:
                with new_page(browser) as tab:
                    take(tab, workbench, entry.url_path, folder / f"{entry.url_path}.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
