"""Each page by its address, as the first thing a freshly started workbench is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pages._pages import PAGES, PageEntry
from platform_core.settings import Settings
from tests.conftest import StartWorkbench
from tests.harness.browser import BrowserPage
from tests.harness.server import Workbench, running_workbench
from tests.harness.stream import visit

TITLES = [entry.title for entry in PAGES]
PROJECT_NAME = str(Settings.model_fields["PROJECT_NAME"].default)
COOKIE_SECRET = "for this test only"
IDENTITY_PROVIDER = f"""
[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
client_id = "workbench"
client_secret = "workbench"
server_metadata_url = "http://127.0.0.1/.well-known/openid-configuration"
"""

every_page = pytest.mark.parametrize("entry", PAGES, ids=[entry.url_path for entry in PAGES])


@every_page
@pytest.mark.browser
def test_a_cold_deep_link_finds_the_page_in_its_frame(
    entry: PageEntry, start_workbench: StartWorkbench, browser_page: BrowserPage
) -> None:
    workbench = start_workbench()
    browser_page.open(workbench.address(entry.url_path))
    assert browser_page.page.get_by_role("heading", level=1).inner_text() == entry.title
    assert browser_page.page.title() == f"{entry.title} · {PROJECT_NAME}"
    expect(browser_page.sidebar_links()).to_have_text(TITLES)
    assert browser_page.page.url == workbench.address(entry.url_path, migration=1)
    assert browser_page.complaints == []


@pytest.fixture(scope="module")
def locked_workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A workbench that wants everybody to sign in."""
    with running_workbench(tmp_path_factory.mktemp("locked"), {"REQUIRE_LOGIN": "true"}) as workbench:
        yield workbench


@every_page
def test_a_deep_link_meets_the_guard_and_nothing_of_the_page(entry: PageEntry, locked_workbench: Workbench) -> None:
    with visit(locked_workbench.url, entry.url_path) as opened:
        for run in (opened.run(), opened.run()):
            assert run.words[:2] == [PROJECT_NAME, "Sign in to open the workbench."]
            assert len(run.words) == 3, "the guard is a title, a sentence and the way in, and nothing more"
            assert run.navigation == []


@pytest.mark.browser
def test_the_root_leads_to_the_first_page_and_keeps_the_query(
    start_workbench: StartWorkbench, browser_page: BrowserPage
) -> None:
    workbench = start_workbench()
    browser_page.open(workbench.address("", migration=1, kept="yes"))
    browser_page.page.wait_for_url(workbench.address(PAGES[0].url_path, migration=1, kept="yes"))
    assert browser_page.settle().page.get_by_role("heading", level=1).inner_text() == PAGES[0].title


@pytest.mark.browser
def test_who_is_signed_in_passes_the_guard(tmp_path: Path, browser_page: BrowserPage) -> None:
    _set_up_identity_provider(tmp_path)
    with running_workbench(tmp_path, {"REQUIRE_LOGIN": "true"}) as workbench:
        browser_page.open(workbench.address("upload"))
        assert browser_page.page.get_by_role("button", name="Sign in").is_visible()
        browser_page.page.context.add_cookies(
            [{"name": USER_COOKIE_NAME, "value": _ada(workbench.url), "url": workbench.url}]
        )
        browser_page.open(workbench.address("upload"))
        assert browser_page.page.get_by_role("heading", level=1).inner_text() == "Upload"
        expect(browser_page.sidebar_links()).to_have_text(TITLES)


def _set_up_identity_provider(home: Path) -> None:
    """Write the secrets an operator would write; no provider is asked, the cookie is signed by the test."""
    secrets = home / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text(IDENTITY_PROVIDER, encoding="utf-8")


def _ada(origin: str) -> str:
    claims = f'{{"origin": "{origin}", "is_logged_in": true, "name": "Ada", "email": "ada@example.com"}}'
    return create_signed_value(COOKIE_SECRET, USER_COOKIE_NAME, claims).decode()
