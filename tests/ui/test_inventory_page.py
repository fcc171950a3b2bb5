"""Inventory & quality: filters that live in the address, paging, where a value came from, what was found."""

from __future__ import annotations

import csv
import zipfile
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from platform_core.domain.inventory import Asset, AssetFilter
from platform_core.errors import BadInput
from platform_core.reference import DATA
from platform_core.services import asset_views, exports, inventories, inventory_files
from platform_core.store.snapshots.ordering import sort_key
from tests.harness.portfolio import ANALYST
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


@pytest.mark.parametrize("tab", ["Assets", "Profile"])
def test_where_nothing_passes_the_way_out_is_to_clear_the_filters(tab: str, loaded: Screen) -> None:
    loaded.open("inventory", migration=1, find="no such asset", kind="server", tab=tab)
    assert loaded.alerts == []
    assert "No asset passes this filter." in loaded.text
    assert "Search: no such asset; Type: Server" in loaded.text.replace("\\", "")
    assert "assets" not in [each.key for each in loaded.at.dataframe]
    assert not [each.label for each in loaded.at.expander if each.label.startswith("Change all")]
    loaded.click("Clear the filters")
    assert set(loaded.at.query_params) == ({"migration"} if tab == "Assets" else {"migration", "tab"})
    assert f"{total(loaded):,}" in loaded.text


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


def test_facets_count_what_each_choice_would_leave(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, environment="production")
    kinds = loaded.at.button_group(key="chosen-kind")
    for option in kinds.options:
        kind, number = option.split(" · ")
        assert total(loaded, environment="production", kind=kind.lower()) == int(number.replace(",", ""))
    kinds.set_value(["server", "database"]).run()
    assert loaded.at.query_params["kind"] == ["server", "database"]
    several = AssetFilter.of(kind=["server", "database"], environment=["production"])
    number = inventories.page(loaded.store.unit_of_work(), 1, several, [], offset=0, limit=1).total
    assert f"{number:,} assets." in loaded.text


def test_all_restrictions_go_at_once(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, environment="production", find="claims", sort="memory_gb")
    loaded.click("Show all assets")
    assert f"{total(loaded):,} assets." in loaded.text
    assert set(loaded.at.query_params) == {"migration", "sort"}


def test_the_whole_inventory_is_sorted_not_the_page(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, sort="memory_gb", direction="descending")
    memory = list(loaded.table("assets")["Memory (GB)"])
    most = inventories.page(
        loaded.store.unit_of_work(),
        1,
        AssetFilter(sort="memory_gb", descending=True),
        ["memory_gb"],
        offset=0,
        limit=50,
    )
    assert memory == [row[3] for row in most.rows] == sorted(memory, reverse=True)


def test_columns_are_those_of_the_address(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, columns="serial_number")
    assert list(loaded.table("assets").columns) == ["Asset", "Type", "Serial Number"]


def test_a_view_is_kept_under_a_name_and_opened_by_its_number(loaded: Screen) -> None:
    saved = asset_views.save(
        loaded.store.unit_of_work(), 1, "Old servers", {"kind": ["server"], "sort": ["os_name"]}, ANALYST
    )
    loaded.open("inventory", migration=1, view=saved.id)
    assert loaded.at.query_params["kind"] in ("server", ["server"])
    assert f"{total(loaded, kind='server'):,} assets." in loaded.text


def test_a_view_that_is_gone_is_said(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, view=99)
    assert "was deleted" in loaded.alerts[0]
    assert f"{total(loaded):,} assets." in loaded.text


def test_views_of_one_name_replace_each_other_and_can_be_deleted(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    first = asset_views.save(work, 1, " Old  servers", {"kind": ["server"]}, ANALYST)
    again = asset_views.save(work, 1, "Old servers", {"find": ["x"]}, ANALYST)
    assert (again.id, [view.address for view in asset_views.listed(work, 1)]) == (first.id, [{"find": ["x"]}])
    with pytest.raises(BadInput):
        asset_views.save(work, 1, "  ", {}, ANALYST)
    asset_views.delete(work, 1, first.id, ANALYST)
    assert asset_views.listed(work, 1) == []


def test_a_profile_tells_what_a_field_holds_under_the_filter(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, tab="Profile", field="memory_gb", kind="server", by="os_name")
    servers = [a.values for a in _assets(loaded) if a.kind == "server"]
    memory = [values["memory_gb"] for values in servers if "memory_gb" in values]
    assert f"{len(memory)} assets of {len(servers)} have a value" in loaded.text.replace(",", "")
    figures = loaded.table("Figures of Memory (GB)").set_index("Figure")["Value"]
    assert float(figures["Largest"].replace(",", "")) == max(memory)
    filled = loaded.table("How many assets have a value, by field").set_index("Field")
    assert filled.loc["Memory (GB)", "Assets"] == len(memory)


def test_files_hold_what_passes_the_filter_and_nothing_live(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    wanted = AssetFilter.of(kind=["server"], environment=["production"])
    text = inventory_files.csv_file(work, 1, wanted, packed=False).read().decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    assert len(rows) == total(loaded, kind="server", environment="production")
    assert {row["kind"] for row in rows} == {"server"}
    stored = {asset.key: asset for asset in _assets(loaded)}
    assert all(float(row["memory_gb"] or 0) == stored[row["key"]].values.get("memory_gb", 0) for row in rows)
    with CalamineWorkbook.from_filelike(BytesIO(exports.inventory_excel(work, 1, AssetFilter()))) as book:
        assert book.sheet_names == ["Inventory", "Dependencies"]
        assert len(book.get_sheet_by_name("Inventory").to_python()) == len(stored) + 1


def test_many_assets_are_handed_out_zipped_and_too_many_for_excel_are_refused(
    loaded: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory_files, "PACKED_FROM", 10)
    monkeypatch.setattr(inventory_files, "MOST_FOR_EXCEL", 10)
    work = loaded.store.unit_of_work()
    with zipfile.ZipFile(
        inventory_files.csv_file(work, 1, AssetFilter(), packed=inventory_files.is_packed(11))
    ) as packed:
        lines = packed.read("inventory.csv").decode("utf-8-sig").splitlines()
    assert len(list(csv.reader(lines))) == total(loaded) + 1
    with pytest.raises(BadInput, match="at most 10 assets"):
        exports.inventory_excel(work, 1, AssetFilter())
    assert exports.everything_excel(work, 1)[:2] == b"PK"


def _assets(screen: Screen) -> list[Asset]:
    work = screen.store.unit_of_work()
    with work.reading():
        return list(work.assets.all(1))


def test_what_assets_run_can_be_shown_filtered_and_ordered_by(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, support="ended", columns="technology", sort="technology")
    rows = loaded.table("assets")
    assert len(rows) == min(50, total(loaded, support="ended")) > 0
    keys = [sort_key(text.split(", ")[0]) for text in rows["Technology"]]
    assert keys == sorted(keys)
    assert any(each.startswith("support has ended") for each in loaded.at.button_group(key="chosen-support").options)
    loaded.open("inventory", migration=1, support="ended", columns="support")
    assert set(loaded.table("assets")["Support"]) == {"support has ended"}
