"""Nothing but loopback is ever reached: not by engines, not by CrewAI, not by what it brings along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.harness.answering import answering
from tests.harness.model_server import running_model
from tests.harness.offline import is_here
from tests.harness.server import PROJECT_ROOT


def in_a_process(*arguments: str, **environment: str) -> str:
    command = [sys.executable, *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LLM_", "CREWAI_", "OTEL_"))}
    done = subprocess.run(
        command, cwd=PROJECT_ROOT, env=kept | environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_neither_an_engine_nor_a_crew_tries_to_reach_another_host(tmp_path: Path) -> None:
    with running_model(answering()) as model:
        told = in_a_process("-m", "tests.harness.offline", str(tmp_path), model.base_url, VAR_DIR=str(tmp_path))
        assert model.requests > 0, "the crew asked the model on loopback"
    seen: dict[str, Any] = json.loads(told)
    assert seen["attempts"] == []
    assert seen["completed"]
    assert (seen["crewai_without_model"], seen["crewai_with_model"]) == (False, True)
    assert seen["proposals"] > 0


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket().connect_ex(('192.0.2.1', 9)) if s.settimeout(0.01) is None else 0",
        "socket.getaddrinfo('models.example.com', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "__import__('httpx').get('http://192.0.2.1:9/', timeout=0.05)",
    ],
)
def test_an_attempt_is_noted_whether_or_not_it_gets_anywhere(attempt: str) -> None:
    program = (
        "import contextlib, socket\n"
        "from tests.harness.offline import note_attempts\n"
        "attempts = note_attempts()\n"
        "s = socket.socket()\n"
        "socket.setdefaulttimeout(0.05)\n"
        "with contextlib.suppress(Exception):\n"
        f"    {attempt}\n"
        "print(len(attempts))\n"
    )
    assert int(in_a_process("-c", program)) > 0


@pytest.mark.parametrize(
    ("address", "here"),
    [
        (("127.0.0.1", 80), True),
        (("::1", 80, 0, 0), True),
        ("/run/socket", True),
        ("localhost", True),
        (None, True),
        (("192.0.2.1", 80), False),
        ("models.example.com", False),
        (b"models.example.com", False),
    ],
)
def test_only_this_machine_counts_as_here(address: object, here: bool) -> None:
    assert is_here(address) is here
