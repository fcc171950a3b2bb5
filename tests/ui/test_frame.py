"""What surrounds every page: side bar, head, undo, and links to what is gone."""

from __future__ import annotations

import re
from datetime import UTC
from zoneinfo import ZoneInfo, available_timezones

import pytest

from pages._pages import PAGES, PageEntry
from platform_core.domain.strategy import Strategy
from platform_core.services import history, migrations, organisations, overview, strategies
from platform_core.settings import settings
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen


def first_application(screen: Screen) -> str:
    return strategies.page(screen.store.unit_of_work(), 1, offset=0, limit=1)[0][0].subject_key


def test_the_side_bar_lists_the_journey_with_what_waits_at_each_step(loaded: Screen) -> None:
    loaded.open("overview", migration=1)
    labels = [link.label for link in loaded.at.sidebar.page_link]
    waiting = overview.waiting(loaded.store.unit_of_work(), 1)
    assert set(waiting) == {"inventory", "strategy"}
    assert labels == [
        entry.title + (f" :orange-badge[{waiting[entry.url_path]}]" if entry.url_path in waiting else "")
        for entry in PAGES
    ]
    assert {link.proto.query_string for link in loaded.at.sidebar.page_link} == {"migration=1"}


def test_switching_the_migration_leaves_the_filters_of_the_other_one(loaded: Screen) -> None:
    second = migrations.create(loaded.store.unit_of_work(), "Second data centre", ANALYST)
    loaded.open("dependencies", migration=1)
    assert "application" in loaded.at.query_params
    loaded.at.selectbox(key="switch-migration").set_value(second.id).run()
    assert loaded.at.query_params == {"migration": str(second.id)}
    assert "Second data centre · no inventory yet" in loaded.text
    assert loaded.alerts == []


@pytest.mark.parametrize("entry", PAGES, ids=[entry.url_path for entry in PAGES])
def test_a_link_to_a_migration_that_is_gone_says_so_and_shows_another(entry: PageEntry, loaded: Screen) -> None:
    loaded.open(entry.url_path, migration=99)
    assert loaded.alerts == ["The migration of this link is not here any more. This is the one that was changed last."]
    assert not loaded.at.exception
    assert loaded.at.query_params["migration"] in {"1", ("1",)}


def test_a_link_that_names_no_number_says_so_and_shows_another(loaded: Screen) -> None:
    loaded.open("overview", migration="1; drop table migration")
    assert loaded.alerts == [
        "This link names no migration. This is the one that you looked at or that was changed last."
    ]
    assert "First migration" in loaded.text
    assert loaded.at.query_params["migration"] in {"1", ("1",)}


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "../etc"])
def test_times_are_told_by_the_browsers_clock(loaded: Screen, zone: str) -> None:
    loaded.at.context = {"timezone": zone}
    loaded.open("overview", migration=1)
    changed = history.last_change(loaded.store.unit_of_work(), 1)
    assert changed is not None
    local = changed.astimezone(ZoneInfo(zone) if zone in available_timezones() else UTC)
    assert re.search(
        rf"saved (\d{{4}}-\d\d-\d\d )?{local:%H:%M}", loaded.text.replace("\\", "").replace(":small[]", "")
    )


def test_the_last_change_can_be_undone_from_any_page(loaded: Screen) -> None:
    key, work = first_application(loaded), loaded.store.unit_of_work()
    before = strategies.argument(work, 1, key)
    strategies.override(work, 1, key, Strategy.RETAIN, "Contract until 2030", ANALYST, seen_version=before.version)
    loaded.open("settings", migration=1).click("undo")
    assert strategies.argument(work, 1, key).line == before.line
    assert loaded.toasts[0].startswith("Undid")
    assert "undo" not in {button.key for button in loaded.buttons()}


def test_another_analysts_change_is_not_offered_for_undo(loaded: Screen) -> None:
    key, work = first_application(loaded), loaded.store.unit_of_work()
    other = ANALYST.model_copy(update={"name": "Somebody else"})
    version = strategies.argument(work, 1, key).version
    strategies.override(work, 1, key, Strategy.RETAIN, "Contract until 2030", other, seen_version=version)
    loaded.open("strategy", migration=1)
    assert "undo" not in {button.key for button in loaded.buttons()}


def test_who_must_sign_in_meets_the_guard_on_every_page(loaded: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUIRE_LOGIN", "true")
    settings.cache_clear()
    for entry in PAGES:
        loaded.open(entry.url_path, migration=1)
        assert "Sign in to open the workbench." in loaded.text
        assert "First migration" not in loaded.text
        assert not loaded.at.sidebar.page_link


def test_who_belongs_to_no_organisation_meets_no_page_and_no_name(loaded: Screen) -> None:
    organisations.add(loaded.store, "Southgate", ANALYST)
    for url_path in ("overview", "settings"):
        loaded.open(url_path, migration=1)
        assert loaded.alerts == [
            "Several organisations share this workbench, so everybody has to sign in. "
            "Ask whoever runs the workbench to let your account in."
        ]
        assert "First migration" not in loaded.text
        assert not loaded.at.sidebar.page_link
