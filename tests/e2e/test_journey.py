"""The analyst's journey in one browser tab: two exports become a wave plan on a file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from platform_core.reference import DATA
from tests.conftest import OpenTab, StartWorkbench
from tests.harness.browser import PHONE, BrowserPage
from tests.harness.grid import Grid
from tests.harness.server import Workbench

pytestmark = pytest.mark.browser
REGISTER, MACHINES = DATA / "samples" / "application_register.csv", DATA / "samples" / "vsphere_vms.csv"
CHANGED_COLUMN, NEW_FIELD = "Technology Stack", "Installed Software"
SEEN_ROWS = 15


def upload(tab: BrowserPage, *files: Path) -> None:
    tab.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(list(files))


def row_of(grid: Grid, header: str) -> int:
    """Return the row of a column of the import; the grid sorts them by what needs a decision."""
    column = grid.column("Column")
    grid.cell(column, 0).wait_for(state="attached")
    return [grid.cell(column, row).text_content() for row in range(SEEN_ROWS)].index(header)


def change_a_mapping(tab: BrowserPage) -> None:
    """Give a column another field by typing into the grid."""
    grid = Grid(tab, "mapping-grid")
    grid.type_into(grid.column("Field"), row_of(grid, CHANGED_COLUMN), NEW_FIELD)
    expect(tab.widget("undo")).to_be_visible()
    tab.settle()


def apply_mapping(tab: BrowserPage, workbench: Workbench, number: int) -> None:
    """Apply the mapping of an import with every suggestion that was not decided by hand."""
    tab.open(workbench.address("mapping", migration=1, **{"import": number}))
    tab.widget("apply").get_by_role("button").click()
    panel = tab.widget("confirm")
    panel.get_by_text("columns are used").wait_for()
    undecided = panel.get_by_text("suggestions that nobody decided")
    if undecided.count():
        undecided.click()
        tab.settle()
        panel.get_by_text("columns are used").wait_for()
    panel.get_by_role("button", name="Apply", exact=True).click()
    tab.page.get_by_text("Part of the inventory.").wait_for()
    tab.settle()


def plan_waves(tab: BrowserPage, workbench: Workbench) -> None:
    tab.open(workbench.address("waves", migration=1))
    tab.widget("first-plan").get_by_role("button").click()
    tab.page.get_by_text("0 rules broken").wait_for()
    tab.settle()


def test_two_exports_become_a_plan_on_a_file(start_workbench: StartWorkbench, browser_page: BrowserPage) -> None:
    workbench, tab = start_workbench({"EMBEDDED_WORKER": "true"}), browser_page
    tab.open(workbench.address("overview"))
    tab.page.get_by_role("link", name="Upload").click()
    upload(tab, REGISTER, MACHINES)
    tab.page.get_by_text("vsphere_vms.csv: RVTools").first.wait_for()  # what it is, not how far the reading is
    tab.open(workbench.address("upload", migration=1))
    upload(tab, MACHINES)
    tab.page.get_by_text("vsphere_vms.csv is identical to import").first.wait_for()

    tab.open(workbench.address("mapping", migration=1, **{"import": 1}))
    change_a_mapping(tab)
    tab.widget("undo").get_by_role("button").click()
    tab.page.get_by_text("Undid: ").first.wait_for()
    tab.settle()
    change_a_mapping(tab)
    apply_mapping(tab, workbench, 1)
    grid = Grid(tab, "mapping-grid")
    row = row_of(grid, CHANGED_COLUMN)
    expect(grid.cell(grid.column("Field"), row)).to_have_text("installed_software")
    expect(grid.cell(grid.column("State"), row)).to_have_text("changed by you")
    apply_mapping(tab, workbench, 2)

    tab.open(workbench.address("inventory", migration=1))
    count = tab.page.get_by_text("Select a row to see where each value came from.")
    everything = count.inner_text()
    tab.widget("chosen-find").get_by_role("textbox").fill("POL-")
    tab.page.keyboard.press("Enter")
    expect(count).not_to_have_text(everything)
    found = count.inner_text()
    assert "find=POL-" in tab.page.url
    tab.page.reload()
    expect(tab.settle().page.get_by_text(found)).to_be_visible()

    tab.open(workbench.address("strategy", migration=1))
    tab.page.locator(".main-svg").first.wait_for()
    assert " assessed: applications" in tab.text()

    plan_waves(tab, workbench)
    with tab.page.expect_download() as download:
        tab.widget("download-plan-csv").get_by_role("button").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["application"] for line in lines} >= {"Policy Administration"}
    assert tab.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_every_page_without_scrolling_sideways(
    theme: str, planned_workbench: Workbench, open_tab: OpenTab
) -> None:
    tab = open_tab(size=PHONE, theme=theme)
    for page in ("overview", "mapping", "inventory", "strategy", "dependencies", "waves", "report"):
        tab.open(planned_workbench.address(page, migration=1))
        main = tab.page.get_by_test_id("stMain")
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") == 0, page
    assert tab.complaints == []
