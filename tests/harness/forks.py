"""Processes forked from one that has imported the product, which costs each of them seconds otherwise."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

from platform_core.settings import settings

PRELOADED = (
    "platform_core.jobs.worker",
    "platform_core.services.analysis",
    "platform_core.services.terminal",
    "platform_core.services.workers",
    "tests.harness.starting",
)
PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that a process gets when its parent ends."""


def forks() -> ForkServerContext:
    """Return the way to start such processes; the one they are forked from ends with this process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def become(environment: Mapping[str, str], log_file: Path) -> None:
    """Make a forked process what a started one would be: its environment, settings not read yet, output in a file.

    The kernel kills it when the process it was forked from ends, even if this one is frozen then.
    """
    if sys.platform == "linux":
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.close(forkserver._forkserver._forkserver_alive_fd)  # held here, it keeps that one alive beyond the test
    wanted = dict(environment)
    os.environ.clear()
    os.environ.update(wanted)
    settings.cache_clear()
    log = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


_LIBC = ctypes.CDLL(None)
