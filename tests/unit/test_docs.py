"""The documentation knows every setting, page and terminal command, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from pages._pages import PAGES
from platform_core.cli import cli
from platform_core.settings import PROJECT_ROOT, Settings

DOCS = PROJECT_ROOT / "docs"
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def first_cells(name: str) -> list[str]:
    """Return what stands in backticks at the beginning of each row of the tables in `name`."""
    return re.findall(r"^\| `([^`]+)`", text(name), re.MULTILINE)


def test_every_setting_is_documented_once_and_no_other() -> None:
    assert sorted(first_cells("settings.md")) == sorted(Settings.model_fields)


def test_the_documented_defaults_are_those_of_the_code() -> None:
    documented = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", text("settings.md"), re.MULTILINE))
    in_code = {name: _as_set(Settings.model_fields[name].default) for name in documented}
    assert documented == in_code


def _as_set(default: object) -> str:
    """Return a default as one writes it into the environment."""
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_example_names_settings_only() -> None:
    named = re.findall(r"^#? ?([A-Z_0-9]+)=", (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= set(Settings.model_fields)


def test_every_page_is_documented_under_its_title_with_its_address_in_order() -> None:
    documented = re.findall(r"^### (.+)\n`/(\w+)`", text("pages.md"), re.MULTILINE)
    assert documented == [(entry.title, entry.url_path) for entry in PAGES]


def test_every_page_of_the_list_is_a_file_and_every_file_a_page() -> None:
    files = {path.name for path in (PROJECT_ROOT / "pages").glob("[!_]*.py")}
    assert files == {entry.file for entry in PAGES}


def test_every_terminal_command_is_documented_and_no_other() -> None:
    documented = re.findall(r"^## `([a-z -]+[a-z])", text("terminal.md"), re.MULTILINE)
    assert sorted(documented) == sorted(commands(typer.main.get_command(cli)))


def commands(command: Any, path: str = "") -> list[str]:
    """Return the commands below `command` as they are typed: "map", "db upgrade"."""
    if not hasattr(command, "commands"):
        return [path]
    return [name for word, each in command.commands.items() for name in commands(each, f"{path} {word}".strip())]


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_inside_the_documentation_lead_somewhere(page: Path) -> None:
    for file, heading in LINK.findall(page.read_text(encoding="utf-8")):
        target = page if not file else (page.parent / file)
        assert target.exists(), f"{file} is not there"
        if heading:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
