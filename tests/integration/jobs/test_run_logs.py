"""What the log says of a run: every line by its number and reference, and nothing of what was uploaded."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from platform_core.domain.runs import RunKind, RunStatus
from platform_core.errors import BadInput
from platform_core.jobs import Hold, Order, Outcome, StepsInRequest, Turn, carry_out, place
from platform_core.jobs.desk import take
from platform_core.jobs.tickets import Ticket
from platform_core.logging import configure, report, saying
from platform_core.services import activity, work
from platform_core.services.requests import ApplyAll
from platform_core.store import Store
from tests.harness.workers import carry_out_waiting
from tests.integration.jobs.conftest import ANA, LARGE, export, upload

CELL = "canary"
"""Stands in every row of the uploaded file."""


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    """Give the loggers back the way they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was logged since the last look, a dictionary a line."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def failing(turn: Turn) -> Outcome:
    def look(_step: object) -> Outcome:
        raise KeyError(CELL)

    return turn.step("look", look)


def test_every_line_of_a_workers_run_names_it_by_number_attempt_job_migration_and_reference(
    store: Store, migration_id: int, worker_row: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO", "json")
    with saying(reference="AAAA-AAAA"):  # as in a request to the API
        started = upload(store, migration_id, export(LARGE, CELL))
    run = activity.run(store.unit_of_work(), started.run_id)
    assert (started.outcome, run.reference) == (None, "AAAA-AAAA")
    logged(capsys)
    carry_out_waiting(store)
    lines = logged(capsys)
    assert [line["event"] for line in lines] == ["run begun", "step done", "run ended"]
    for line in lines:
        assert (line["run"], line["attempt"], line["job"]) == (run.id, 1, "read_file")
        assert (line["migration"], line["reference"]) == (migration_id, "AAAA-AAAA")
    assert lines[1]["step"] == "read"
    assert (lines[2]["status"], lines[2]["seconds"] > 0) == (RunStatus.COMPLETED, True)


def test_nothing_of_what_was_uploaded_is_logged_from_upload_to_inventory(
    store: Store, migration_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO", "json")
    broken = export(20, CELL) + f"\n{CELL},{CELL}\n".encode()
    upload(store, migration_id, broken, f"{CELL}.csv")
    work.start(store, ApplyAll(migration_id=migration_id), ANA)
    with pytest.raises(BadInput):
        upload(store, migration_id, b"", f"{CELL}.csv")
    lines = logged(capsys)
    assert [line["status"] for line in lines if line["event"] == "run ended"] == ["completed", "completed", "failed"]
    assert CELL not in json.dumps(lines)


def test_the_reference_that_a_failed_run_shows_finds_what_stopped_it_and_where(
    store: Store, migration_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO", "json")
    placed = place(store, Order(RunKind.PLAN, "x", ANA, migration_id, job="plan"))
    unit = store.unit_of_work()
    with unit.reading():
        ticket = Ticket.of(unit.runs.get(placed.run_id))
    taken = take(store, ticket, "w1", work.kinds())
    assert taken is not None
    with pytest.raises(KeyError):
        carry_out(Turn(*taken, StepsInRequest()), failing)
    run = activity.run(unit, placed.run_id)
    assert run.error == f"An unexpected error (KeyError) stopped the run. Reference {run.reference}."
    lines = logged(capsys)
    assert {line["reference"] for line in lines} == {run.reference}
    (failure,) = [line for line in lines if line["event"] == "run failed"]
    assert (failure["error"], "in failing" in failure["trace"]) == ("KeyError", True)
    assert CELL not in json.dumps(lines)


def test_a_page_shows_the_reference_of_the_run_that_its_error_stopped(
    store: Store, migration_id: int, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO", "json")
    order = Order(RunKind.PLAN, "x", ANA, migration_id, job="plan")
    placed = place(store, order, at_once=True)
    with pytest.raises(KeyError) as stopped:
        carry_out(Turn(Hold(store, placed.run_id, attempt=1), order, StepsInRequest()), failing)
    run = activity.run(store.unit_of_work(), placed.run_id)
    assert report(stopped.value, "script error") == run.reference
    assert {line["reference"] for line in logged(capsys)} == {run.reference}


def test_a_run_that_is_begun_again_has_a_reference_of_its_own(store: Store, migration_id: int, worker_row: str) -> None:
    begun = upload(store, migration_id, export(LARGE))
    activity.cancel(store.unit_of_work(), begun.run_id, ANA)
    again = work.retry(store, begun.run_id, ANA)
    references = {activity.run(store.unit_of_work(), each).reference for each in (begun.run_id, again.run_id)}
    assert len(references) == 2
