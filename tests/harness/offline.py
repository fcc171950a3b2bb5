"""A process that notes and refuses every attempt to reach another host.

`python -m tests.harness.offline VAR_DIR MODEL_URL`

It reads a file, lets an agent answer by its engine, then lets it ask the model at MODEL_URL (on loopback) through
CrewAI, and writes what it saw as one JSON document. Python tells of every connection and name look-up before it
happens, so a library that tries, fails and keeps quiet is seen too.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any

LINGER_SECONDS = 3.0
"""How long threads in the background get to try something after the work is done."""
EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}
"""Audit events that lead to another host, each with the place of the address among its arguments."""


def note_attempts() -> list[str]:
    """Refuse and note attempts to reach another host, for the rest of the process; returns the growing list."""
    attempts: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        place = EVENTS.get(event)
        if place is not None and not is_here(arguments[place]):
            attempts.append(f"{event} {arguments[place]!r}")
            raise ConnectionRefusedError(f"Nothing but this machine may be reached: {arguments[place]!r}")

    sys.addaudithook(hook)
    return attempts


def is_here(address: Any) -> bool:
    """Tell whether an address is on this machine: a path, nothing at all, or a loopback address."""
    host = address[0] if isinstance(address, tuple) and address else address
    if isinstance(host, bytes):
        host = host.decode(errors="replace")
    if not isinstance(host, str) or host in {"", "localhost"} or "/" in host:
        return True
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


def main(var: str, model_url: str) -> None:
    """Note what is attempted from the first import on, and write it with what came of both runs."""
    attempts = note_attempts()
    seen = importlib.import_module("tests.harness.both_ways").run_both_ways(Path(var), model_url)
    time.sleep(LINGER_SECONDS)
    sys.stdout.write(json.dumps(seen | {"attempts": attempts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
