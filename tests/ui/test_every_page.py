"""Every page in the two states an analyst meets first: nothing there yet, and a portfolio loaded and planned."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from pages._pages import PAGES, PageEntry
from platform_core.services import receiving
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

every_page = pytest.mark.parametrize("entry", PAGES, ids=[entry.url_path for entry in PAGES])
WANT_AN_INVENTORY = ("inventory", "strategy", "dependencies", "waves", "report")
WAIT_FOR_MORE = ("overview", "mapping", *WANT_AN_INVENTORY)
SERVERS = b"Server Name,Class,RAM (MB),CPUs\nweb01,VM,8192,4\napp01,VM,4096,2\n"
CHARTS = {"mapping": 1, "strategy": 2, "dependencies": 1, "waves": 3}
LOUD = re.compile(r"successful|please|oops|\w!(\s|$)", re.IGNORECASE)


def stands(screen: Screen, entry: PageEntry) -> None:
    """Assert what holds for a page in whatever state."""
    assert not screen.at.exception
    assert screen.alerts == []
    assert screen.title == entry.title
    assert len(screen.primary()) <= 1, "one primary button a page"
    assert not LOUD.search(screen.text.replace("\\", "")), "calm words"


@every_page
def test_a_page_without_data_says_so_and_offers_the_next_step(entry: PageEntry, empty: Screen) -> None:
    empty.open(entry.url_path)
    stands(empty, entry)
    assert "First migration" in empty.text
    if entry.url_path in WAIT_FOR_MORE:
        assert empty.primary() == ["Upload exports"]


def test_before_a_mapping_is_applied_the_pages_lead_to_its_review(empty: Screen) -> None:
    empty.open("overview")
    receiving.receive(empty.store, 1, "servers.csv", BytesIO(SERVERS), ANALYST)
    for url_path in WANT_AN_INVENTORY:
        assert empty.open(url_path).primary() == ["Review mappings"]
    assert empty.click("empty-state-action").title == "Mapping review"


@every_page
def test_a_page_of_a_planned_portfolio_shows_it(entry: PageEntry, loaded: Screen) -> None:
    loaded.open(entry.url_path, migration=1)
    stands(loaded, entry)
    assert "inventory revision 1" in loaded.text
    assert loaded.at.query_params["migration"] in ("1", ["1"])


@every_page
def test_a_chart_is_followed_by_a_caption(entry: PageEntry, loaded: Screen) -> None:
    kinds = [node.type for node in loaded.open(entry.url_path, migration=1).nodes]
    charts = [place for place, kind in enumerate(kinds) if kind in {"plotly_chart", "echarts_chart"}]
    assert len(charts) == CHARTS.get(entry.url_path, 0)
    assert all(kinds[place + 1] == "caption" for place in charts), kinds
