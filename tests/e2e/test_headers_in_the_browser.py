"""What the protective headers let through: everything the workbench draws, and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.harness.browser import BrowserPage
from tests.harness.grid import Grid
from tests.harness.server import Workbench, running_workbench

pytestmark = pytest.mark.browser
LAUNCHER = Path(__file__).parent / "showcase" / "launcher.py"


@pytest.fixture(scope="module")
def showcase(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """The workbench's launcher with one page of every kind of widget."""
    with running_workbench(tmp_path_factory.mktemp("showcase"), launcher=LAUNCHER) as workbench:
        yield workbench


def test_every_kind_of_chart_and_table_is_drawn_without_a_complaint(
    showcase: Workbench, browser_page: BrowserPage
) -> None:
    browser_page.open(showcase.address())
    page = browser_page.page
    for key in ("bars", "gantt", "heat"):
        browser_page.widget(key).locator(".main-svg").first.wait_for()
    for drawn in ("stMermaidChart", "stGraphVizChart", "stVegaLiteChart", "stEChartsChart"):
        page.get_by_test_id(drawn).first.locator("svg, canvas, img").first.wait_for()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"}
    )
    page.get_by_text("a.csv").wait_for()
    with page.expect_download() as download:
        browser_page.widget("download").get_by_role("button").click()
    assert download.value.suggested_filename == "plan.csv"
    assert browser_page.settle().complaints == []


def test_a_script_from_elsewhere_is_refused(showcase: Workbench, browser_page: BrowserPage) -> None:
    browser_page.open(showcase.address())
    browser_page.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), {src: 'https://example.com/a.js'}))"
    )
    browser_page.page.wait_for_timeout(200)
    assert any("Content Security Policy" in complaint for complaint in browser_page.complaints)


def test_a_choice_and_a_number_can_be_edited_in_the_grid(showcase: Workbench, browser_page: BrowserPage) -> None:
    browser_page.open(showcase.address())
    grid = Grid(browser_page, "editor_area")
    grid.type_into(grid.column("strategy"), 1, "retire")
    expect(browser_page.page.get_by_text("Strategies: rehost, retire, retire")).to_be_visible()
    grid.type_into(grid.column("servers"), 2, "12")
    expect(browser_page.page.get_by_text("Servers: 3, 1, 12")).to_be_visible()
    assert browser_page.complaints == []


def test_a_cell_that_is_not_to_be_edited_says_so(showcase: Workbench, browser_page: BrowserPage) -> None:
    browser_page.open(showcase.address())
    grid = Grid(browser_page, "editor_area")
    assert grid.cell(grid.column("asset"), 0).get_attribute("aria-readonly") == "true"


def test_a_row_can_be_selected_by_keyboard(showcase: Workbench, browser_page: BrowserPage) -> None:
    browser_page.open(showcase.address())
    Grid(browser_page, "frame").select_row(1)
    expect(browser_page.page.get_by_text("Selected rows: [1]")).to_be_visible()
    assert browser_page.complaints == []


@pytest.mark.parametrize(
    ("fail", "sentence"),
    [
        ("ours", "The workbook is protected by a password. Save it without one. Reference "),
        ("other", "Something went wrong on this page. Reference "),
    ],
)
def test_an_error_is_told_with_a_reference_that_the_log_knows(
    showcase: Workbench, browser_page: BrowserPage, fail: str, sentence: str
) -> None:
    browser_page.open(showcase.address(fail=fail))
    alert = browser_page.page.get_by_test_id("stAlert")
    expect(alert).to_contain_text(sentence)
    reference = alert.inner_text().rsplit("Reference ", 1)[1].strip(" .\n")
    line = next(line for line in showcase.log().splitlines() if f"reference={reference}" in line)
    assert "page.py" in line
    assert "web-01" not in showcase.log()
    assert "Traceback" not in browser_page.text()
