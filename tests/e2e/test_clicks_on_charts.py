"""What is counted in a picture is listed by a click on it, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.harness.browser import BrowserPage
from tests.harness.server import Workbench

pytestmark = pytest.mark.browser


def area(tab: BrowserPage, key: str) -> tuple[float, float, float, float]:
    """Where the plot of a chart lies: left, top, width, height."""
    plot: Locator = tab.widget(key).locator(".nsewdrag").first
    plot.wait_for()
    plot.scroll_into_view_if_needed()
    tab.settle()
    box = plot.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


@pytest.mark.parametrize(("key", "title"), [("risk-matrix", "Likelihood"), ("residual-matrix", "Residual likelihood")])
def test_a_click_on_a_cell_of_a_risk_matrix_lists_it(
    planned_workbench: Workbench, browser_page: BrowserPage, key: str, title: str
) -> None:
    browser_page.open(planned_workbench.address("dependencies", migration=1, tab="Risk"))
    left, top, width, height = area(browser_page, key)
    browser_page.page.mouse.click(left + 0.3 * width, top + 0.7 * height)
    caption = browser_page.page.locator("p", has_text=re.compile(rf"^{title} 2, impact 2: [1-9]\d* applications"))
    expect(caption).to_be_visible()


def test_a_click_on_a_strategy_lists_it(planned_workbench: Workbench, browser_page: BrowserPage) -> None:
    browser_page.open(planned_workbench.address("strategy", migration=1))
    part = browser_page.widget("mix").locator(".point path").nth(2)
    part.wait_for()
    box = browser_page.settle().widget("mix").locator(".point path").nth(2).bounding_box()
    assert box is not None
    browser_page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(browser_page.page).to_have_url(re.compile("strategy=Replatform"))


def test_the_lasso_lists_what_is_in_it(planned_workbench: Workbench, browser_page: BrowserPage) -> None:
    browser_page.open(planned_workbench.address("strategy", migration=1, picture="Value and complexity"))
    left, top, width, height = area(browser_page, "landscape")
    mouse = browser_page.page.mouse
    mouse.move(left + 0.6 * width, top + 0.4 * height)
    mouse.move(left + 0.7 * width, top + 0.35 * height)
    mouse.down()
    for across, down in ((0.99, 0.35), (0.99, 0.02), (0.7, 0.02), (0.7, 0.34)):
        mouse.move(left + across * width, top + down * height, steps=10)
    mouse.up()
    listed = browser_page.page.locator("p", has_text=re.compile(r"^Selected in the picture: [1-9]\d* applications"))
    expect(listed).to_be_visible()
