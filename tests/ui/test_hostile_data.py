"""Data that is markup, script, formula or template shows as what it is: text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pages import _words as words
from pages._pages import PAGES, PageEntry
from platform_core.services import bootstrap, plans, strategies
from tests.harness.hostile import APPLICATIONS, AUTHOR, MARKS, MIGRATION, make_hostile
from tests.harness.screen import Screen, drawn_texts, plotly_specs

RAW = re.compile(
    r"(?<!\\)\*\*bold|(?<!\\)_it|(?<!\\)`code|:material/home|:red\[|:orange-badge\[9|(?<!\\)<img|(?<!\\)<script|\]\(javascript"
    r"|https?://evil|www\.evil|\w@evil|(?<!\\)\$x|(?<!\\)\{a|(?<![\\\]])->"
)
"""Marks that Markdown would read: none of their signs is escaped or parted."""


@pytest.fixture
def hostile(empty: Screen, monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A screen of the attacker's migration, worked on under the attacker's name."""
    monkeypatch.setenv("ANALYST_NAME", AUTHOR.name)
    bootstrap.settings.cache_clear()
    make_hostile(empty.store)
    return empty


def escaped(screen: Screen) -> Iterator[str]:
    """Yield every text of the screen after asserting that it holds no live mark."""
    for node in screen.nodes:
        for field, text in drawn_texts(node):
            assert not RAW.search(text), f"{field}: {text}"
            yield text


@pytest.mark.parametrize("entry", PAGES, ids=[entry.url_path for entry in PAGES])
def test_no_page_lets_a_mark_through(entry: PageEntry, hostile: Screen) -> None:
    hostile.open(entry.url_path, migration=1)
    assert not hostile.at.exception
    assert words.plain(MIGRATION) in "\n".join(escaped(hostile))


def test_marks_stay_text_where_something_is_chosen(hostile: Screen) -> None:
    work = hostile.store.unit_of_work()
    lines = strategies.page(work, 1, offset=0, limit=100)[0]
    named = next(line for line in lines if line.name == APPLICATIONS[2])
    overridden = next(line for line in lines if line.overridden)
    hostile.open("strategy", migration=1, application=named.subject_key)
    assert words.plain(named.name) in list(escaped(hostile))
    hostile.open("strategy", migration=1, application=overridden.subject_key)
    assert any(words.plain(" ".join(MARKS)) in text for text in escaped(hostile))
    hostile.open("dependencies", migration=1, tab="Dependencies", application=named.subject_key)
    assert any(words.plain(APPLICATIONS[3]) in text for text in escaped(hostile))
    hostile.open("dependencies", migration=1, tab="Risk")
    assert any("App" in text for text in escaped(hostile))
    hostile.open("inventory", migration=1, find="srv2").select_row("assets", 0)
    assert any(text.startswith("srv2") for text in escaped(hostile))
    hostile.open("inventory", migration=1, tab="Quality")
    assert list(escaped(hostile))


def test_marks_stay_text_in_a_move_and_its_consequence(hostile: Screen) -> None:
    plan = plans.listed(hostile.store.unit_of_work(), 1)[0][0]
    hostile.open("waves", migration=1).set("rules", True)
    hostile.at.selectbox(key=f"move-application-{plan}").set_value(APPLICATIONS[0]).run()
    target = hostile.at.selectbox(key=f"to-{APPLICATIONS[0]}")
    target.set_value(next(option for option in range(1, 20) if option != target.value)).run()
    assert not hostile.at.exception
    list(escaped(hostile))
    hostile.click("move")
    assert any(toast.startswith("Moved App 0 ") for toast in hostile.toasts)
    list(escaped(hostile))


def test_marks_stay_text_in_dialogs_errors_and_toasts(hostile: Screen) -> None:
    hostile.open("settings", migration=1).click("delete-migration")
    assert any(text.startswith(words.plain(MIGRATION)) for text in escaped(hostile))
    hostile.open("settings", migration=1)
    next(field for field in hostile.at.text_input if field.label.startswith("Name of the new")).set_value(MIGRATION)
    hostile.click("start-migration")
    assert "There is a migration called" in hostile.alerts[0]
    list(escaped(hostile))
    hostile.open("upload", migration=1).upload(("<img src=x onerror=1> **b**.csv", b""))
    assert hostile.alerts
    list(escaped(hostile))
    hostile.open("overview", migration=1).click("undo")
    assert hostile.toasts[0].startswith("Undid")
    list(escaped(hostile))


@pytest.mark.parametrize("page", ["mapping", "strategy", "waves"])
def test_a_chart_holds_no_markup_of_the_data(page: str, hostile: Screen) -> None:
    specs = plotly_specs(hostile.open(page, migration=1))
    assert specs
    for spec in specs:
        drawn = json.dumps(_without_keys(json.loads(spec)))
        assert "<img" not in drawn
        assert "<script" not in drawn


def _without_keys(spec: Any) -> Any:
    """Leave out what names the parts of a figure to each other and is never drawn."""
    if isinstance(spec, dict):
        return {name: _without_keys(value) for name, value in spec.items() if name not in {"ids", "parents"}}
    return [_without_keys(value) for value in spec] if isinstance(spec, list) else spec


def test_cells_and_headers_are_shown_to_the_letter(hostile: Screen) -> None:
    hostile.open("upload", migration=1).select_row("imports", 1)
    rows = hostile.table("The first rows of the file as read, by line number")
    assert [header.split(". ", 1)[1] for header in rows.columns][-len(MARKS) :] == [f"Note {mark}" for mark in MARKS]
    assert list(rows.iloc[0])[-len(MARKS) :] == [f"{mark} 0" for mark in MARKS]
