"""Editing on the inventory page: the rows of the page in place, and all that pass the filter at once."""

from __future__ import annotations

from typing import Any

from pages._asset_edit import edits_of, table_of
from platform_core.domain.inventory import NO_VALUE, AssetFilter
from platform_core.services import inventories
from platform_core.services.asset_edits import CellEdit, save
from platform_core.services.bulk_edits import conditions_of
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

COLUMNS = ["memory_gb", "environment", "ip_address", "is_virtual"]
WEB = "QHN-POL-WEB01P"


def row(screen: Screen, name: str = WEB) -> tuple[Any, ...]:
    work = screen.store.unit_of_work()
    return inventories.page(work, 1, AssetFilter(text=name), COLUMNS, offset=0, limit=1).rows[0]


def test_a_difference_of_the_editor_becomes_cells_with_what_was_seen(loaded: Screen) -> None:
    rows = [row(loaded)]
    assert list(table_of(COLUMNS, rows).columns)[:4] == ["Asset", "Type", "Memory (GB)", "Environment"]
    edits = edits_of(
        COLUMNS, rows, {0: {"Memory (GB)": 64.0, "IP Address": "192.0.2.1, 192.0.2.2", "Environment": "DEV"}}
    )
    assert [(edit.field, edit.text) for edit in edits] == [
        ("memory_gb", "64"),
        ("ip_address", "192.0.2.1, 192.0.2.2"),
        ("environment", "DEV"),
    ]
    saved = save(loaded.store.unit_of_work(), 1, edits, ANALYST)
    assert (saved.cells, saved.refused, saved.overtaken) == (3, (), ())
    assert row(loaded)[3:6] == (64, "development", ("192.0.2.1", "192.0.2.2"))


def test_the_page_saves_what_was_edited_and_tells_what_was_not_taken(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, find=WEB).set("edit-assets", True)
    assert loaded.alerts == []
    stale = CellEdit(asset_key=row(loaded)[0], field="memory_gb", text="99", seen=-1.0)
    unread = CellEdit(asset_key=row(loaded)[0], field="cpu_cores", text="many", seen=None)
    saved = save(loaded.store.unit_of_work(), 1, [stale], ANALYST)
    refused = save(loaded.store.unit_of_work(), 1, [unread], ANALYST)
    loaded.at.session_state["overtaken-cells"] = list(saved.overtaken)
    loaded.at.session_state["refused-cells"] = list(refused.refused) or list(refused.overtaken)[:0]
    loaded.at.run()
    assert "you wrote" in loaded.text
    loaded.click("Keep mine")
    assert row(loaded)[3] == 99
    assert "you wrote" not in loaded.text


def test_a_filter_is_a_rule_where_conditions_can_say_it_and_a_list_elsewhere() -> None:
    assert conditions_of(AssetFilter()) == ()
    assert conditions_of(AssetFilter(text="web", only=(("kind", ("server",)),))) == ()
    assert conditions_of(AssetFilter(only=(("findings", ("conflict",)),))) == ()
    said = conditions_of(AssetFilter(only=(("kind", ("server",)), ("environment", (NO_VALUE,)))))
    assert [(each.field, each.test) for each in said] == [("kind", "is one of"), ("environment", "is empty")]


def test_all_that_pass_the_filter_are_changed_at_once_and_back_again(loaded: Screen) -> None:
    work = loaded.store.unit_of_work()
    servers = AssetFilter(only=(("kind", ("server",)),))

    def groups() -> list[Any]:
        return [r[3] for r in inventories.page(work, 1, servers, ["support_group"], offset=0, limit=1_000).rows]

    before = groups()
    loaded.open("inventory", migration=1, kind="server").set("bulk-edit", True)
    loaded.set("bulk-field", "support_group").set("bulk-value", "Team X")
    assert set(loaded.table("The first assets before and after the change")["Support Group → after"]) == {"Team X"}
    loaded.click("bulk-send")
    assert loaded.alerts == []
    assert groups() == ["Team X"] * len(before)
    loaded.click("undo")
    assert groups() == before


def test_a_value_that_does_not_fit_is_refused_before_anything_is_changed(loaded: Screen) -> None:
    loaded.open("inventory", migration=1, kind="server").set("bulk-edit", True)
    loaded.set("bulk-field", "cpu_cores").set("bulk-value", "plenty")
    assert "CPU Cores" in loaded.alerts[0]
