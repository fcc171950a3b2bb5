"""The worker beside the pages: a child process of the launcher, started again when it dies, ended with it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from platform_core.errors import WorkbenchError
from platform_core.logging import report

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a worker that died is started again; doubled each time while it does not last."""

LASTING = 60.0
"""A worker that lived this long (seconds) was no failed start."""

PATIENCE = 10.0
"""Seconds a worker gets to end by itself."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Runs are what goes on in parallel; a number library that takes all cores would take them from the pages."""

NICENESS = 10
"""How much a worker beside the pages yields to them when cores are short."""


class WorkerChild:
    """A worker process that is kept running between `start` and `stop`. Only processes started here are ended.

    `when_died` is told the number of each worker process that is gone for certain, so that nobody waits for its sign
    of life.
    """

    def __init__(self, folder: Path, when_died: Callable[[int], None]) -> None:
        self._folder = folder
        self._when_died = when_died
        self._ending = threading.Event()
        self._keeper = threading.Thread(target=self._keep_running, name="worker-keeper", daemon=True)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._log = logging.getLogger("platform_core")

    @property
    def pid(self) -> int | None:
        """The number of the worker's process, None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the worker and whatever follows it."""
        self._keeper.start()

    def stop(self) -> None:
        """End the worker, kindly first; returns when it has ended."""
        self._ending.set()
        with self._lock:
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._keeper.is_alive():
            self._keeper.join(PATIENCE)

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        while (process := self._started()) is not None:
            began = time.monotonic()
            code = process.wait()
            self._tell_of(process.pid)
            if self._ending.is_set():
                return
            if time.monotonic() - began > LASTING:
                pause = FIRST_PAUSE
            self._log.warning("worker died", extra={"pid": process.pid, "code": code, "again_in_seconds": pause})
            self._ending.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _tell_of(self, pid: int) -> None:
        try:
            self._when_died(pid)
        except WorkbenchError as error:  # the database is away: the others will notice the silence
            report(error, "worker's end was not recorded", pid=pid)

    def _started(self) -> subprocess.Popen[bytes] | None:
        """Return a new worker; None once we are ending. It ends by itself when our end of its input closes."""
        with self._lock:
            if self._ending.is_set():
                return None
            self._process = subprocess.Popen(
                [sys.executable, "-m", "platform_core", "worker", "--child"],
                cwd=self._folder,
                env=os.environ | ONE_THREAD,
                stdin=subprocess.PIPE,
            )
            return self._process


def yield_to_the_pages(when_parent_ends: Callable[[], None]) -> None:
    """Make this process a good child: lower its priority, and call `when_parent_ends` once its input closes."""
    os.nice(NICENESS)

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            continue
        when_parent_ends()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
