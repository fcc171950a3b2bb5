"""For operators: whether this process can do its work and what is missing, and the figures that are counted in rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import Lock
from time import monotonic

from platform_core.domain.base import Frozen
from platform_core.errors import Unavailable, WorkbenchError
from platform_core.jobs import Lane
from platform_core.logging import report
from platform_core.services import organisations
from platform_core.services.work import kinds
from platform_core.store import Store
from platform_core.store.columns import now
from platform_core.store.liveness import alive

BOUNDS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds by which runs are told apart: from what a request does at once to the longest deadline."""

LOOKED_AT_FOR = 3.0
"""Load balancers ask every second or so, each of them, and leave a replica after some bad answers in a row."""

WRITTEN_FOR = 60.0


class Check(Frozen):
    """One thing that was looked at. Work goes on without what is not `is_needed`, only slower."""

    name: str
    is_there: bool
    is_needed: bool
    text: str


class Totals(Frozen):
    """What the store holds: runs by (kind, state), imports by state, their rows, model calls, workers alive.

    `durations` are (kind, state, how many took at most each of `BOUNDS`, how many in all, seconds) of the runs that
    ended, `waiting` (lane, runs, seconds that the first of them has waited), `calls` (agent, status, requests, tokens
    read, tokens written, cost, seconds).
    """

    runs: tuple[tuple[str, str, int], ...]
    durations: tuple[tuple[str, str, tuple[int, ...], int, float], ...]
    waiting: tuple[tuple[str, int, float], ...]
    imports: tuple[tuple[str, int], ...]
    rows: dict[str, int]
    calls: tuple[tuple[str, str, int, int, int, float, float], ...]
    workers: int


class Lookout:
    """Looks at everything a process needs, and at the worker that spares it long work; safe for several threads.

    However many ask, and however often, it looks every `LOOKED_AT_FOR` seconds at most, and writes a file to see that
    files can be written once in `WRITTEN_FOR` seconds as long as they can.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, tuple[Check, float]] = {}

    def checks(self) -> list[Check]:
        """Return what was found when it was looked at last."""
        with self._lock:
            checks = [self._recent("database", LOOKED_AT_FOR, self._database)]
            if checks[0].is_there:
                checks.append(self._recent("schema", LOOKED_AT_FOR, self._schema))
            checks.append(self._recent("files", WRITTEN_FOR, self._files))
            if all(check.is_there for check in checks):
                checks.append(self._recent("organisations", LOOKED_AT_FOR, self._organisations))
                checks.append(self._recent("worker", LOOKED_AT_FOR, lambda: _worker(self._store)))
            return checks

    def _recent(self, name: str, seconds: float, look: Callable[[], Check]) -> Check:
        """Return a check that was made in the last `seconds`; what was missing is looked at again soon."""
        kept, at = self._kept.get(name, (None, 0.0))
        now = self._clock()
        if kept is not None and now - at < (seconds if kept.is_there else min(seconds, LOOKED_AT_FOR)):
            return kept
        found = look()
        self._kept[name] = (found, now)
        return found

    def _database(self) -> Check:
        return _check("database", self._store.ping, "It answers.")

    def _schema(self) -> Check:
        return _check("schema", lambda: _newest_schema(self._store), "It is up to date.")

    def _organisations(self) -> Check:
        return _check("organisations", lambda: _kept_apart(self._store), "Each sees its own.")

    def _files(self) -> Check:
        return _check("files", self._store.files.probe, "They can be written.")


def totals(store: Store) -> Totals:
    """Count what the store holds of the organisation it is told for."""
    work = store.unit_of_work()
    with work.reading():
        return Totals(
            runs=tuple(work.totals.runs()),
            durations=tuple(work.totals.durations(BOUNDS)),
            waiting=tuple(_by_lane(work.totals.waiting())),
            imports=tuple(work.totals.imports()),
            rows=work.totals.rows(),
            calls=tuple(work.totals.calls()),
            workers=len(alive(work)),
        )


def _by_lane(waiting: Iterable[tuple[str, int, datetime]]) -> Iterator[tuple[str, int, float]]:
    """Yield (lane, runs, seconds) for every lane there is, also where nothing waits."""
    known, moment = kinds(), now()
    found = [(known[job].lane if job in known else Lane.ENGINE, number, since) for job, number, since in waiting]
    for lane in Lane:
        here = [(number, (moment - since).total_seconds()) for there, number, since in found if there is lane]
        yield lane, sum(number for number, _ in here), max((max(0.0, seconds) for _, seconds in here), default=0.0)


def _check(name: str, look: Callable[[], None], good: str) -> Check:
    try:
        look()
    except WorkbenchError as error:
        return Check(name=name, is_there=False, is_needed=True, text=str(error))
    except Exception as error:  # noqa: BLE001 - whatever stops it, the operator is told that it is missing
        reference = report(error, "not ready", check=name)
        return Check(name=name, is_there=False, is_needed=True, text=f"It cannot be used. Reference {reference}.")
    return Check(name=name, is_there=True, is_needed=True, text=good)


def _newest_schema(store: Store) -> None:
    if not store.is_up_to_date():
        raise Unavailable("The schema of the database is older than this version.", hint="Run `db upgrade`.")


def _kept_apart(store: Store) -> None:
    if organisations.only(store) is None and store.bypasses_row_security():
        raise Unavailable(organisations.BYPASSED, hint=organisations.BYPASSED_HINT)


def _worker(store: Store) -> Check:
    work = store.everywhere().unit_of_work()
    with work.reading():
        number = len(alive(work))
    text = (
        f"{number} alive." if number else "None is alive: long work is done by the pages' own process, and slows them."
    )
    return Check(name="worker", is_there=bool(number), is_needed=False, text=text)
