"""Mapping review: the grid's edits as decisions, bulk acceptance, applying, and a colleague who was faster."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest

from pages._mapping_grid import decisions, grid_key, grid_rows
from platform_core.domain.imports import ImportState
from platform_core.domain.mapping import FileKind, MappingState
from platform_core.services import applying, column_questions, imports, mappings, migrations, receiving
from platform_core.services.imports import ImportView
from platform_core.services.mappings import Action, ColumnView, Decision
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen

SERVERS = (
    b"Server Name,Operating System,RAM (MB),CPUs,Sticker,Environment\n"
    b"web01,Windows Server 2019,8192,4,q-17,PROD\napp01,Ubuntu 22.04,4096,2,q-18,DEV\n"
)


@pytest.fixture
def review(empty: Screen) -> Screen:
    """The mapping review of servers.csv in migration 1, of which nothing is decided."""
    migration = migrations.opened(empty.store.unit_of_work(), None, ANALYST)
    receiving.receive(empty.store, migration.id, "servers.csv", BytesIO(SERVERS), ANALYST)
    return empty.open("mapping", migration=migration.id)


def columns(screen: Screen) -> list[ColumnView]:
    return mappings.columns(screen.store.unit_of_work(), 1)


def column(screen: Screen, header: str) -> ColumnView:
    return next(view for view in columns(screen) if view.header == header)


def view(screen: Screen) -> ImportView:
    return imports.view(screen.store.unit_of_work(), 1)


def decide(screen: Screen, header: str, cells: Mapping[str, Any]) -> ColumnView:
    """Do what the grid does when the cells of a row were edited, and return what stands then."""
    shown = columns(screen)
    place = next(i for i, each in enumerate(shown) if each.header == header)
    mappings.decide(screen.store.unit_of_work(), 1, decisions(shown, {place: dict(cells)}), ANALYST)
    return column(screen, header)


@pytest.mark.parametrize(
    ("cells", "action", "field"),
    [
        ({"Settled": True}, Action.ACCEPT, None),
        ({"Settled": False}, Action.RESET, None),
        ({"Field": "storage_gb"}, Action.CHANGE, "storage_gb"),
        ({"Field": "storage_gb", "Settled": True}, Action.CHANGE, "storage_gb"),
        ({"Field": None}, Action.IGNORE, None),
        ({"Field": ""}, Action.IGNORE, None),
    ],
)
def test_an_edited_row_is_one_decision(
    cells: dict[str, Any], action: Action, field: str | None, review: Screen
) -> None:
    shown = columns(review)
    (decision,) = decisions(shown, {2: cells})
    assert (decision.position, decision.action, decision.field) == (shown[2].position, action, field)
    assert decision.seen_version == shown[2].version


def test_only_edited_rows_become_decisions(review: Screen) -> None:
    shown = columns(review)
    made = decisions(shown, {0: {"Settled": True}, 3: {"Field": None}})
    assert [decision.position for decision in made] == [shown[0].position, shown[3].position]
    assert decisions(shown, {}) == []


def test_what_is_edited_stands_in_the_store(review: Screen) -> None:
    assert decide(review, "RAM (MB)", {"Settled": True}).state is MappingState.ACCEPTED
    changed = decide(review, "RAM (MB)", {"Field": "storage_gb"})
    assert (changed.field, changed.state, changed.changed_by) == ("storage_gb", MappingState.CHANGED, ANALYST.name)
    assert decide(review, "RAM (MB)", {"Unit": "MB"}).unit == "MB"
    assert decide(review, "RAM (MB)", {"Field": None}).state is MappingState.IGNORED
    reset = decide(review, "RAM (MB)", {"Settled": False})
    assert (reset.field, reset.state) == ("memory_gb", MappingState.SUGGESTED)


def test_the_grid_forgets_old_edits_once_one_is_stored(review: Screen) -> None:
    before = grid_key(view(review), columns(review))
    decide(review, "CPUs", {"Settled": True})
    assert grid_key(view(review), columns(review)) != before


def test_the_grid_says_from_whom_an_answer_is(review: Screen) -> None:
    decide(review, "CPUs", {"Settled": True})
    other = ANALYST.model_copy(update={"name": "Ada"})
    sticker = column(review, "Sticker")
    mappings.decide(review.store.unit_of_work(), 1, [Decision(position=sticker.position, action=Action.IGNORE)], other)
    said = dict(zip(*(grid_rows(columns(review), ANALYST.name)[name] for name in ("Column", "State")), strict=True))
    assert said["CPUs"] == "accepted by you"
    assert said["Sticker"] == "left out by Ada"
    assert said["RAM (MB)"] == "sure · rules"


def test_the_page_shows_every_column_once_the_doubtful_ones_first(review: Screen) -> None:
    grid = review.table("Columns of the import with the suggested field, confidence and state")
    assert list(grid["Column"]) == [each.header for each in columns(review)]
    assert review.primary() == ["Apply mapping"]
    assert "critical attributes covered" in review.text


def test_all_that_is_sure_is_accepted_in_one_go(review: Screen) -> None:
    sure = [each for each in columns(review) if each.band == "accept" and each.suggested_field]
    review.click("accept-sure")
    assert review.toasts == [f"Accepted {len(sure)} columns"]
    accepted = {each.header for each in columns(review) if each.state is MappingState.ACCEPTED}
    assert accepted == {each.header for each in sure}
    assert "accept-sure" not in {button.key for button in review.buttons()}


def test_another_candidate_is_used_with_one_click(review: Screen) -> None:
    box = next(box for box in review.at.main.selectbox if box.label == "Look at column")
    position = column(review, "RAM (MB)").position
    box.set_value(position).run()
    candidates = review.table(f"candidates-1-{position}")
    review.select_row(f"candidates-1-{position}", 1)
    review.click("use-candidate")
    changed = column(review, "RAM (MB)")
    assert changed.state is MappingState.CHANGED
    assert changed.field != "memory_gb"
    assert len(candidates) > 1


def test_a_colleague_who_was_faster_is_not_overwritten(review: Screen) -> None:
    ram = column(review, "RAM (MB)")
    next(box for box in review.at.main.selectbox if box.label == "Look at column").set_value(ram.position).run()
    ada = ANALYST.model_copy(update={"name": "Ada"})
    left_out = Decision(position=ram.position, action=Action.IGNORE)
    mappings.decide(review.store.unit_of_work(), 1, [left_out], ada)
    review.click("use-candidate")
    (told,) = review.alerts
    assert told.startswith("Ada changed the mapping of")
    stands = column(review, "RAM (MB)")
    assert (stands.state, stands.changed_by) == (MappingState.IGNORED, "Ada")
    review.click("use-candidate")
    assert review.alerts == [], "having seen it, the analyst may decide otherwise"
    assert column(review, "RAM (MB)").changed_by == ANALYST.name


def test_what_the_rows_describe_can_be_changed(review: Screen) -> None:
    box = next(box for box in review.at.main.selectbox if box.label == "Rows describe")
    box.set_value(FileKind.DATABASE).run()
    assert view(review).kind is FileKind.DATABASE
    assert review.alerts == []


def test_applying_asks_first_and_says_what_will_change(review: Screen) -> None:
    review.click("apply")
    counts = {metric.label: metric.value for metric in review.at.metric}
    assert counts == {"Created": "2", "Updated": "0", "Dependencies": "0", "Rows skipped": "0", "Quarantined": "0"}
    assert view(review).state is ImportState.REVIEW, "nothing is applied before it is confirmed"


def test_an_applied_import_cannot_be_edited_but_taken_out(loaded: Screen) -> None:
    loaded.open("mapping", migration=1)
    assert "Part of the inventory" in loaded.text
    assert "apply" not in {button.key for button in loaded.buttons()}
    loaded.click("withdraw")
    assert imports.view(loaded.store.unit_of_work(), 1).state is ImportState.REVIEW
    assert loaded.alerts == []


def test_a_link_to_an_import_that_is_gone_says_so_and_shows_another(review: Screen) -> None:
    review.open("mapping", migration=1, **{"import": 99})
    assert review.alerts == [
        "The import of this link is not in this migration, or was removed. This is the first that waits."
    ]
    assert review.at.query_params["import"] == "1"


def test_the_preview_shows_assets_as_they_will_be_stored(review: Screen) -> None:
    review.set("preview", True)
    rows = review.table("The first assets this import yields")
    assert list(rows["Asset"]) == ["web01", "app01"]
    assert list(rows["Memory (GB)"]) == ["8", "4"]


def looked_at(screen: Screen) -> str:
    box = next(box for box in screen.at.main.selectbox if box.label == "Look at column")
    return next(each.header for each in columns(screen) if each.position == box.value)


def test_the_columns_are_walked_and_settled_with_keys(review: Screen) -> None:
    order = [each.header for each in columns(review)]
    assert looked_at(review) == order[0]
    review.click("look-next")
    assert looked_at(review) == order[1]
    review.click("look-previous").click("look-previous")
    assert looked_at(review) == order[0]
    shortcuts = {b.key: b.proto.shortcut for b in review.buttons() if b.key in {"accept-one", "leave-out", "look-next"}}
    assert all(shortcut.lower().startswith("alt+") for shortcut in shortcuts.values())
    review.click("leave-out")
    assert column(review, order[0]).state is MappingState.IGNORED
    assert looked_at(review) != order[0], "the next one is looked at"


def test_a_suggestion_is_accepted_with_one_key(review: Screen) -> None:
    box = next(box for box in review.at.main.selectbox if box.label == "Look at column")
    box.set_value(column(review, "RAM (MB)").position).run()
    review.click("accept-one")
    assert column(review, "RAM (MB)").state is MappingState.ACCEPTED


def test_any_field_is_found_by_its_description_and_settles_the_column(review: Screen) -> None:
    sticker = column(review, "Sticker")
    next(box for box in review.at.main.selectbox if box.label == "Look at column").set_value(sticker.position).run()
    search = next(box for box in review.at.main.selectbox if box.label == "Any field")
    assert any("Short host name" in option for option in search.options)
    search.select("asset_tag").run()
    assert column(review, "Sticker").field == "asset_tag"


def test_the_same_export_again_tells_what_changed_and_is_mapped_as_then(review: Screen) -> None:
    decide(review, "Sticker", {"Field": "asset_tag"})
    applying.apply(review.store, 1, ANALYST, undecided=True, seen_version=view(review).version)
    june = SERVERS.replace(b"CPUs", b"Floor").replace(b"web01", b"web09")
    receiving.receive(review.store, 1, "june.csv", BytesIO(june), ANALYST)
    position = next(c.position for c in mappings.columns(review.store.unit_of_work(), 2) if c.header == "Sticker")
    left_out = Decision(position=position, action=Action.IGNORE)
    mappings.decide(review.store.unit_of_work(), 2, [left_out], ANALYST)
    review.open("mapping", migration=1).at.selectbox(key="mapping-import").set_value(2).run()
    assert "Same export as import 1, servers\\.csv" in review.text
    assert "1 new: Floor; 1 gone: CPUs" in review.text
    differences = review.table("Columns mapped otherwise than in the last import of this export")
    assert list(differences["Column"]) == ["Sticker"]
    assert list(differences["Then"]) == ["Asset Tag"]
    review.click("use-saved")
    now = {c.header: (c.field, c.state) for c in mappings.columns(review.store.unit_of_work(), 2)}
    assert now["Sticker"] == ("asset_tag", MappingState.ACCEPTED)
    assert now["RAM (MB)"] == ("memory_gb", MappingState.ACCEPTED)
    assert now["Floor"][1] is MappingState.SUGGESTED, "a new column stays open"


def test_a_first_export_is_compared_with_nothing(review: Screen) -> None:
    assert "Same export" not in review.text


DATED = b"Server Name,Install Date,Vendor\nweb01,03/04/2024,Oracle; SAP\nweb02,05/06/2023,IBM\n"


def test_dates_that_fit_both_ways_are_asked_once_and_read_as_answered(empty: Screen) -> None:
    migration = migrations.opened(empty.store.unit_of_work(), None, ANALYST)
    receiving.receive(empty.store, migration.id, "dated.csv", BytesIO(DATED), ANALYST)
    screen = empty.open("mapping", migration=migration.id)
    (question,) = [radio for radio in screen.at.radio if "day or the month" in radio.label]
    question.set_value(True).run()
    assert not screen.at.exception
    stands = column(screen, "Install Date")
    assert stands.choices.day_first is True
    assert stands.state is MappingState.ACCEPTED
    assets = applying.preview(screen.store.unit_of_work(), 1, rows=5)
    assert [str(asset.values["install_date"]) for asset in assets] == ["2024-04-03", "2023-06-05"]


def test_what_becomes_of_several_values_is_offered_only_where_there_are_such_cells(empty: Screen) -> None:
    migration = migrations.opened(empty.store.unit_of_work(), None, ANALYST)
    receiving.receive(empty.store, migration.id, "dated.csv", BytesIO(DATED), ANALYST)
    screen = empty.open("mapping", migration=migration.id)
    asked = column_questions.column_questions(screen.store.unit_of_work(), 1)
    assert [(q.header, str(q.question.kind)) for q in asked] == [("Install Date", "day_first"), ("Vendor", "several")]


def test_a_newer_export_is_compared_before_it_takes_the_older_ones_place(empty: Screen) -> None:
    migration = migrations.opened(empty.store.unit_of_work(), None, ANALYST)
    receiving.receive(empty.store, migration.id, "servers.csv", BytesIO(SERVERS), ANALYST)
    applying.apply_all(empty.store, migration.id, ANALYST)
    newer = SERVERS.replace(b"8192", b"65536").replace(b"app01", b"app02")
    receiving.receive(empty.store, migration.id, "servers.csv", BytesIO(newer), ANALYST)
    screen = empty.open("mapping", migration=migration.id)
    screen.click("apply")
    shown = {metric.label: metric.value for metric in screen.at.metric}
    assert {name: shown[name] for name in ("Created", "Updated", "Unchanged", "Gone")} == {
        "Created": "1",
        "Updated": "1",
        "Unchanged": "0",
        "Gone": "1",
    }
    assert "newer export of import 1" in screen.text
    assert screen.at.radio(key="gone-2").options == ["Keep and mark them", "Leave them out"]
    assert [imports.view(screen.store.unit_of_work(), number).state for number in (1, 2)] == [
        ImportState.APPLIED,
        ImportState.REVIEW,
    ]
