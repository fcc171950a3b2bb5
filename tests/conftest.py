"""What every test can ask for: databases, a running workbench, a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser

from tests.harness import postgresql
from tests.harness.browser import CHROMIUM, BrowserPage, chromium, new_page
from tests.harness.portfolio import copy_portfolio, make_portfolio
from tests.harness.server import Workbench, running_workbench

hypothesis.settings.register_profile("workbench", deadline=None)  # machines are noisy: no time is asserted
hypothesis.settings.load_profile("workbench")

StartWorkbench = Callable[..., Workbench]
OpenTab = Callable[..., BrowserPage]


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[postgresql.Cluster]:
    """One PostgreSQL server for the whole run; skips where Debian's is not installed."""
    programs = postgresql.installed()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql.running_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, empty database; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'workbench.db'}"
        return
    cluster: postgresql.Cluster = request.getfixturevalue("postgresql_cluster")
    with cluster.fresh_database() as url:
        yield url


@pytest.fixture(scope="session")
def workbench_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """One running workbench with the default settings, shared by all tests; its store begins empty."""
    with running_workbench(tmp_path_factory.mktemp("workbench")) as workbench:
        yield workbench


@pytest.fixture(scope="session")
def sample_portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the sample portfolio loaded and planned; copy it, never write to it."""
    var = tmp_path_factory.mktemp("portfolio") / "var"
    make_portfolio(var)
    return var


@pytest.fixture(scope="module")
def planned_workbench(sample_portfolio: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """A running workbench with the sample portfolio loaded and planned, shared by the tests of a module."""
    folder = tmp_path_factory.mktemp("planned")
    copy_portfolio(sample_portfolio, folder / "var")
    with running_workbench(folder) as workbench:
        yield workbench


@pytest.fixture
def start_workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartWorkbench]:
    """Start workbenches of the test's own: `start_workbench({"REQUIRE_LOGIN": "true"})`; ended after the test."""
    with ExitStack() as running:

        def start(environment: dict[str, str] | None = None, **options: Path) -> Workbench:
            folder = tmp_path_factory.mktemp("workbench")
            return running.enter_context(running_workbench(folder, environment, **options))

        yield start


@pytest.fixture(scope="module")
def chromium_browser() -> Iterator[Browser]:
    """Debian's Chromium, one for each module of tests; skips where it is not installed."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with chromium() as started:
        yield started


@pytest.fixture
def open_tab(chromium_browser: Browser) -> Iterator[OpenTab]:
    """Open tabs with sizes and themes of the test's own: `open_tab(size=PHONE, theme="dark")`."""
    with ExitStack() as tabs:
        tab = partial(new_page, chromium_browser)
        yield lambda **options: tabs.enter_context(tab(**options))


@pytest.fixture
def browser_page(open_tab: OpenTab) -> BrowserPage:
    """One tab, desk size, light theme."""
    return open_tab()
