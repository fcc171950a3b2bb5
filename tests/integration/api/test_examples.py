"""The examples of docs/api.md are run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from platform_core.domain.access import Scope
from platform_core.settings import PROJECT_ROOT
from platform_core.store import Store
from tests.conftest import StartWorkbench
from tests.harness.portfolio import store_at
from tests.harness.runs import add_run, tell
from tests.integration.api.conftest import token
from tests.integration.api.test_routes import SERVERS

TEXT = (PROJECT_ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def run(command: list[str], folder: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_they_do_what_the_text_says(start_workbench: StartWorkbench, tmp_path: Path) -> None:
    workbench = start_workbench()
    store: Store = store_at(workbench.var)
    secret = token(store, Scope.WRITE)
    where = {"API": f"{workbench.url}/api/v1", "TOKEN": secret}
    (tmp_path / "servers.csv").write_text(SERVERS, encoding="utf-8")
    (looking,) = examples("sh")
    planning, following = examples("python")
    if shutil.which("curl"):
        told = run(["bash", "-e", "-c", looking], tmp_path, **where)
        assert '"Exit 2027"' in told
        assert told.count('"suggested_field"') == 6
    told = run([sys.executable, "-c", planning], tmp_path, **where)
    assert "Wave 1 from 2027-01-04" in told
    assert "web01" in told
    with subprocess.Popen(
        [sys.executable, "-u", "-c", following], env={**os.environ, **where, "EVENTS": "2"}, stdout=subprocess.PIPE
    ) as follower:
        number = 0
        while follower.poll() is None:
            tell(store, add_run(store), f"event {number}")
            number += 1
            try:
                follower.wait(0.5)
            except subprocess.TimeoutExpired:
                assert number < 60
        assert follower.stdout is not None
        assert len(follower.stdout.read().splitlines()) == 2
    store.close()


@pytest.mark.parametrize("code", examples("python"), ids=["plan", "live"])
def test_they_fit_the_page(code: str) -> None:
    assert max(map(len, code.splitlines())) <= 120
