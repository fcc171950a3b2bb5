"""Where several organisations share a workbench, each sees what binds it, and nothing of its operator or of others."""

from __future__ import annotations

import pytest

from pages._pages import PAGES
from platform_core.services import organisations
from platform_core.settings import Settings, settings
from platform_core.store.columns import now
from platform_core.store.models import WorkerRow
from tests.harness.portfolio import ANALYST
from tests.harness.screen import Screen, drawn_texts

OPERATORS_OWN = ("DATABASE_URL", "FILES_URL", "VAR_DIR", "LLM_BASE_URL", "DEEPINFRA_API_KEY", "ORGANISATION_CLAIM")
ELSEWHERE = "models.internal"


@pytest.fixture
def shared(loaded: Screen, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """The screen of Ana, who belongs to the first of two organisations; a worker of both is alive."""
    organisations.rename(loaded.store, "default", "Northgate", ANALYST)
    organisations.add(loaded.store, "Southgate", ANALYST)
    organisations.assign(loaded.store, "Northgate", "ana@northgate.example", ANALYST)
    everywhere = loaded.store.everywhere().unit_of_work()
    with everywhere:
        everywhere.workers.add(WorkerRow(id="w1", host="worker-host-7", pid=4711, seen_at=now()))
        everywhere.commit()
    monkeypatch.setenv("REQUIRE_LOGIN", "true")
    monkeypatch.setenv("LLM_BASE_URL", f"http://{ELSEWHERE}:8000/v1")
    settings.cache_clear()
    loaded.at.user = {"is_logged_in": True, "name": "Ana", "email": "ana@northgate.example"}
    return loaded


def everything_on(screen: Screen) -> str:
    """Return all that is drawn: page, side bar and the cells of tables."""
    tables = " ".join(table.value.to_string() for table in screen.at.dataframe)
    texts = " ".join(text for node in screen.nodes for _, text in drawn_texts(node))
    return f"{texts} {tables}".replace("\\", "").replace(":small[]", "")


def test_the_settings_are_those_that_bind_the_organisation(shared: Screen) -> None:
    table = shared.open("settings", migration=1).table("Settings of this workbench")
    shown = dict(table.itertuples(index=False, name=None))
    assert shown["MAX_UPLOAD_MB"] == str(settings().MAX_UPLOAD_MB)
    assert set(shown) < {"VERSION", *Settings.model_fields}
    assert not set(OPERATORS_OWN) & set(shown)
    assert "You work for Northgate" in everything_on(shared)


def test_no_page_names_the_operators_places_or_another_organisation(shared: Screen) -> None:
    chosen = settings()
    places = (chosen.DATABASE_URL, chosen.FILES_URL, str(chosen.VAR_DIR), "worker-host-7", "4711", "Southgate")
    for entry in PAGES:
        drawn = everything_on(shared.open(entry.url_path, migration=1))
        assert "First migration" in drawn
        assert [place for place in places if place in drawn] == [], entry.url_path
        assert ELSEWHERE not in drawn or entry.url_path == "agents", "only where it is told who is sent what"


def test_where_no_model_is_asked_nobody_is_told_to_set_what_they_cannot(
    shared: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_BASE_URL", "")
    settings.cache_clear()
    drawn = everything_on(shared.open("agents", migration=1))
    assert "No model is configured. Whoever runs this workbench can change that." in drawn
    assert "DEEPINFRA_API_KEY" not in drawn


def test_workers_are_told_without_their_hosts_and_what_they_do_for_others(shared: Screen) -> None:
    assert "Worker 1 · carries out none of your runs · sign of life" in everything_on(
        shared.open("agents", migration=1)
    )
