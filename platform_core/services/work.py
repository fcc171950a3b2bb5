"""Work that may take long: done at once when it is small, else by a worker; recorded as the same run either way.

Every function answers with `Started`. Where `result` is there the work is done; else the run `run_id` goes on in a
worker, and the activity tells how far it is and, at its end, which numbers it came to.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from platform_core.domain.base import Progress, silent
from platform_core.domain.identity import Identity
from platform_core.domain.reading import ReadChoices
from platform_core.jobs import (
    CarryOut,
    Hold,
    JobKind,
    Order,
    StepsInRequest,
    Turn,
    alive,
    carry_out,
    load_kinds,
    order_to_retry,
    place,
)
from platform_core.reference import DATA
from platform_core.services import imports, plans, receiving
from platform_core.services.assessment import Assessed
from platform_core.services.handlers import HANDLERS
from platform_core.services.imports import ImportView
from platform_core.services.plans import PlanView, PlanWish
from platform_core.services.receiving import Received
from platform_core.services.requests import (
    Apply,
    ApplyAll,
    LoadSamples,
    MakePlan,
    ReadAgain,
    ReadFile,
    Request,
    Withdraw,
)
from platform_core.services.samples import Loaded
from platform_core.services.weighing import weigh
from platform_core.settings import settings
from platform_core.store import Store

Result = TypeVar("Result")


@dataclass(frozen=True)
class Started(Generic[Result]):
    """What became of a request: its run, and its result where the work is done already.

    `joined` = the same request was under way, and this one waits for its outcome.
    """

    run_id: int
    result: Result | None = None
    joined: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the work is done; else a worker does it."""
        return self.result is not None


def receive(
    store: Store, migration_id: int, name: str, data: BinaryIO, by: Identity, *, watch: Progress = silent
) -> Started[Received]:
    """Read an uploaded file; see `receiving.receive`. `data` must be seekable, as uploads are.

    What is left to a worker is stored first, and fails as a run where it cannot be used.
    """
    size = data.seek(0, 2)
    data.seek(0)
    readable = size <= settings().read_limits.max_bytes
    digest = hashlib.file_digest(data, "sha256").hexdigest() if readable else ""  # type: ignore[arg-type]
    data.seek(0)
    shown = receiving.display_name(name)
    request = ReadFile(migration_id=migration_id, name=shown, sha256=digest, size=size)

    def read_here(turn: Turn) -> dict[str, Any]:
        return turn.step(
            "read", lambda step: receiving.receive(step.store, migration_id, name, data, by).model_dump(mode="json")
        )

    if not readable or not _is_for_worker(store, request):
        return _do_here(store, request, by, watch, Received.model_validate, read_here)
    _store_original(store, data, digest)
    return _leave_to_worker(store, request, by)
