"""Feedback & learning, agent activity, settings, report."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest

from platform_core.domain.feedback import FeedbackStatus
from platform_core.domain.identity import Identity
from platform_core.domain.runs import RunKind, RunStatus
from platform_core.errors import BadInput, Cancelled
from platform_core.services import activity, feedback, learning, mappings, migrations, receiving
from platform_core.services.activity import tracked
from platform_core.services.mappings import Action, Decision
from platform_core.settings import settings
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen, plotly_specs

SAID = "RAM (MB) should map to Storage (GB); ignore column Comment; the moon is nice"


def test_what_is_said_is_understood_shown_and_learned_once_confirmed(loaded: Screen) -> None:
    loaded.open("feedback", migration=1)
    loaded.at.text_area(key="say-text").set_value(SAID)
    loaded.click("say-send")
    assert loaded.toasts == ["Understood 2 corrections; confirm below"]
    assert "**RAM \\(MB\\)** means **Storage (GB)**" in loaded.text
    assert "**Comment** is left unmapped" in loaded.text
    assert "Not understood: the moon is nice" in loaded.text
    assert learning.timeline(loaded.store.unit_of_work(), 1) == []
    (entry,) = feedback.listed(loaded.store.unit_of_work(), 1)
    loaded.click(f"confirm-{entry.id}")
    learned = loaded.table("What the workbench was taught, newest first")
    assert set(learned["About"]) == {"RAM (MB)", "Comment"}
    assert feedback.listed(loaded.store.unit_of_work(), 1)[0].status is FeedbackStatus.CONFIRMED


def say(screen: Screen, text: str, by: Identity = ANALYST) -> None:
    work = screen.store.unit_of_work()
    given = feedback.give(work, 1, by, page="feedback", text=text)
    feedback.confirm(work, given.id, by, seen_version=given.version)


@pytest.fixture
def estate(empty: Screen) -> Screen:
    """Migration 1 with estate.csv in review."""
    migration = migrations.opened(empty.store.unit_of_work(), None, ANALYST)
    text = b"Server Name,DR_TIER,STICKER,Memory,CPUs\nweb01,2,q-17,4,2\n"
    receiving.receive(empty.store, migration.id, "estate.csv", BytesIO(text), ANALYST)
    return empty


def test_a_line_of_the_timeline_shows_what_it_changed_and_is_undone(estate: Screen) -> None:
    say(estate, "DR_TIER means location")
    estate.open("feedback", migration=1).select_row("learned", 0)
    assert "Changed 1 suggestion in 1 file" in estate.text
    assert "DR\\_TIER in estate\\.csv: DR Tier → **Location**" in estate.text
    (entry,) = learning.timeline(estate.store.unit_of_work(), 1)
    estate.click(f"undo-{entry.id}")
    assert estate.toasts == ["Undid DR\\_TIER\\: DR\\_TIER of estate\\.csv is DR Tier now"]
    assert list(estate.table("learned")["Counts for"]) == [f"undone by {ANALYST.name}"]


def test_what_would_cost_columns_is_shown_with_the_columns(estate: Screen) -> None:
    say(estate, "Operating System means location")
    estate.open("feedback", migration=1).select_row("learned", 0)
    assert list(estate.table("learned")["Counts for"]) == ["own export only"]
    assert "from Operating System to Location" in estate.text


def test_a_disagreement_is_shown_and_settled(estate: Screen) -> None:
    say(estate, "STICKER is the asset tag")
    say(estate, "STICKER is the serial number", Identity(name="Ben"))
    estate.open("feedback", migration=1)
    assert "**STICKER** means different things to people" in estate.text
    assert "Serial Number, according to Ben" in estate.text
    (conflict,) = learning.disagreements(estate.store.unit_of_work(), 1)
    estate.click(f"keep-{conflict.words[1].number}")
    assert "means different things" not in estate.text
    stands = {c.header: c.field for c in mappings.columns(estate.store.unit_of_work(), 1)}
    assert stands["STICKER"] == "asset_tag"


def test_mappings_of_another_workbench_are_taken_over(estate: Screen) -> None:
    say(estate, "STICKER is the asset tag")
    text = learning.export_mappings(estate.store.unit_of_work(), 1)
    other = migrations.create(estate.store.unit_of_work(), "Other", ANALYST)
    estate.open("feedback", migration=other.id).set("exchange", True)
    estate.at.file_uploader[0].upload("field_mappings.json", text.encode())
    estate.click("import-mappings-send")
    assert estate.toasts == ["Learned 1 mapping"]
    assert list(estate.table("learned")["Counts for"]) == ["whole organisation"]


def test_a_file_without_mappings_is_refused_in_a_sentence(estate: Screen) -> None:
    estate.open("feedback", migration=1).set("exchange", True)
    estate.at.file_uploader[0].upload("field_mappings.json", b"[]")
    estate.click("import-mappings-send")
    assert estate.alerts[0].startswith("The file holds no learned mappings")


def test_accuracy_and_reliability_come_from_the_decisions(estate: Screen) -> None:
    estate.open("feedback", migration=1)
    assert "No decision yet" in estate.text
    decisions = [Decision(position=0, action=Action.ACCEPT), Decision(position=1, action=Action.IGNORE)]
    mappings.decide(estate.store.unit_of_work(), 1, decisions, ANALYST)
    estate.open("feedback", migration=1)
    specs = plotly_specs(estate)
    assert any("50% of 2" in spec for spec in specs)
    assert any("Confidence of the suggestion" in spec for spec in specs)


def test_nothing_said_is_nothing_kept(loaded: Screen) -> None:
    loaded.open("feedback", migration=1).click("say-send")
    assert loaded.alerts[0].startswith("There is nothing to keep")
    assert feedback.listed(loaded.store.unit_of_work(), 1) == []


def test_a_comment_can_be_closed(loaded: Screen) -> None:
    given = feedback.give(loaded.store.unit_of_work(), 1, ANALYST, page="waves", subject="Claims", text="Too early")
    loaded.open("feedback", migration=1).click(f"close-{given.id}")
    assert feedback.listed(loaded.store.unit_of_work(), 1)[0].status is FeedbackStatus.CLOSED
    assert f"close-{given.id}" not in {button.key for button in loaded.buttons()}


def test_every_run_is_listed_with_its_events(loaded: Screen) -> None:
    runs, _ = activity.runs(loaded.store.unit_of_work(), 1)
    table = loaded.open("agents", migration=1).table("runs")
    assert list(table["Run"]) == [run.id for run in runs]
    for event in activity.events(loaded.store, runs[0].id):
        assert event.text in loaded.text.replace("\\", "").replace(":small[]", "")
    loaded.select_row("runs", 1)
    assert f"Run {runs[1].id}" in loaded.text


def test_runs_are_filtered_by_the_address(loaded: Screen) -> None:
    table = loaded.open("agents", migration=1, what="Sample").table("runs")
    assert set(table["What"]) == {"Sample"}


def test_a_run_that_failed_says_why(loaded: Screen) -> None:
    with pytest.raises(BadInput), tracked(loaded.store, RunKind.IMPORT, "odd.csv", ANALYST, migration_id=1):
        raise BadInput("“odd.csv” is empty.", hint="Export it again.")
    loaded.open("agents", migration=1, state="Failed")
    told = loaded.alerts[0].replace("\\", "")
    assert told.startswith("“odd.csv” is empty. Export it again.")
    assert "eference " in told


def test_a_run_that_goes_on_is_told_on_every_page_and_can_be_cancelled(loaded: Screen) -> None:
    with suppress(Cancelled), tracked(loaded.store, RunKind.PLAN, "Base plan", ANALYST, migration_id=1) as run:
        loaded.open("settings", migration=1)
        assert "Base plan" in next(progress.proto.text for progress in loaded.at.main.progress)
        loaded.click(f"cancel-{run.run_id}")
        assert activity.run(loaded.store.unit_of_work(), run.run_id).status is RunStatus.CANCELLED
        run.note("still at it")
        raise AssertionError("a cancelled run cannot go on")


def test_the_facts_of_a_migration_can_be_changed(loaded: Screen) -> None:
    loaded.open("settings", migration=1)
    next(field for field in loaded.at.text_input if field.label == "Name").set_value("Exit *Northgate*")
    loaded.click("save-migration")
    assert [view.name for view in migrations.listed(loaded.store.unit_of_work())] == ["Exit *Northgate*"]
    assert "Exit \\*Northgate\\* · inventory revision 1" in loaded.text


def test_a_colleagues_facts_are_not_overwritten_unseen(loaded: Screen) -> None:
    loaded.open("settings", migration=1)
    next(field for field in loaded.at.text_input if field.label == "Name").set_value("Mine")
    (seen,) = migrations.listed(loaded.store.unit_of_work())
    facts = seen.model_dump(include={"description", "status", "phase"}) | {"name": "Theirs"}
    migrations.change(loaded.store.unit_of_work(), 1, ANALYST, seen_version=seen.version, **facts)
    loaded.click("save-migration")
    assert "yours was not saved; the form still holds it" in loaded.alerts[0]
    assert [view.name for view in migrations.listed(loaded.store.unit_of_work())] == ["Theirs"]
    assert next(field for field in loaded.at.text_input if field.label == "Name").value == "Mine"
    assert "Name stands now: Theirs" in loaded.text
    loaded.click("save-migration")
    assert [view.name for view in migrations.listed(loaded.store.unit_of_work())] == ["Mine"]


def test_a_migration_needs_a_name_of_its_own(loaded: Screen) -> None:
    loaded.open("settings", migration=1)
    next(field for field in loaded.at.text_input if field.label.startswith("Name of the new")).set_value(
        "First migration"
    )
    loaded.click("start-migration")
    assert "There is a migration called" in loaded.alerts[0]


def test_a_new_migration_is_opened_at_once(loaded: Screen) -> None:
    loaded.open("settings", migration=1)
    next(field for field in loaded.at.text_input if field.label.startswith("Name of the new")).set_value("Second")
    loaded.click("start-migration")
    assert "Second · no inventory yet" in loaded.text


def test_deleting_asks_for_the_name_first(loaded: Screen) -> None:
    loaded.open("settings", migration=1).click("delete-migration")
    assert "is deleted for good" in loaded.text
    confirm = next(button for button in loaded.buttons() if button.label == "Delete")
    assert confirm.disabled
    assert len(migrations.listed(loaded.store.unit_of_work())) == 1


def test_the_settings_are_shown_without_passwords(loaded: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_BASE_URL", "https://someone:secret@models.example.com/v1")
    monkeypatch.setenv("DEEPINFRA_API_KEY", "secret")
    settings.cache_clear()
    table = loaded.open("settings", migration=1).table("Settings of this workbench")
    shown = dict(table.itertuples(index=False, name=None))
    assert list(shown) == ["VERSION", *type(settings()).model_fields]
    assert shown["LLM_BASE_URL"] == "models.example.com/v1"
    assert shown["KEEP_EVENTS_DAYS"] == "for ever"
    assert not any("secret" in value for value in shown.values())


def test_the_report_and_the_workbook_can_be_taken_away(loaded: Screen) -> None:
    loaded.open("report", migration=1)
    assert {button.key for button in loaded.at.download_button} >= {"download-report", "download-workbook"}
    assert loaded.primary() == ["Download the report"]
