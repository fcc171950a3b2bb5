"""Moving groups between waves on the board, in a real browser: by mouse and by keys, consequence before the drop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from platform_core.services import board, plans
from platform_core.services.plans import PlanView
from platform_core.store import Store, UnitOfWork
from tests.harness.browser import BrowserPage
from tests.harness.portfolio import store_at
from tests.harness.server import Workbench

pytestmark = pytest.mark.browser


@pytest.fixture
def store(planned_workbench: Workbench) -> Store:
    return store_at(planned_workbench.var)


def shown_plan(work: UnitOfWork) -> PlanView:
    return plans.view(work, plans.listed(work, 1)[0][0])


def wave_of(store: Store, group: str) -> int:
    work = store.unit_of_work()
    return dict(plans.applications(work, shown_plan(work).id))[group]


def lane(tab: BrowserPage, wave: int) -> Locator:
    return tab.page.get_by_role("region", name=f"Wave {wave}", exact=True)


def open_board(tab: BrowserPage, workbench: Workbench, **query: object) -> None:
    tab.open(workbench.address("waves", migration=1, view="Board", **query))
    lane(tab, 1).locator(".card").first.wait_for()


def test_a_card_is_moved_by_keys_after_each_wave_said_what_it_would_come_to(
    planned_workbench: Workbench, browser_page: BrowserPage, store: Store
) -> None:
    open_board(browser_page, planned_workbench)
    card = lane(browser_page, 4).locator(".card").nth(2)
    group = str(card.get_attribute("data-group"))
    card.focus()
    browser_page.page.keyboard.press("Enter")
    expect(browser_page.page.get_by_text(f"{group} is picked up from wave 4.")).to_be_visible()
    expected = {
        drop.wave: drop for drop in board.drops(store.unit_of_work(), shown_plan(store.unit_of_work()).id, group)
    }
    expect(lane(browser_page, 4).locator(".drop")).to_be_hidden()
    for wave, drop in expected.items():
        if not drop.is_here:
            said = drop.forbidden_by or ("Breaks no rule.",)
            for line in said:
                expect(lane(browser_page, wave).locator(".drop")).to_contain_text(line)
    browser_page.page.keyboard.press("ArrowRight")
    expect(lane(browser_page, 5).locator(".drop")).to_be_focused()
    assert wave_of(store, group) == 4, "nothing moves before Enter"
    browser_page.page.keyboard.press("Enter")
    expect(browser_page.page.get_by_text(f"Moved {group} to wave 5")).to_be_visible()
    assert wave_of(store, group) == 5
    assert browser_page.complaints == []


def test_a_card_is_dragged_and_the_consequence_stands_there_before_it_is_dropped(
    planned_workbench: Workbench, browser_page: BrowserPage, store: Store
) -> None:
    open_board(browser_page, planned_workbench)
    card = lane(browser_page, 2).locator(".card").nth(1)
    group = str(card.get_attribute("data-group"))
    card.scroll_into_view_if_needed()
    card.hover()
    browser_page.page.mouse.down()
    lane(browser_page, 3).locator(".head").hover()
    lane(browser_page, 3).locator(".title").hover()
    expect(lane(browser_page, 3).locator(".drop")).to_contain_text(re.compile("Breaks"))
    assert wave_of(store, group) == 2
    lane(browser_page, 3).locator(".drop").hover()
    browser_page.page.mouse.up()
    expect(browser_page.page.get_by_text(f"Moved {group} to wave 3")).to_be_visible()
    assert wave_of(store, group) == 3
    browser_page.page.get_by_role("button", name="Undo").click()
    expect(browser_page.page.get_by_text(re.compile(f"Undid: Moved {re.escape(group)}"))).to_be_visible()
    assert wave_of(store, group) == 2


def test_a_card_is_let_go_with_escape(planned_workbench: Workbench, browser_page: BrowserPage) -> None:
    open_board(browser_page, planned_workbench)
    card = lane(browser_page, 3).locator(".card").first
    card.click()
    expect(lane(browser_page, 4).locator(".drop")).to_be_visible()
    browser_page.page.keyboard.press("Escape")
    expect(lane(browser_page, 4).locator(".drop")).to_be_hidden()


def test_columns_are_turned_and_cards_are_found_by_name(
    planned_workbench: Workbench, browser_page: BrowserPage, store: Store
) -> None:
    open_board(browser_page, planned_workbench)
    work = store.unit_of_work()
    second = board.columns(work, shown_plan(work), pages={2: 2})[1]
    assert second.pages > 1
    lane(browser_page, 2).get_by_role("button", name="Next page, Wave 2").click()
    expect(lane(browser_page, 2).locator(".pager")).to_contain_text(f"2 / {second.pages}")
    cards = lane(browser_page, 2).locator(".card")
    assert [cards.nth(n).get_attribute("data-group") for n in range(cards.count())] == [c.group for c in second.cards]
    name = second.cards[0].group
    open_board_search = browser_page.widget("find_card").locator("input")
    open_board_search.fill(name)
    open_board_search.press("Enter")
    expect(lane(browser_page, 2).locator(".card")).to_have_count(1)
    expect(lane(browser_page, 3).locator(".card")).to_have_count(0)
