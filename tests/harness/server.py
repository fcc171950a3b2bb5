"""A real workbench for tests: `streamlit run app.py` in its own process, folder and port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.harness.databases import address_of, database_of

PROJECT_ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"URL: (http://127\.0\.0\.1:\d+)")
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True)
class Workbench:
    """A workbench that runs: `url` without a slash at the end, `var` its own folder for database and files."""

    url: str
    var: Path
    log_file: Path
    process: subprocess.Popen[bytes]

    @property
    def database_url(self) -> str:
        """Address of its database, to look into from the test."""
        return address_of(self.var)

    def log(self) -> str:
        """Return what it has written to its standard output and error so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def address(self, page: str = "", **query: object) -> str:
        """Return the deep link to `page` (its url_path) with `query` behind it."""
        return f"{self.url}/{page}" + (f"?{urlencode(query)}" if query else "")


@contextmanager
def running_workbench(
    folder: Path, environment: Mapping[str, str] | None = None, *, launcher: Path = PROJECT_ROOT / "app.py"
) -> Iterator[Workbench]:
    """Start a workbench that keeps everything under `folder`, wait until it answers, and end it afterwards.

    `environment` overrides settings (`REQUIRE_LOGIN="true"`) and Streamlit's own (`STREAMLIT_…`); there is no worker
    unless it says so. Only the processes started here are ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log_file = folder / "server.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(launcher), "--server.port", "0"],
            cwd=PROJECT_ROOT,
            env=_environment(folder, environment or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Workbench(_wait_for_address(process, log_file), folder / "var", log_file, process)
    finally:
        _end(process)


def _environment(folder: Path, overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the test's environment with every setting that could point outside `folder` fixed."""
    own = {
        "HOME": str(folder),
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": database_of(folder / "var"),
        "FILES_URL": str(folder / "var" / "files"),
        "REQUIRE_LOGIN": "false",
        "ANALYST_NAME": "Test analyst",
        "EMBEDDED_WORKER": "false",
        "PYTHONUNBUFFERED": "1",
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("STREAMLIT_")}
    return kept | own | dict(overrides)


def _wait_for_address(process: subprocess.Popen[bytes], log_file: Path) -> str:
    """Return the address once the server answers there; it picks a free port itself and prints it."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = ADDRESS.search(log_file.read_text(encoding="utf-8", errors="replace"))
        if found and _answers(found[1]):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"The workbench did not start:\n{log_file.read_text(encoding='utf-8', errors='replace')}")


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process group that was started here, and nothing else."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
