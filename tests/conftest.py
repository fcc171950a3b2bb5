"""What every test can ask for: databases, a running workbench, a browser.

With `--database postgresql` whatever would run on SQLite runs on PostgreSQL.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from playwright.sync_api import Browser

from tests.harness import databases, postgresql
from tests.harness.browser import CHROMIUM, BrowserPage, chromium, new_page
from tests.harness.portfolio import copy_portfolio, make_portfolio
from tests.harness.server import Workbench, running_workbench

hypothesis.settings.register_profile("workbench", deadline=None)  # machines are noisy: no time is asserted
hypothesis.settings.load_profile("workbench")

StartWorkbench = Callable[..., Workbench]
OpenTab = Callable[..., BrowserPage]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="Where stores lie; on sqlite some tests run on both, on postgresql all run there.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start the PostgreSQL that takes SQLite's place, once for all processes of the run."""
    if config.getoption("--database") == "sqlite" or databases.cluster() is not None:
        return
    programs = postgresql.installed()
    if programs is None:
        raise pytest.UsageError("PostgreSQL is not installed: apt-get install postgresql")
    running = ExitStack()
    cluster = running.enter_context(postgresql.running_cluster(programs))
    config.add_cleanup(running.close)
    os.environ[databases.PORT] = str(cluster.port)
    config.add_cleanup(partial(os.environ.pop, databases.PORT))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let tests of a database run on both, or on PostgreSQL alone where the whole run does."""
    if "database_kind" in metafunc.fixturenames:
        on_postgresql = pytest.param("postgresql", marks=pytest.mark.postgres)
        only = databases.cluster() is not None
        metafunc.parametrize("database_kind", [on_postgresql] if only else ["sqlite", on_postgresql])


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[postgresql.Cluster]:
    """One PostgreSQL server for the whole run; skips where Debian's is not installed."""
    everywhere = databases.cluster()
    if everywhere is not None:
        yield everywhere
        return
    programs = postgresql.installed()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgresql.running_cluster(programs) as cluster:
        yield cluster


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a blank database with the newest schema; the test runs once on SQLite and once on PostgreSQL."""
    if database_kind == "sqlite":
        yield databases.blank_file(tmp_path / databases.FILE)
        return
    cluster: postgresql.Cluster = request.getfixturevalue("postgresql_cluster")
    with cluster.fresh_database(databases.blank_template(cluster)) as url:
        yield url


@pytest.fixture
def empty_database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table; the test runs once on SQLite and once on PostgreSQL."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / databases.FILE}"
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
    """A store with the sample portfolio loaded and planned, made once a run; copy it, never write to it."""
    everybody = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        everybody = everybody.parent
    var, made = everybody / "portfolio" / "var", everybody / "portfolio-is-made"
    with (everybody / "portfolio-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make_portfolio(var)
            made.touch()
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
