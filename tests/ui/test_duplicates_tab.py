"""The duplicates tab: searched on a click, pairs side by side, decided, carried out, taken back."""

from __future__ import annotations

import io

import pytest

from platform_core.services import applying, duplicates, migrations, receiving
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

CMDB = "Server Name,IP Address,Operating System,Application Name\n" + "".join(
    f"payroll-web-{n:02d},10.0.0.{n},RHEL 8,Payroll\n" for n in range(1, 15)
)
SHEET = "Host,IP Address,CPU Count,Application Name\n" + "".join(
    f"payroll_web_{n},10.0.0.{n},8,Wages\n" for n in range(1, 15)
)


@pytest.fixture
def tab(empty: Screen) -> Screen:
    store = empty.store
    migration = migrations.create(store.unit_of_work(), "Exit 2027", ANALYST)
    for name, text in (("cmdb.csv", CMDB), ("sheet.csv", SHEET)):
        receiving.receive(store, migration.id, name, io.BytesIO(text.encode()), ANALYST)
    applying.apply_all(store, migration.id, ANALYST)
    return empty.open("inventory", migration=migration.id, tab="Duplicates")


@pytest.fixture
def searched(tab: Screen) -> Screen:
    return tab.click("find-duplicates")


def pairs(screen: Screen) -> list[tuple[str, str]]:
    found = next(each for each in screen.at.dataframe if each.proto.alt == "Pairs of assets that may be one thing")
    return list(zip(found.value["First"], found.value["Second"], strict=True))


def number(screen: Screen) -> int:
    return int(screen.at.query_params["migration"])


def state(screen: Screen) -> duplicates.State:
    return duplicates.state(screen.store.unit_of_work(), number(screen))


def press(screen: Screen, label: str) -> None:
    next(button for button in screen.buttons() if button.label == label).click().run()


def test_at_first_there_is_one_next_step(tab: Screen) -> None:
    assert tab.primary() == ["Look for duplicates"]
    assert tab.alerts == []


def test_a_search_shows_pairs_a_page_at_a_time_with_their_evidence(searched: Screen) -> None:
    assert len(pairs(searched)) == 10
    assert "0 of 14 pairs settled" in searched.text
    compared = searched.table("Both assets, field by field")
    marks = dict(zip(compared["Field"], compared["Compared"], strict=True))
    assert marks["Application Name"] == "≠ differs"
    assert marks["IP Address"] == "same"
    assert next(iter(compared["Compared"])) == "≠ differs"


def test_a_pair_that_is_kept_leaves_the_list_and_waits_to_be_carried_out(searched: Screen) -> None:
    first = pairs(searched)[0]
    press(searched, "Keep")
    assert first not in pairs(searched)
    assert "1 of 14 pairs settled" in searched.text
    assert "Carry out 1 decision" in searched.primary()
    searched.click("carry-out")
    assert state(searched).waiting == 0
    assert "27 other assets" in searched.text


def test_not_a_duplicate_needs_nothing_carried_out_and_can_be_undone(searched: Screen) -> None:
    press(searched, "Not a duplicate")
    assert state(searched).waiting == 0
    assert state(searched).settled == 1
    searched.click("undo")
    assert state(searched).settled == 0


def test_next_looks_at_another_pair_and_decides_nothing(searched: Screen) -> None:
    before = searched.table("Both assets, field by field")
    press(searched, "Next")
    assert not searched.table("Both assets, field by field").equals(before)
    assert state(searched).settled == 0


def test_many_are_merged_after_a_preview(searched: Screen) -> None:
    searched.click("merge-many")
    searched.at.select_slider(key="merge-limit").set_value(0.5).run()
    searched.click("merge-many")
    assert state(searched).settled == 0
    press(searched, "Merge 14 assets")
    assert state(searched).waiting == 14


def test_a_link_opens_a_band(searched: Screen) -> None:
    press(searched, "Not a duplicate")
    again = Screen(searched.store).open("inventory", migration=number(searched), tab="Duplicates", band="settled")
    assert len(pairs(again)) == 1
    assert "Not a duplicate" in list(again.at.dataframe[0].value["Decided"])
