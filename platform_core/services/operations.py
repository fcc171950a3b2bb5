"""For operators: whether this process can do its work and what is missing, and the figures that are counted in rows."""

from __future__ import annotations

from collections.abc import Callable

from platform_core.domain.base import Frozen
from platform_core.errors import Unavailable, WorkbenchError
from platform_core.logging import report
from platform_core.services import organisations
from platform_core.store import Store
from platform_core.store.liveness import alive


class Check(Frozen):
    """One thing that was looked at. Work goes on without what is not `is_needed`, only slower."""

    name: str
    is_there: bool
    is_needed: bool
    text: str


class Totals(Frozen):
    """What the store holds: runs by (kind, state), imports by state, their rows, model calls, workers alive.

    `calls` are (agent, status, requests, tokens read, tokens written, cost).
    """

    runs: tuple[tuple[str, str, int], ...]
    imports: tuple[tuple[str, int], ...]
    rows: dict[str, int]
    calls: tuple[tuple[str, str, int, int, int, float], ...]
    workers: int


def readiness(store: Store) -> list[Check]:
    """Look at everything this process needs, and at the worker that spares it long work."""
    checks = [_check("database", store.ping, "It answers.")]
    if checks[0].is_there:
        checks.append(_check("schema", lambda: _newest_schema(store), "It is up to date."))
    checks.append(_check("files", store.files.probe, "They can be written."))
    if all(check.is_there for check in checks):
        checks += [_check("organisations", lambda: _kept_apart(store), "Each sees its own."), _worker(store)]
    return checks


def totals(store: Store) -> Totals:
    """Count what the store holds of the organisation it is told for."""
    work = store.unit_of_work()
    with work.reading():
        return Totals(
            runs=tuple(work.totals.runs()),
            imports=tuple(work.totals.imports()),
            rows=work.totals.rows(),
            calls=tuple(work.totals.calls()),
            workers=len(alive(work)),
        )


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
