"""The sessions tab of the report page."""

from __future__ import annotations

from platform_core.services import sessions, strategies
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen


def test_a_state_is_kept_compared_with_now_and_opened(loaded: Screen) -> None:
    loaded.open("report", migration=1, tab="Sessions")
    assert "No session is kept yet" in loaded.text
    loaded.at.text_input(key="session-name").set_value("Before *the* meeting")
    loaded.click("session-keep")
    assert loaded.toasts == [r"Kept Before \*the\* meeting"]
    work = loaded.store.unit_of_work()
    (kept,) = sessions.listed(work, 1)
    loaded.select_row("sessions", 0)
    assert "Nothing differs" in loaded.text
    subject = next(key for key, each in sessions.opened(work, kept.id).strategies.items() if each.decided == "rehost")
    strategies.override_many(work, 1, [subject], strategies.Strategy.RETIRE, "nobody uses it", ANALYST)
    loaded.at.run()
    assert list(loaded.table("What differs, and why")["After"]) == ["Retire"]
    loaded.set("session-tab", "As it was")
    assert len(loaded.table("Strategies and waves as they were kept")) == len(sessions.opened(work, kept.id).strategies)


def test_a_name_that_is_taken_is_said(loaded: Screen) -> None:
    sessions.keep(loaded.store, 1, "Twice", "", ANALYST)
    loaded.open("report", migration=1, tab="Sessions")
    loaded.at.text_input(key="session-name").set_value("Twice")
    loaded.click("session-keep")
    assert "There is a session called 'Twice' already" in loaded.at.error[0].value
