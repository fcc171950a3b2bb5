"""Inventory & quality: filters that live in the address, paging, where a value came from, what was found."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from platform_core.domain.inventory import AssetFilter
from platform_core.reference import DATA
from platform_core.services import inventories
from tests.harness.screen import Screen


def total(screen: Screen, text: str = "", **only: str) -> int:
    work = screen.store.unit_of_work()
    wanted = AssetFilter.of(text=text, **{field: [value] for field, value in only.items()})
    return inventories.page(work, 1, wanted, [], offset=0, limit=1).total


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, {}),
        ({"kind": "server"}, {"kind": "server"}),
        ({"find": "claims"}, {"text": "claims"}),
        ({"environment": "production", "kind": "server"}, {"environment": "production", "kind": "server"}),
    ],
)
def test_a_link_with_filters_shows_what_passes_them(
    query: dict[str, str], wanted: dict[str, str], loaded: Screen
) -> None:
    loaded.open("inventory", migration=1, **query)
    number = total(loaded, **wanted)
    assert number > 0
    assert f"{number:,} assets. Select a row" in loaded.text
    assert len(loaded.table("assets")) == min(50, number)
    for key, value in query.items():
        assert loaded.at.query_params[key] in (value, [value])


def test_a_filter_that_leaves_fewer_pages_shows_the_first(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, page=9)
    assert len(loaded.table("assets")) == 50
    loaded.at.button_group(key="chosen-kind").set_value(["database"]).run()
    assert len(loaded.table("assets")) == min(50, total(loaded, kind="database")) > 0


def test_a_page_number_does_not_follow_to_another_page(loaded: Screen) -> None:
    loaded.open("inventory", migration=1).set("page", 7)
    first = Screen(loaded.store).open("strategy", migration=1).table("applications")
    loaded.open("strategy", migration=1)
    assert list(loaded.table("applications").iloc[:, 0]) == list(first.iloc[:, 0])


def test_what_nothing_passes_is_an_empty_table_and_no_error(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, find="no such asset")
    assert loaded.alerts == []
    assert len(loaded.table("assets")) == 0
    assert "0 assets" in loaded.text


def test_numbers_stay_numbers_and_what_is_unknown_is_empty(loaded: Screen) -> None:
    memory = loaded.open("inventory", migration=1, kind="server").table("assets")["Memory (GB)"]
    assert memory.dtype.kind == "f"
    table = next(each for each in loaded.at.dataframe if each.key == "assets")
    assert table.proto.placeholder == "–"


def test_a_row_tells_from_which_file_column_and_line_its_values_came(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, find="QHN-POL-WEB01P").select_row("assets", 0)
    values = loaded.table("Values of QHN-POL-WEB01P with their origin")
    cores = values[values["Field"] == "CPU Cores"].iloc[0]
    rows = list(csv.reader(StringIO((DATA / "samples" / cores["File"]).read_text("utf-8-sig"))))
    header = next(row for row in rows if cores["Column"] in row)
    assert rows[int(cores["Line"]) - 1][header.index(cores["Column"])] == cores["Value"]


def test_an_asset_leads_to_its_strategy(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, find="Claims Centre", kind="application").select_row("assets", 0)
    loaded.click("Open its strategy")
    assert loaded.title == "6R strategy"
    assert "Claims Centre" in [heading.value for heading in loaded.at.subheader]


def test_the_inventory_can_be_taken_away(loaded: Screen) -> None:
    loaded.open("inventory", migration=1)
    assert [button.label for button in loaded.at.download_button] == ["CSV", "Excel"]
