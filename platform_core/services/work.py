"""Work that may take long: done at once when small, else left to a worker; recorded as the same run either way."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from platform_core.domain.base import Progress, silent
from platform_core.domain.identity import Identity
from platform_core.domain.reading import ReadChoices
from platform_core.errors import Cancelled
from platform_core.jobs import (
    CarryOut,
    Hold,
    HoldLost,
    JobKind,
    Order,
    Outcome,
    StepsInRequest,
    Turn,
    carry_out,
    load_kinds,
    order_to_retry,
    place,
)
from platform_core.reference import DATA
from platform_core.services import receiving
from platform_core.services.handlers import HANDLERS
from platform_core.services.requests import REQUESTS, ReadFile, Request
from platform_core.services.weighing import Weighed, weigh
from platform_core.settings import settings
from platform_core.store import Store
from platform_core.store.liveness import alive


@dataclass(frozen=True)
class Started:
    """What became of a request: its run, and what the run came to (ids and figures) where it is over already.

    `joined` = the same request was under way, and this one waits for its outcome.
    """

    run_id: int
    job: str
    outcome: Outcome | None = None
    joined: bool = False


@cache
def kinds() -> Mapping[str, JobKind]:
    """Return the kinds of jobs there are."""
    return load_kinds(DATA)


ENGINE = "engine"
"""Who acts in a run that is no agent's."""


def start(store: Store, request: Request, by: Identity, *, watch: Progress = silent) -> Started:
    """Do what is asked for here and now when that is a matter of a second or no worker lives, else leave it to one.

    `watch` is told the progress of what is done here. Raises what the work itself refuses, where it is done here.
    """
    return _begin(store, _ordered(store, request, by), watch)


def receive(
    store: Store,
    migration_id: int,
    name: str,
    data: BinaryIO,
    by: Identity,
    *,
    choices: ReadChoices = receiving.AS_DETECTED,
    watch: Progress = silent,
) -> Started:
    """Start to read an uploaded file, as `start` does. `data` must be seekable, as uploads are.

    What is left to a worker is stored first; what is done here and cannot be used leaves nothing.
    """
    size = data.seek(0, 2)
    data.seek(0)
    readable = size <= settings().read_limits.max_bytes
    sha256 = hashlib.file_digest(data, "sha256").hexdigest() if readable else ""  # type: ignore[arg-type]
    data.seek(0)
    request = ReadFile(
        migration_id=migration_id, name=receiving.display_name(name), sha256=sha256, size=size, choices=choices
    )

    def read_here(turn: Turn) -> Outcome:
        return turn.step("read", lambda step: _received(step.store, request, name, data, by))

    weighed = _ordered(store, request, by)
    if not readable or not _is_for_worker(store, weighed):
        return _do_here(store, weighed.order, watch, read_here)
    _store_original(store, data, sha256)
    return _begin(store, weighed, watch)


def latest(store: Store, request: Request, by: Identity) -> int | None:
    """Return the number of the latest run for the very same request, open or over; None where there was none."""
    order = _ordered(store, request, by).order
    work = store.unit_of_work()
    with work.reading():
        row = work.runs.latest_with_key(order.migration_id or 0, order.deduplication_key or "")
        return row.id if row is not None else None


def retry(store: Store, run_id: int, by: Identity, *, watch: Progress = silent) -> Started:
    """Start anew what a run did not complete; raises Conflict or BadInput where there is nothing to repeat."""
    again = order_to_retry(store.unit_of_work(), run_id, by)
    ordered = _ordered(store, REQUESTS[again.job].model_validate(again.arguments), by)
    return _begin(store, _Ordered(again, ordered.size), watch)


@dataclass(frozen=True)
class _Ordered:
    """An order with its size in the measure of its job's kind."""

    order: Order
    size: int


def _ordered(store: Store, request: Request, by: Identity) -> _Ordered:
    work = store.unit_of_work()
    with work.reading():
        weighed = weigh(request, work)
    arguments = request.model_dump(mode="json")
    order = Order(
        kind=kinds()[weighed.job].kind,
        about=weighed.about,
        by=by,
        migration_id=weighed.migration_id,
        job=weighed.job,
        arguments=arguments,
        deduplication_key=_key(weighed, arguments),
        actor=str(arguments.get("agent", ENGINE)),
    )
    return _Ordered(order, weighed.size)


def _key(weighed: Weighed, arguments: Mapping[str, object]) -> str:
    """Return what two requests for the very same work have in common."""
    text = json.dumps([weighed.job, arguments], sort_keys=True)
    return f"{weighed.job}-{hashlib.sha256(text.encode()).hexdigest()}"


def _begin(store: Store, ordered: _Ordered, watch: Progress) -> Started:
    if not _is_for_worker(store, ordered):
        return _do_here(store, ordered.order, watch, HANDLERS[ordered.order.job])
    placed = place(store, ordered.order)
    return Started(placed.run_id, ordered.order.job, joined=not placed.is_new)


def _is_for_worker(store: Store, ordered: _Ordered) -> bool:
    if ordered.size <= kinds()[ordered.order.job].in_request:
        return False
    work = store.unit_of_work()
    with work.reading():
        return bool(alive(work))


def _do_here(store: Store, order: Order, watch: Progress, how: CarryOut) -> Started:
    placed = place(store, order, at_once=kinds()[order.job])
    if not placed.is_new:
        return Started(placed.run_id, order.job, joined=True)
    hold = Hold(store, placed.run_id, attempt=1, watch=watch)
    try:
        outcome = carry_out(Turn(hold, order, StepsInRequest()), how)
    except HoldLost as error:
        raise Cancelled("The run was ended meanwhile.", hint="What was not finished is not kept.") from error
    return Started(placed.run_id, order.job, outcome)


def _received(store: Store, request: ReadFile, name: str, data: BinaryIO, by: Identity) -> Outcome:
    received = receiving.receive(store, request.migration_id, name, data, by, choices=request.choices)
    return received.model_dump(mode="json")


def _store_original(store: Store, data: BinaryIO, sha256: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "original"
        with path.open("wb") as handle:
            shutil.copyfileobj(data, handle, receiving.CHUNK)
        store.files.publish(path, receiving.original_key(sha256))
